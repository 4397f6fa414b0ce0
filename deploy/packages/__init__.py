"""Debian packages of the three roles, made in clean roots from the locks."""
