"""Doors that devices and browsers use without a login: files, uploads, certificates."""
