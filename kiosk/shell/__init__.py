"""The window, what is personal, and how a visit begins and ends."""
