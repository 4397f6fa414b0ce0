"""Finding sheets of paper in a picture: all four corners, how sure, and why not surer."""

from scanner.pages.finder import PageFound, find_page
from scanner.pages.several import find_pages

__all__ = ["PageFound", "find_page", "find_pages"]
