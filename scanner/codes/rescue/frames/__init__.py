"""Codes that only the sum of several frames shows."""
