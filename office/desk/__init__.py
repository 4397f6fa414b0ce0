"""Dossiers received from kiosks."""
