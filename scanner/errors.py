"""What can go wrong with a picture, a camera or a document."""

from __future__ import annotations

from langso.errors import LangsoError


class ScannerError(LangsoError):
    """Family of the scanner's errors."""


class ImageRefused(ScannerError, ValueError):
    """A file is no image we take: unreadable, too large, too small, of a kind we do not know."""


class CameraFault(ScannerError, OSError):
    """The camera is not there or cannot be opened."""

    def __str__(self) -> str:
        return str(self.args[0])


class DocumentRefused(ScannerError, ValueError):
    """Pages cannot be made into a document."""


class CornersRefused(ScannerError, ValueError):
    """Four corners that no sheet in the picture can have."""


class TableRefused(ScannerError, ValueError):
    """A camera's table cannot be measured from this picture, or what was measured cannot be used."""


class DataRefused(ScannerError, ValueError):
    """Marked pictures that a fitting program cannot learn from."""
