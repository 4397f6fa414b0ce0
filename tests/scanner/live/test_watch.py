"""`langso scan watch`: events of a camera, codes once, pages captured by themselves."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scenes import cards
from stepped import Stepped
from waiting import LONG_S

from scanner.cameras import Frame
from scanner.cameras.replay import ReplayCamera
from scanner.codes import Code
from scanner.commands import scan
from scanner.live.capture import corners_in
from scanner.live.eye import NEARER_S, Eye, Seen
from scanner.live.new_codes import AWAY_LOOKS, NewCodes
from scanner.live.watch import CodeRead, PageSaid, PageTaken, Watch


def code_on_table(text: str) -> Any:
    import io

    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=8, border=6)
    code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    table = np.full((900, 1200, 3), 70, np.uint8)
    table[200 : 200 + code.shape[0], 300 : 300 + code.shape[1]] = code
    return table


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Watches the folder "bàn" and returns the events."""
    (tmp_path / "bàn").mkdir()

    def run(*arguments: str) -> list[dict[str, Any]]:
        done = CliRunner().invoke(scan, ["watch", "--camera", str(tmp_path / "bàn"), "--json", *arguments])
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.output.splitlines()]

    return run


def named(events: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == name]


def test_a_page_that_lies_still_is_captured_once_and_written(
    watch: Callable[..., list[dict[str, Any]]], photo: Any, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), photo())
    events = watch("--frames", "60", "--out", str(tmp_path / "trang"))
    assert events[0]["event"] == "camera"
    assert events[0]["condition"] == "ok"
    said = [event["code"] for event in named(events, "page")]
    assert said[0] == "hold"
    (captured,) = named(events, "captured")
    assert captured["at"] >= 0.8, "never by surprise"
    assert captured["dpi"] > 50
    page = cv2.imread(captured["file"])
    assert page.shape[0] > page.shape[1]
    assert [path.name for path in (tmp_path / "trang").iterdir()] == ["page-001.png"]
    end = events[-1]
    assert (end["event"], end["pages"]) == ("end", 1)
    assert end["frames"] > 5


def test_a_pulled_cable_is_an_event_and_the_watch_goes_on(
    watch: Callable[..., list[dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.cameras.replay.time", Stepped())
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), np.full((480, 640, 3), 90, np.uint8))
    (tmp_path / "bàn" / "2.unplugged").touch()
    cv2.imwrite(str(tmp_path / "bàn" / "3.png"), np.full((480, 640, 3), 110, np.uint8))
    events = watch("--frames", "24", "--hold", "0.5")
    assert [event["condition"] for event in named(events, "camera")] == ["ok", "away", "ok"]
    assert named(events, "camera")[1]["sentence"]
    assert named(events, "page")[0]["code"] == "none"


def test_a_code_is_told_once(watch: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), code_on_table("H29.16-250701-0001"))
    events = watch("--frames", "12")
    (code,) = named(events, "code")
    assert code["text"] == "H29.16-250701-0001"
    assert len(code["polygon"]) == 4
    assert events[-1]["codes"] == 1


class Shows:
    """A reader that reads one citizen's card in every frame while `there`."""

    there = True

    def look(self, frame: Any) -> list[Code]:
        del frame
        corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
        return [Code("001234567890|SECRET", corners, "zxing", "citizen_card")] if self.there else []

    def close(self) -> None:
        """Nothing is open."""


def test_a_code_that_comes_again_later_is_told_again_and_its_text_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((480, 640, 3), 90, np.uint8))
    shows, clock = Shows(), iter(np.arange(0, 1000, 0.25))
    monkeypatch.setattr("scanner.live.looking.live_reader", lambda: shows)
    with ReplayCamera(tmp_path, pace_s=0) as camera:
        watching = Watch(camera, clock=lambda: float(next(clock)))

        def told(frames: int) -> int:
            frames += watching.tally.frames
            return sum(isinstance(event, CodeRead) for event in watching.events(frames=frames))

        assert told(40) == 1, "a card that lies there is told once, however long"
        shows.there = False
        assert told(2) == 0
        shows.there = True
        assert told(2) == 0, "a glimpse lost is no other card"
        shows.there = False
        assert told(40) == 0
        shows.there = True
        assert told(5) == 1
        assert watching.tally.codes == 2
        assert b"SECRET" not in pickle.dumps((watching.tally, watching._met))


@given(st.lists(st.tuples(st.lists(st.text(max_size=2), max_size=3, unique=True), st.floats(0, 6))))
def test_a_code_is_new_exactly_when_it_was_away_for_long_and_for_several_looks(
    shown: list[tuple[list[str], float]],
) -> None:
    met, now, last = NewCodes(8.0), 0.0, dict[str, tuple[float, int]]()
    for number, (texts, pause) in enumerate(shown):
        now += pause
        away = [
            text not in last or (now - last[text][0] > 8.0 and number - last[text][1] > AWAY_LOOKS) for text in texts
        ]
        assert met.new(texts, now) == away
        last |= dict.fromkeys(texts, (now, number))


def test_people_read_sentences(tmp_path: Path, photo: Any) -> None:
    (tmp_path / "bàn").mkdir()
    cv2.imwrite(str(tmp_path / "bàn" / "1.png"), photo())
    done = CliRunner().invoke(scan, ["watch", "--camera", str(tmp_path / "bàn"), "--frames", "5"])
    assert done.exit_code == 0
    assert "Máy ảnh tốt." in done.output
    assert "Giữ yên" in done.output
    assert "Xong: 5 hình" in done.output


