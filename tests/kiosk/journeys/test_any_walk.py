"""Whatever is pressed, in whatever order and however late slow work ends: no fault, a registered place, a way home,
no word from outside the catalogue, and nothing left of the visit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage.walking import Walker, texts, walking

from kiosk.shell.registry import PLACES
from langso.words.language import in_language

NAMES = (
    *("scan", "fee", "letters", "size", "contrast", "back", "done", "shoot", "page", "card", "leave_card", "enough"),
    *("again", "keep", "turn", "corners", "moved", "turn_to", "move", "retake", "remove", "kind", "more", "look"),
    *("slip", "another", "nonsense", "send", "stray"),
    *("clock", "digit", "erase", "next"),
)
POINTS = ((1.0, 1.0), (60.0, 1.0), (60.0, 80.0), (1.0, 80.0))
values = st.one_of(
    st.none(),
    st.integers(-2, 7),
    st.sampled_from([True, 1.25, 1.6, POINTS, "x", 10**12, (1, 2), float("nan")]),
)
presses = st.tuples(st.just("press"), st.sampled_from(NAMES), values)
# Papers are laid down more often than all else, or few walks would come far.
codes, ways = st.sampled_from(["hold", "unsure", "none"]), st.sampled_from(["due", "seen", "bare"])
laid = st.tuples(st.just("lay"), codes, ways)
steps = st.one_of(
    presses,
    presses,
    laid,
    st.tuples(st.just("finish")),
    st.tuples(st.just("tick")),
    st.tuples(st.just("home")),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walks")


def step(walker: Walker, taken: tuple[Any, ...]) -> None:
    match taken:
        case ("press", name, value):
            walker.router.emit(name, value)
        case ("lay", code, how):
            walker.lay_only(code=code, due=how == "due", quad=None if how == "bare" else POINTS)
            walker.router.tick()
        case ("finish",):
            walker.finish()
        case ("tick",):
            walker.router.tick()
        case ("home",):
            walker.router.go_home()


def shown(walker: Walker) -> list[str]:
    return [text for text in texts(walker.shows) if any(map(str.isalpha, text))]


walks = 0


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=30), st.booleans())
def test_no_walk_goes_astray_and_none_leaves_a_trace(folder: Path, walk: list[tuple[Any, ...]], keyed: bool) -> None:
    global walks
    walks += 1
    with in_language("qps"), walking(folder / str(walks)) as walker:
        if not keyed:
            walker.recipient = None
        walker.do("scan")
        for taken in walk:
            step(walker, taken)
            assert walker.place in PLACES
            assert walker.router.places[0] == "home"
            assert walker.faults == []
            wild = [text for text in shown(walker) if "⟦" not in text and text not in THEIRS]
            assert wild == [], f"{walker.place} shows words from outside the catalogue"
        assert walker.outbox.pending() == [], "no time passed: nothing was meant"
        assert walker.left_over() == []
        assert walker.router.places == ["home"]


THEIRS = {
    *("Nhà văn hóa thôn 2", "Xã Hoa Sơn"),
    # Icons, tones, and which press is lit.
    *("ok", "warn", "bad", "plain", "info", "warning", "flip", "photo_camera", "hourglass_top", "check_circle"),
    *("motion_photos_on", "no_photography", "qr_code_scanner", "touch_app", "child_care", "id_card", "cottage"),
    *("article", "description", "account_balance", *NAMES),
    # Where one is in setting the time.
    *("time", "pin", "done"),
}
