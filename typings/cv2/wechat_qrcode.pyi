# WeChat's code reader, as far as it is used here.
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class WeChatQRCode:
    def __init__(
        self,
        detector_prototxt_path: str,
        detector_caffe_model_path: str,
        super_resolution_prototxt_path: str,
        super_resolution_caffe_model_path: str,
    ) -> None: ...
    def detectAndDecode(self, img: NDArray[np.uint8]) -> tuple[Sequence[str], Sequence[NDArray[np.float32]]]: ...
