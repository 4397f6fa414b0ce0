"""A whole village in one folder of this machine: real broker, office, loudspeakers, kiosk; only hardware simulated."""
