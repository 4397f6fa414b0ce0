"""Frames laid over each other: what no frame shows, all together do; another thing, noise and glare do not pass."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
import segno

from scanner.codes import engines
from scanner.codes.ladder import rungs
from scanner.codes.ladder.changes import resized
from scanner.codes.live_reader import LiveReader
from scanner.codes.places import Polygon, box, overlap, polygon
from scanner.codes.reader import Code, Examined
from scanner.codes.rescue import soft, symbol
from scanner.codes.rescue.equalize import FINE, QUIET, equalized
from scanner.codes.rescue.frames.following import Following
from scanner.codes.rescue.frames.likely_places import likely
from scanner.codes.rescue.frames.stack import Stack
from scanner.codes.rescue.frames.summed_modules import decoded, settled

TEXT = "001095000001||Người Mẫu|05031995|Nam|Xã Mẫu|10052021"
OTHER = "079195000002||Người Khác|06071980|Nữ|Phường Ví Dụ|11062022"
SIZE = (360, 300)
LONG = 60.0


def printed(text: str) -> Any:
    """A card with its code, 12 pixels a module; the code's corners."""
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(out, kind="png", scale=12, border=0)
    code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    card = np.full((code.shape[0] + 400, code.shape[1] + 400), 215, np.uint8)
    card[200:-200, 200:-200] = np.where(code > 0, 215, 40)
    for row in range(40, 180, 24):
        cv2.putText(card, "MAU 0123456789 ABC", (20, row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 90, 2)
    n = code.shape[0]
    return card, np.array([(0, 0), (n, 0), (n, n), (0, n)], float) + 199.5


def shots(
    text: str,
    count: int,
    seed: int,
    *,
    module: float = 1.9,
    blur: float = 1.0,
    noise: float = 16.0,
    glare: bool = False,
    drift: float = 1.0,
) -> tuple[list[Any], list[Polygon]]:
    """Frames (gray) of a card in a trembling hand, turning and tilting, and where its code is in each."""
    rng = np.random.default_rng(seed)
    card, corners = printed(text)
    frames, places = [], []
    for number in range(count):
        scale = module / 12 * (1 + 0.004 * drift * number)
        turn = np.radians(9 + 0.8 * drift * number)
        dx, dy = rng.normal(0, 2 * drift, 2)
        tilt = 2e-6 * drift * (number - count / 2)
        middle = np.array(card.shape[::-1]) / 2
        inward = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]], float)
        move = np.array(
            [
                [scale * np.cos(turn), -scale * np.sin(turn), SIZE[0] / 2 + dx],
                [scale * np.sin(turn), scale * np.cos(turn), SIZE[1] / 2 + dy],
                [tilt, -tilt, 1],
            ]
        )
        move = move @ inward
        # As a sensor sees it: twice as fine, averaged.
        fine = np.diag([2.0, 2.0, 1.0]) @ move
        seen = cv2.warpPerspective(
            card,
            fine,
            (2 * SIZE[0], 2 * SIZE[1]),
            flags=cv2.INTER_AREA,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=90,
        )
        seen = cv2.resize(cv2.GaussianBlur(seen, (0, 0), 2 * blur), SIZE, interpolation=cv2.INTER_AREA)
        seen = seen.astype(np.float32) * 0.7
        if glare:
            y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
            at = cv2.perspectiveTransform(corners[None], move)[0].mean(axis=0)
            at = at + 40 * np.array([np.cos(number * 2.4), np.sin(number * 2.4)])
            seen += 260 * np.exp(-((((x - at[0]) / 22) ** 2 + ((y - at[1]) / 22) ** 2) ** 2))
        seen += rng.normal(0, noise, seen.shape)
        frames.append(np.clip(seen, 0, 255).astype(np.uint8))
        places.append(polygon(cv2.perspectiveTransform(corners[None], move)[0]))
    return frames, places


def around(place: Polygon) -> Polygon:
    xs, ys = [p[0] for p in place], [p[1] for p in place]
    return box(min(xs) - 6, min(ys) - 6, max(xs) + 6, max(ys) + 6)


def summed(frames: Sequence[Any], place: Polygon) -> Stack:
    stack = Stack(frames[0], place)
    for frame in frames:
        stack.add(frame)
    return stack


def texts(stack: Stack) -> list[str]:
    return [reading.text for reading in decoded(stack.summed(), time.monotonic() + LONG, stack.contrast()).readings]


