"""Who runs a command of the office at its terminal, as the log and the pages name him."""

from __future__ import annotations


def operator() -> str:
    """The system's user behind a word that no login can be."""
    import getpass

    try:
        return f"lệnh:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "lệnh"
