"""The touchscreen kiosk: screens over journeys."""
