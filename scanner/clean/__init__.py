"""A found sheet made into a clean page: straight, upright, at its true size, evenly lit, with its colours."""

from scanner.clean.finish import finish, rectify
from scanner.clean.light import flatten_light
from scanner.clean.page import MM_PER_INCH, CleanPage
from scanner.clean.size import SIZES_MM
from scanner.clean.upright import upright

__all__ = ["MM_PER_INCH", "SIZES_MM", "CleanPage", "finish", "flatten_light", "rectify", "upright"]
