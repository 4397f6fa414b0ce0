"""Frames and messages of the serial link: one source for CPython 3.11+ and MicroPython (see PROTOCOL.md)."""
