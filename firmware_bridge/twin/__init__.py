"""The twin: the reference firmware under MicroPython's unix port, with simulated pins, on a pty of this machine."""
