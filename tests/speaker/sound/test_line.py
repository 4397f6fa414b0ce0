"""The line input as a sound that a player plays: chime, line, a warning before the end, closing tone; cut at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.switchboard import IP_SOURCE, LINE_SOURCE, NoSwitchboard
from speaker.sound.amplifier import SWITCH_S, Amplifier
from speaker.sound.line import CLOSING, OPENING, WARN_S, WARNING, LinePlayer
from speaker.sound.sounds import SoundLine

CHIME = OPENING[1] * len(OPENING[0]) / 1000


class Desk:
    def __init__(self, stage: Any, folder: Path) -> None:
        self.clock, self.paper = stage.clock, stage.player
        self.chosen: list[tuple[float, str]] = []
        # Sooner than the relays: what waits for them waits for them.
        self.paper.soonest = self.clock.monotonic
        desk = self

        class Gate(Amplifier):
            def choose(self, source: str) -> float:
                desk.chosen.append((round(desk.clock.monotonic(), 2), source))
                return super().choose(source)

        gate = Gate(NoSwitchboard(), self.clock, lead_ms=0, tail_ms=0)
        self.line = LinePlayer(self.paper, gate, self.clock, folder)
        # Its thread is not started: the steps are the test's.
        self.line._thread.start = lambda: None  # type: ignore[method-assign]
        self.line.start()

    def run(self, voice: Any, until: float) -> None:
        while self.clock.monotonic() < until:
            self.line._step(voice)
            for one in self.paper.voices:
                one.live()
            self.clock.advance(0.05)
        self.line._step(voice)

    def tones(self) -> list[tuple[float, int]]:
        """When each tone was ordered to sound, and how long its file is, in ms."""
        made = {self.line._tones[one].path: one for one in (OPENING, WARNING, CLOSING)}
        return [(round(one.at, 2), made[one.sound.path][1]) for one in self.paper.voices]


@pytest.fixture
def desk(stage: Any, tmp_path: Path) -> Desk:
    return Desk(stage, tmp_path / "tones")


def test_a_chime_then_the_line_a_warning_and_a_tone_at_the_end(desk: Desk) -> None:
    at = desk.clock.monotonic() + 1
    voice: Any = desk.line.play(SoundLine(60_000), at)
    assert (voice.state, voice.heard_ms(at + 1)) == ("waiting", 0)
    desk.run(voice, at + 30)
    assert desk.chosen == [(pytest.approx(at + CHIME, abs=0.06), LINE_SOURCE)]
    assert voice.state == "playing"
    assert voice.error_ms == 0.1, "that of its first tone"
    assert voice.heard_ms(at + 30) == pytest.approx((30 - CHIME - SWITCH_S) * 1000, abs=60)
    desk.run(voice, at + 60.1)
    assert [source for _, source in desk.chosen] == [LINE_SOURCE, IP_SOURCE, LINE_SOURCE, IP_SOURCE, IP_SOURCE]
    assert desk.chosen[1][0] == pytest.approx(at + 60 - WARN_S, abs=0.06)
    assert [length for _, length in desk.tones()] == [OPENING[1], WARNING[1], CLOSING[1]]
    assert desk.tones()[1][0] >= desk.chosen[1][0] + SWITCH_S, "no relay cuts the tone's beginning"
    assert voice.state == "done"
    heard = voice.heard_ms(at + 99)
    assert heard == voice.heard_ms(at + 60.1)
    assert 56_000 < heard < 58_800, "tones are not speech"


def test_cutting_it_closes_the_line_at_once_and_nothing_opens_it_again(desk: Desk) -> None:
    at = desk.clock.monotonic() + 1
    voice: Any = desk.line.play(SoundLine(60_000), at)
    desk.run(voice, at + 10)
    voice.cut()
    assert desk.chosen[-1] == (pytest.approx(at + 10, abs=0.1), IP_SOURCE)
    voice.cut()
    desk.run(voice, at + 70)
    assert [source for _, source in desk.chosen] == [LINE_SOURCE, IP_SOURCE]
    assert voice.state == "cut"
    assert voice.heard_ms(at + 70) == pytest.approx((10 - CHIME - SWITCH_S) * 1000, abs=100)


def test_one_cut_during_its_chime_is_never_heard(desk: Desk) -> None:
    at = desk.clock.monotonic() + 1
    voice: Any = desk.line.play(SoundLine(60_000), at)
    voice.cut()
    desk.run(voice, at + 5)
    assert LINE_SOURCE not in [source for _, source in desk.chosen]
    assert [one.state for one in desk.paper.voices] == ["cut"]
    assert voice.heard_ms(at + 5) == 0


def test_without_a_sound_device_it_does_without_tones(desk: Desk) -> None:
    desk.paper.broken = True
    at = desk.clock.monotonic() + 1
    voice: Any = desk.line.play(SoundLine(60_000), at)
    desk.run(voice, at + 2)
    assert desk.chosen == [(pytest.approx(at, abs=0.06), LINE_SOURCE)]
    assert voice.error_ms == pytest.approx(SWITCH_S * 1000, abs=60)


def test_a_short_talk_has_no_warning(desk: Desk) -> None:
    at = desk.clock.monotonic() + 1
    voice: Any = desk.line.play(SoundLine(int(2000 * WARN_S)), at)
    desk.run(voice, at + 2 * WARN_S + 1)
    assert [length for _, length in desk.tones()] == [OPENING[1], CLOSING[1]]


def test_another_sound_is_the_players_own(desk: Desk) -> None:
    from speaker.sound.sounds import SoundFile

    sound = SoundFile(Path("x"), "wav", 1000)
    assert desk.line.play(sound, 5.0) is desk.paper.voices[0]
    assert desk.line.running
