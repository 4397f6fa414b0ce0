"""The kiosk's screens: home, scan, fee; each shows a journey and holds no rule of its own."""
