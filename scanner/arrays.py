"""What the scanner's numbers are: pictures, outlines, masks. Names for types only; nothing here runs.

Shapes are told beside each use where they are not the ones given here; numpy's types do not carry them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ArrayLike", "Gray", "Image", "Integers", "Mask", "Numbers", "Picture", "Plane", "Points", "Quad"]

Image = NDArray[np.uint8]
"""BGR, (h, w, 3)."""

Gray = NDArray[np.uint8]
"""(h, w)."""

Picture = NDArray[np.uint8]
"""An Image or a Gray."""

Plane = NDArray[np.float32]
"""A picture of other numbers than grey levels, (h, w): evened, summed, a gradient, a likelihood."""

Quad = NDArray[np.float64]
"""Four corners, (4, 2), x then y, in a picture's pixels: (0, 0) is the middle of the first pixel."""

Points = NDArray[np.float64]
"""(n, 2), x then y, in a picture's pixels; or several rows of them, (m, n, 2)."""

Mask = NDArray[np.bool_]
"""One yes or no a pixel, a module or a row."""

Numbers = NDArray[np.floating]
"""Floating numbers of either width: matrices, distances, shares."""

Integers = NDArray[np.integer]
"""Indices, counts, labels."""
