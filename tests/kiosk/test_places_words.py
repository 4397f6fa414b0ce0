"""Every registered place, in the language made for tests: what stands there or is read aloud is the catalogue's."""

from __future__ import annotations

from itertools import product

from fetched import FETCHED
from stage.places import DRAWN, SCREENS, asked, draw


@FETCHED
def test_no_place_shows_or_says_a_word_from_outside_the_catalogue() -> None:
    # Words may hang on the screen's shape or on the letters' size: each of both, once.
    looks = product(DRAWN, ((SCREENS[0], 1.0), (SCREENS[2], 1.6)))
    wanted = [asked(drawn, *look, high_contrast=False, tongue="qps") for drawn, look in looks]
    found = draw(wanted)
    wrong = [
        f"{row['place']} {row['sample']}: {fault}"
        for row, faults in zip(wanted, found, strict=True)
        for fault in faults
    ]
    assert not wrong, "\n".join(sorted(set(wrong)))
