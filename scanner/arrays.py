"""Types of the scanner's arrays: pictures, outlines, masks. Names for type checkers only; nothing here runs.

A shape that differs from the one given here is told where it is used: numpy's types cannot say it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""BGR, (h, w, 3)."""

Gray = NDArray[np.uint8]
"""(h, w)."""

Picture = NDArray[np.uint8]
"""An Image or a Gray."""

Levels = NDArray[np.uint8]
"""Bytes in any other shape: grey levels along a line, codewords."""

Plane = NDArray[np.float32]
"""Float32, (h, w) where nothing else is said: a picture evened, summed, differentiated, or rows of such numbers."""

Quad = NDArray[np.float64]
"""Four corners, (4, 2), x then y, in a picture's pixels: (0, 0) is the middle of the first pixel."""

Quad32 = NDArray[np.float32]
"""A Quad as OpenCV takes it."""

Points = NDArray[np.float64]
"""(n, 2), x then y, in a picture's pixels; or several rows of them, (m, n, 2)."""

Numbers = NDArray[np.float64]
"""Float64 of any other shape: matrices, distances, shares."""

Reals = NDArray[np.float32] | NDArray[np.float64]
"""Floating numbers of either width."""

Integers = NDArray[np.integer]
"""Indices, counts, labels."""

AnyNumbers = NDArray[np.number]
"""Numbers of whatever kind."""

Mask = NDArray[np.bool_]
"""One yes or no a pixel, a module or a row."""
