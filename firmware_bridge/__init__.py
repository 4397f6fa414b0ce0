"""The serial link to the microcontroller that switches amplifier, relays and lamps and reads sensors.

This file imports nothing: it is also copied to the microcontroller, where only `wire` and `firmware` exist.
"""
