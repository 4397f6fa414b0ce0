"""Engines on one place or the whole picture, changed in many ways, cheap and likely ones first."""
