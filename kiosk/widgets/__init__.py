"""The parts that screens are made of: text, buttons, pills, cards, frame, camera picture, QR code, countdown."""
