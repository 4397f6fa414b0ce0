"""Engines tried on one place, or the whole picture, changed in many ways: the cheap and likely ones first."""
