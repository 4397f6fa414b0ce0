"""The kiosk's hardware: the camera, on a thread of its own, and the lamp over the table."""
