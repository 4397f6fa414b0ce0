"""The window; the way from place to place; what is personal, and how it is wiped when a visit ends."""
