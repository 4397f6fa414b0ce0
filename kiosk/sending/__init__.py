"""Dossiers on their way to the office."""
