"""What screens are made of: text, buttons, tiles, pills, cards, camera picture, QR code."""
