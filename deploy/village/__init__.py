"""A whole village in one folder of this machine: only hardware is simulated."""
