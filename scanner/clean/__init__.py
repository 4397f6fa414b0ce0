"""A found sheet becomes a clean page: straight, upright, at its true size, evenly lit, with its colours kept."""

from scanner.clean.light import flatten_light
from scanner.clean.orientation import upright
from scanner.clean.process import finish, rectify
from scanner.papers import CleanPage

__all__ = ["CleanPage", "finish", "flatten_light", "rectify", "upright"]
