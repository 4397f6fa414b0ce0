"""Camera to page to clean image to PDF; camera to QR text."""
