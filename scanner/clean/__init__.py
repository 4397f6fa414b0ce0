"""A found sheet made into a clean page: straight, upright, at its true size, evenly lit, with its colours."""

from scanner.clean.light import flatten_light
from scanner.clean.orientation import upright
from scanner.clean.page import MM_PER_INCH, CleanPage
from scanner.clean.process import finish, rectify
from scanner.clean.size import SIZES_MM

__all__ = ["MM_PER_INCH", "SIZES_MM", "CleanPage", "finish", "flatten_light", "rectify", "upright"]
