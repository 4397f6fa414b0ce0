"""Finding the sheet of paper in a picture: all four corners, how sure, and why not surer."""

from scanner.pages.finder import PageFound, find_page

__all__ = ["PageFound", "find_page"]
