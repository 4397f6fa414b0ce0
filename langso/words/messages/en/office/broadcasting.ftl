broadcasting-no-words = The broadcast has no words yet; type what it says.
broadcasting-too-long = The broadcast has { $length } characters, at most { $most } are possible; split it into several.
