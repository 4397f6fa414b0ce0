"""What a courier's folder can be refused for."""

from __future__ import annotations

from langso.errors import LangsoError


class CourierRefused(LangsoError, ValueError):
    """The folder, a letter in it, or the moment is not one to carry with."""
