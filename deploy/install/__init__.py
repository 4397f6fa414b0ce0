"""Putting one role on this machine: users, directories, hardened units, broker."""
