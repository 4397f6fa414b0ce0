"""The village head's talk key: the very firmware on a pty, the real agent, and a recording of what was heard."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from agents_office import Office, soon
from listening_ear import RATE, Ear
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from firmware_bridge.twin.process import Twin
from langso.contract import Order, TalkRight, Urgent, UrgentOrder
from speaker.agent import SpeakerAgent
from speaker.talk_door import TalkDoor

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("micropython_run") is None, reason="MicroPython's unix port is not installed here"
)


class Site:
    """A loudspeaker with a board, a microphone at its line input, and its office."""

    def __init__(self, commune: Any, port: int, folder: Path) -> None:
        from langso.trust import SigningKey

        paired = commune.pair()
        self.commune = commune
        self.twin = Twin(folder / "twin")
        self.twin.start()
        spoken = numpy.random.default_rng(11).standard_normal(RATE * 2)
        spoken = numpy.convolve(spoken, numpy.exp(-numpy.arange(32) / 6), mode="same")
        self.speech = folder / "twin" / "line.wav"
        soundfile.write(self.speech, (spoken / numpy.abs(spoken).max() * 0.5).astype(numpy.float32), RATE)
        self.ear = Ear.at(folder / "sound.pcm", folder / "heard", folder / "twin")
        settings = commune.settings(port=port, sink=self.ear.pipe)
        bridge = settings.bridge.model_copy(update={"port": str(self.twin.port)})
        self.settings = settings.model_copy(update={"bridge": bridge})
        self.agent = SpeakerAgent(self.settings)
        self.agent.start()
        self.office = Office(commune, port, SigningKey.load(paired.signing_key).public)
        self.door = TalkDoor(self.settings.paths.run)

    def grant(self, *, day: int = 10, month: int = 100, village: str = "thon-1") -> None:
        self.office.publish(self.office.topics.trust, self.commune.trust())
        self.order(TalkRight(village=village, minutes_a_day=day, minutes_a_month=month))

    def order(self, talk: TalkRight | None) -> None:
        head = self.commune.head("order", audience=self.commune.device)
        order = Order(**head, talk=talk)
        self.office.publish(self.office.topics.device(self.commune.device, "order"), self.commune.seal(order))
        until(lambda: (self.agent.talk.granted() is None) == (talk is None))

    def press(self) -> str:
        """Holds the key until the line is open; the id of the talk."""
        until(lambda: self.agent.talk.armed)
        self.twin.sense(talk=True)
        until(lambda: self.twin.sources().get("line"))
        (id,) = [e.occurrence for e in until(self.talks_started) if self.office.ended(e.occurrence) is None]
        return str(id)

    def talks_started(self) -> list[Any]:
        return [e for e in self.office.events("started") if e.kind == "talk"]

    def heard(self) -> Any:
        self.ear.close()
        return read_recording(self.ear.out)

    def close(self) -> None:
        self.agent.stop()
        self.office.link.stop()
        self.ear.close()
        self.twin.stop()


@pytest.fixture
def site(commune: Any, broker: Any, tmp_path: Path) -> Iterator[Site]:
    site = Site(commune, broker.port, tmp_path)
    yield site
    site.close()


def test_who_holds_the_key_is_heard_until_it_is_let_go_or_an_emergency_cuts_in(
    site: Site, media_server: Any, noise: dict[str, Path]
) -> None:
    site.grant()
    site.door.open()
    first = site.press()
    # The whole of what the microphone says, once.
    until(lambda: site.agent._line._voice.heard_ms(time.monotonic()) > 2300)
    site.twin.sense(talk=False)
    until(lambda: not site.twin.sources().get("line"))
    ended = until(lambda: site.office.ended(first))
    assert (ended.outcome, ended.code, ended.title) == ("played", "released", "Trưởng thôn nói trên loa")
    assert (ended.kind, ended.issuer, ended.epoch) == ("talk", "office", 1)
    assert ended.heard_ms > 1500

    talk = site.press()
    alarm = media_server.add(noise["wav"].read_bytes(), 1500, "wav")
    issued = datetime.now(UTC)
    order = UrgentOrder(id="lu", action="play", media=(alarm,), repeat=2, issued=issued, expires=soon(600))
    urgent = Urgent(**site.commune.head("urgent", issued=issued), orders=(order,))
    site.office.publish(site.office.topics.urgent("office"), site.commune.seal(urgent))
    ended = until(lambda: site.office.ended(talk))
    assert (ended.outcome, ended.code, ended.parameters) == ("cut", "gave_way", {"order": "lu"})
    assert until(lambda: site.office.ended("lu")).outcome == "played"
    # The key is still held: only letting go and pressing again begins another talk.
    assert not site.twin.sources().get("line")
    assert [one.occurrence for one in site.talks_started()] == [first, talk]
    heard = site.heard()
    assert locate(heard, read_medium(site.speech)).correlation > 0.95
    cut_in = locate(heard, read_medium(noise["wav"])[:24_000], after_ns=int(issued.timestamp() * 1e9))
    assert cut_in.correlation > 0.95


def test_minutes_that_run_out_are_told_by_a_tone_before_and_end_the_talk(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speaker.sound.line.WARN_S", 2.5)
    monkeypatch.setattr("speaker.programme.talking.LEAST", timedelta(seconds=2))
    site.grant(day=1)
    site.agent.talk._book.end("talk/office/1/before", datetime.now(UTC), timedelta(seconds=52))
    site.door.open()
    talk = site.press()
    ended = until(lambda: site.office.ended(talk))
    assert (ended.outcome, ended.code) == ("played", "talk_day")
    assert not site.twin.sources().get("line")
    # Held on, it opens nothing more, and health says why and how much is left.
    until(lambda: not site.agent.talk.check()[0].why.endswith("còn 1 phút hôm nay, 99 phút tháng này."))
    left = site.agent.talk._book.talked(datetime.now(UTC)).day
    assert timedelta(seconds=52) < left <= timedelta(seconds=60)
    heard = site.heard()
    assert _tones(heard, 1046.5) >= 2, "three pips before the end"
    assert _tones(heard, 587.33) >= 2, "a chime before and after"


def _tones(heard: Any, hz: float) -> int:
    """How often a tone of this pitch begins."""
    step = RATE // 50
    count = len(heard.samples) // step
    blocks = heard.samples[: count * step].reshape(count, step)
    turn = numpy.exp(-2j * numpy.pi * hz * numpy.arange(step) / RATE)
    strength = numpy.abs(blocks @ turn) * 2 / step
    loud = numpy.sqrt((blocks**2).mean(axis=1)) * numpy.sqrt(2)
    there = (strength > 0.1) & (strength > 0.8 * loud)
    return int(numpy.count_nonzero(there[1:] & ~there[:-1]))
