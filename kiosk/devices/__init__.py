"""What hangs on a kiosk: camera and lamp."""
