"""Where the scanner's fitted numbers come from: a program for each, its data, and how good they are on other data.

`records` has the figures. Nothing of it runs on a kiosk; no other room imports it.

The programs take folders of marked pictures (`marked`): photographs, or what `tests/scanner/draw_scenes.py` draws.
"""
