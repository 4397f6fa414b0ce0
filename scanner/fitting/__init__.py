"""Where the scanner's fitted numbers come from: a program each, the data it takes, how good they are where they were
not fitted (`records`). Nothing of it runs on a kiosk; no other room imports it.

The programs take folders of marked pictures (`marked`): photographs, or what `tests/scanner/draw_scenes.py` draws.
"""
