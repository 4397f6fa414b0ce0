"""The reference firmware: MicroPython on a Raspberry Pi Pico. It imports only the wire and `machine`."""