def by_engines(frame: Any) -> bool:
    """Whether zxing reads the frame, as it is, doubled or changed in any quick way."""
    looks = [engines.zxing(frame), engines.zxing(resized(frame, 2 * max(frame.shape))[0])]
    looks += [engines.zxing(change(resized(frame, 3 * side)[0]), histogram=True) for side, change in rungs.QUICK]
    return any(look.readings for look in looks)


@pytest.mark.parametrize("drift", [0.0, 1.0], ids=["still", "trembling, turning, tilting"])
def test_only_all_frames_together_can_be_read(drift: float) -> None:
    frames, places = shots(TEXT, 10, 11, module=1.7, blur=1.15, noise=18, drift=drift)
    assert not any(by_engines(frame) for frame in frames)
    assert texts(summed(frames[:1], around(places[0]))) == []
    stack = summed(frames, around(places[0]))
    assert stack.count == 10
    assert texts(stack) == [TEXT]


def test_glare_that_moves_leaves_every_module_seen_now_and_then() -> None:
    frames, places = shots(TEXT, 8, 12, module=2.2, blur=0.9, noise=12, glare=True)
    assert not any(by_engines(frame) for frame in frames)
    assert texts(summed(frames, around(places[0]))) == [TEXT]


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (1, 1)], ids=["between two finders", "beside", "opposite"])
def test_what_a_finger_hides_is_filled_in(corner: tuple[int, int]) -> None:
    frames, places = shots(TEXT, 6, 23, module=2.4, noise=8, drift=0.2)
    for frame, place in zip(frames, places, strict=True):
        at = np.array(place[{(0, 0): 0, (1, 0): 1, (1, 1): 2}[corner]])
        cv2.circle(frame, (int(at[0]), int(at[1])), 17, 120, -1, cv2.LINE_AA)
    assert texts(summed(frames, around(places[0]))) == [TEXT]


def test_the_place_is_told_in_the_newest_frame() -> None:
    frames, places = shots(TEXT, 6, 13, noise=8)
    stack = summed(frames, around(places[0]))
    (reading,) = decoded(stack.summed(), time.monotonic() + LONG, stack.contrast()).readings
    assert overlap(stack.laid_back(np.array(reading.polygon)), places[-1]) > 0.95


def test_another_card_is_not_laid_on_the_first() -> None:
    frames, places = shots(TEXT, 4, 14)
    later, _ = shots(OTHER, 3, 15)
    stack = summed(frames, around(places[0]))
    assert [stack.add(frame) for frame in later] == [False, False, False]
    assert texts(stack) == [TEXT]


@pytest.mark.parametrize("kind", ["noise", "texture", "a code of random modules"])
def test_nothing_is_read_where_nothing_is(kind: str) -> None:
    rng = np.random.default_rng(16)
    ground = cv2.GaussianBlur(rng.normal(0, 1, (300, 360)).astype(np.float32), (0, 0), 2.0) * 160
    if kind == "noise":
        ground *= 0
    if kind == "a code of random modules":
        plan = symbol.plan(5)
        modules = np.where(plan.known >= 0, plan.known, rng.integers(0, 2, plan.known.shape))
        ground[:] = 60
        code = np.kron(1.0 - modules, np.ones((4, 4))) * 120 - 60
        ground[60 : 60 + code.shape[0], 80 : 80 + code.shape[1]] = code
    frames = [np.clip(128 + ground + rng.normal(0, 20, ground.shape), 0, 255).astype(np.uint8) for _ in range(6)]
    stack = summed(frames, box(70, 50, 240, 220))
    assert texts(stack) == []


def test_a_grid_half_a_module_off_settles() -> None:
    frames, places = shots(TEXT, 8, 17, noise=10, drift=0.0)
    stack = summed(frames, around(places[0]))
    (reading,) = decoded(stack.summed(), time.monotonic() + LONG, stack.contrast()).readings
    right = np.array(reading.polygon)
    module = np.linalg.norm(right[1] - right[0]) / 33
    wrong = right + module * np.array([(0.6, -0.4), (-0.5, 0.5), (0.7, 0.7), (-0.6, 0.3)])
    grid = settled(stack.summed(), wrong, 4)
    assert grid is not None
    assert np.abs(grid.corners - right).max() < 0.3 * module
    assert settled(stack.summed(), wrong, 5) is None, "another version's fixed modules are not there"


