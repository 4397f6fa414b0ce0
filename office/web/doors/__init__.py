"""HTTP for devices and browsers without a login: media files, uploads, certificates."""
