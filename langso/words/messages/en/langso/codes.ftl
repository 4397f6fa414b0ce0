codes-text-too-long = The text is longer than { $most } characters and cannot be a QR code; check it again.