def test_a_blur_in_one_direction_is_learnt_from_the_code_itself() -> None:
    rng = np.random.default_rng(18)
    modules = np.array([list(row) for row in segno.make_qr(TEXT, error="m", boost_error=False).matrix], bool)
    version = (modules.shape[0] - 17) // 4
    light = np.pad(np.where(modules, -1.0, 1.0), QUIET, constant_values=1.0)
    seen = np.kron(light, np.ones((FINE, FINE))).astype(np.float32)
    kernel = np.eye(7, dtype=np.float32) / 7
    seen = cv2.GaussianBlur(cv2.filter2D(seen, -1, kernel), (0, 0), 1.2)
    seen += rng.normal(0, 0.04, seen.shape).astype(np.float32)
    middles = (np.arange(modules.shape[0]) + QUIET) * FINE + 1
    first = seen[np.ix_(middles, middles)]
    *_, last = equalized(seen, version, first)
    assert np.mean((first < 0) != modules) > 0.08
    assert np.mean((last < 0) != modules) < 0.01
    assert soft.mended(last) is not None


def test_memory_does_not_grow_and_nothing_outlives_forgetting() -> None:
    frames, places = shots(TEXT, 5, 19, noise=8)
    stack = summed(frames, around(places[0]))
    held = [value for value in vars(stack).values() if isinstance(value, np.ndarray) and value.size > 1000]
    assert sum(value.nbytes for value in held) < 3_000_000
    stack.forget()
    assert not any(value.any() for value in held)


def test_a_place_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Stack(np.zeros((100, 100), np.uint8), box(98, 98, 99, 99))


def test_a_wrong_place_makes_room_for_a_right_one() -> None:
    frames, places = shots(TEXT, 9, 20, noise=16)
    rng = np.random.default_rng(21)
    for frame in frames:
        frame[:90, :90] = rng.integers(0, 255, (90, 90))
    following = Following()
    wrong = [box(x, y, x + 40, y + 40) for x, y in ((5, 5), (250, 5), (5, 240))]
    following.begin(frames[0], wrong)
    found: list[str] = []
    for frame, place in zip(frames * 2, places * 2, strict=True):
        following.add([frame], time.monotonic() + LONG)
        found += [reading.text for reading in following.read(time.monotonic() + LONG)]
        following.begin(frame, [around(place)])
        if found:
            break
    assert found == [TEXT]


def test_a_place_lost_is_followed_no_longer() -> None:
    frames, places = shots(TEXT, 3, 22, noise=8)
    following = Following()
    following.begin(frames[0], [around(places[0])])
    assert following
    following.add([np.full_like(frames[0], 128)] * 8, time.monotonic() + LONG)
    assert not following


@pytest.mark.parametrize(("blur", "grain"), [(1.2, 60), (1.6, 20)])
def test_a_blurred_code_stands_out_from_a_tables_grain(blur: float, grain: float) -> None:
    (frame, *_), (place, *_) = shots(TEXT, 1, 25, module=2.2, blur=blur, noise=4)
    rng = np.random.default_rng(26)
    table = np.full((720, 960), 90, np.float32)
    table[:, :500] += grain * cv2.GaussianBlur(rng.normal(0, 1, (720, 500)).astype(np.float32), (0, 0), 1.5)
    table = np.clip(table, 0, 255).astype(np.uint8)
    assert not by_engines(frame)
    table[200 : 200 + SIZE[1], 550 : 550 + SIZE[0]] = frame
    found = likely(table, 2)
    wanted = polygon(place, 1.0, 550, 200)
    assert max(overlap(each, wanted) for each in found) > 0.25
    assert likely(np.full((300, 300), 200, np.uint8), 2) == []


def test_live_frames_are_summed_where_no_frame_can_be_read_and_then_blanked() -> None:
    frames, _ = shots(TEXT, 12, 24, module=1.8, blur=1.1, noise=14)
    given: list[Any] = []

    def sees_nothing(gray: Any, seconds: float) -> Examined:
        given.append(gray)
        return Examined((), ())

    reader = LiveReader(sees_nothing)
    found: list[Code] = []
    end = time.monotonic() + LONG
    try:
        while not found and time.monotonic() < end:
            for frame in frames:
                found = found or reader.look(frame)
                time.sleep(0.05)
    finally:
        reader.close()
    assert [(code.text, code.engine) for code in found] == [(TEXT, "frames")]
    assert given
    assert not any(gray.any() for gray in given), "what was seen is blanked after use"
    assert all(frame.any() for frame in frames), "the caller's own frames are not touched"
