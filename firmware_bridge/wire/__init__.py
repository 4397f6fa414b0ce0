"""Frames and messages of the serial link (docs/protocol/serial.md): one source for CPython 3.11+ and MicroPython."""
