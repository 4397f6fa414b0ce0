# Line finding, as far as it is used here.
import numpy as np
from numpy.typing import NDArray

class FastLineDetector:
    def detect(self, image: NDArray[np.uint8]) -> NDArray[np.float32] | None: ...

def createFastLineDetector(
    length_threshold: int,
    distance_threshold: float,
    canny_th1: float,
    canny_th2: float,
    canny_aperture_size: int,
    do_merge: bool,
) -> FastLineDetector: ...
