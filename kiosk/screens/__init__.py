"""The kiosk's screens: each draws one place from plain values and emits events; none knows another or decides."""