def test_a_page_known_already_is_not_captured_by_itself_again(photo: Any) -> None:
    from scanner.guide.same_page import look_at
    from scanner.pages import find_page

    image = photo()
    known = look_at(image, find_page(image).quad)
    eye = Eye(needed=3, known=[known])
    seen = [eye.look(image) for _ in range(8)]
    assert not any(one.capture for one in seen)
    assert seen[-1].code == "same"
    assert "chụp rồi" in str(seen[-1].sentence)
    for _ in range(5):
        eye.look(np.full_like(image, 90))
    other = photo(seed=2)
    assert any(eye.look(other).capture for _ in range(8)), "another page is captured"


def test_progress_is_seen_before_the_capture(photo: Any) -> None:
    eye, image = Eye(), photo()
    progress = []
    for number in range(40):
        seen = eye.look(image, at=number * 0.1)
        progress.append(seen.progress)
        if seen.capture:
            break
    assert seen.capture
    assert len([value for value in progress if 0 < value < 1]) >= 4
    assert progress[:-1] == sorted(progress[:-1])


def test_a_slow_computer_captures_too_but_not_at_the_first_sight(photo: Any) -> None:
    eye, image = Eye(), photo()
    captures = [eye.look(image, at=number * 2.0).capture for number in range(8)]
    assert captures.count(True) == 1
    assert captures.index(True) >= 2


def test_an_empty_table_is_no_page() -> None:
    rng = np.random.default_rng(3)
    table = np.full((540, 960, 3), 60, np.uint8) + rng.integers(0, 8, (540, 960, 3), dtype=np.uint8)
    eye = Eye()
    seen = [eye.look(table, at=number * 0.1) for number in range(5)]
    assert {one.code for one in seen} == {"none"}
    assert seen[-1].quad is None


class TwoModes(ReplayCamera):
    """Live frames of half the width of its stills."""

    def read(self) -> Frame | None:
        frame = super().read()
        if frame is None:
            return None
        small = cv2.resize(frame.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return Frame(small, frame.sequence, 2.0)

    def still(self) -> Frame | None:
        return super().read()


@pytest.fixture(scope="module")
def card_under_camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a card in the middle of the table: 200 dpi, 100 in a picture of half the width."""
    folder = tmp_path_factory.mktemp("card")
    scene = scenes.lay(cards.front(np.random.default_rng(1)), table="dark_wood")
    conditions = scenes.Conditions(size=(2400, 1600), fill=0.27, tilt=2.0)
    cv2.imwrite(str(folder / "1.png"), scenes.shoot(scene, conditions, np.random.default_rng(1)).image)
    return folder


def until_taken(camera: Any) -> list[Any]:
    """The events up to the first page taken."""
    events = []
    for event in Watch(camera).events(seconds=LONG_S):
        events.append(event)
        if isinstance(event, PageTaken):
            return events
    raise AssertionError(events)


def test_a_card_with_dots_enough_in_the_still_is_captured_at_once_and_not_asked_nearer(
    card_under_camera: Path,
) -> None:
    with TwoModes(card_under_camera) as camera:
        *events, taken = until_taken(camera)
    assert taken.page.paper == "ID-1"
    assert "far" not in {event.seen.code for event in events if isinstance(event, PageSaid)}


def test_where_a_still_is_no_finer_the_card_is_asked_nearer_but_not_for_ever(card_under_camera: Path) -> None:
    with TwoModes(card_under_camera) as camera:
        live = camera.read()
    assert live is not None
    eye = Eye()
    times = np.arange(0, NEARER_S + 4, 0.1)
    seen = [eye.look(live.image, at=float(at)) for at in times]
    (late,) = [float(at) for at, one in zip(times, seen, strict=True) if one.capture]
    assert {one.code for at, one in zip(times, seen, strict=True) if at < NEARER_S - 0.2} == {"far"}
    assert NEARER_S < late < NEARER_S + 3
    empty = np.full_like(live.image, 60)
    for at in np.arange(20, 22, 0.1):
        eye.look(empty, at=float(at))
    assert "far" not in {eye.look(live.image, at=float(at)).code for at in np.arange(22, 23, 0.1)}, (
        "one sheet in vain is enough for this camera"
    )


def test_corners_are_found_anew_in_a_larger_picture(photo: Any) -> None:
    image = photo()
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    seen = Eye().look(small)
    corners = corners_in(image, seen)
    assert np.abs(corners - np.array([(430, 120), (1150, 180), (1230, 1090), (330, 1030)])).max() < 12


def test_a_picture_without_a_page_is_taken_whole() -> None:
    seen = Seen(np.zeros((30, 40, 3), np.uint8), None, "", good=False)
    assert corners_in(np.zeros((60, 80, 3), np.uint8), seen).max() == 79


def test_a_sheet_that_slipped_away_at_the_shutter_is_captured_when_it_lies_still_again(
    photo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner import clean
    from scanner.errors import CornersRefused

    cv2.imwrite(str(tmp_path / "1.jpg"), photo())
    finish, refused = clean.finish, iter([True])

    def slips(image: Any, quad: Any, paper: str | None = None) -> Any:
        if next(refused, False):
            raise CornersRefused("đã trượt đi")
        return finish(image, quad, paper)

    monkeypatch.setattr(clean, "finish", slips)
    with ReplayCamera(tmp_path) as camera:
        until_taken(camera)
    assert not next(refused, False), "it had slipped once"
