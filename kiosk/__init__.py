"""The touchscreen kiosk: journeys decide, screens show, the shell leads from place to place."""
