"""Dossiers received from kiosks: uploaded, kept encrypted, opened by staff, archived."""
