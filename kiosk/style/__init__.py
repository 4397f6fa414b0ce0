"""How the kiosk looks: colours, sizes, type and icons; no Kivy here."""
