"""Broadcasts: what staff write, whether and when it fits, its sounds, and what became of it."""
