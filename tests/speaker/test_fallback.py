"""What is heard where what was ordered cannot be had: the substitute that the order names; receipts say so."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, soon
from conducted import SOUND, Desk, flood, show
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.contract import Media, Urgent, UrgentOrder
from langso.trust import SigningKey
from langso.voices.signals import signal_file, signal_medium
from speaker.agent import SpeakerAgent
from speaker.programme.shows import Show
from speaker.programme.sources import StreamSource, files

SIREN = Media(sha256="b" * 64, size=1, duration_ms=3000, codec="wav")


@pytest.fixture
def desk(stage: Any, tmp_path: Path) -> Desk:
    return Desk(stage, tmp_path)


def give(desk: Desk, order: Show) -> None:
    desk.orders = dataclasses.replace(desk.orders, urgent=(order,))


def sounds(desk: Desk) -> list[str]:
    return [str(getattr(voice.sound, "path", "station")) for voice in desk.stage.player.voices]


def test_the_siren_sounds_where_the_words_do_not_come_in_time_and_the_words_once_they_do(desk: Desk) -> None:
    desk.library.missing = {SOUND.sha256}
    give(desk, flood(desk, fallback=files((SIREN,)), repeat=2))
    desk.run(4)
    assert sounds(desk) == []
    desk.run(4)
    assert sounds(desk)[:1] == ["b"]
    desk.library.missing = set()
    desk.run(30)
    assert sounds(desk) == ["b", "a", "a"]
    assert desk.stage.player.voices[0].state == "cut"
    assert [event[2:] for event in desk.events_of_plays() if event[0] == "ended"] == [("played", "")]


def test_where_the_words_never_come_it_sounds_as_often_as_was_ordered_and_the_receipt_says_so(desk: Desk) -> None:
    desk.library.missing = {SOUND.sha256}
    order = flood(desk, fallback=files((SIREN,)), repeat=2, pause_ms=500)
    give(desk, dataclasses.replace(order, expires=order.start + timedelta(seconds=60)))
    desk.run(70)
    assert sounds(desk) == ["b", "b"]
    (ended,) = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert (ended.outcome, ended.code) == ("cut", "fallback")
    assert ended.heard_ms == pytest.approx(6000, abs=50)


def test_a_substitute_that_is_not_here_is_not_begun(desk: Desk) -> None:
    desk.library.missing = {SOUND.sha256, SIREN.sha256}
    give(desk, flood(desk, fallback=files((SIREN,))))
    desk.run(20)
    assert desk.conductor.playing is None
    assert desk.events() == []


def station(desk: Desk) -> Show:
    now = desk.clock.now()
    return show(
        desk,
        "tiep",
        start=now,
        expires=now + timedelta(seconds=100),
        urgent=True,
        sources=(StreamSource("https://dai.vn/a"),),
        fallback=files((SIREN, SOUND)),
    )


def test_a_station_that_falls_silent_is_stood_in_for_and_taken_up_again(desk: Desk) -> None:
    desk.orders = dataclasses.replace(
        desk.orders, policy=dataclasses.replace(desk.orders.policy, relay_hosts=("dai.vn",))
    )
    give(desk, station(desk))
    desk.run(10)
    first = desk.stage.player.voices[0]
    first.heard = first.heard_ms(desk.clock.monotonic())
    desk.run(15)
    assert sounds(desk) == ["station", "b", "a"]
    assert first.state == "cut"
    desk.run(10)
    assert sounds(desk) == ["station", "b", "a", "station"]
    desk.run(90)
    (ended,) = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert ended.heard_ms > 60_000
    assert desk.stage.player.voices[-1].sound.duration_ms is None
    began = desk.stage.player.voices[-1].at
    assert 100 - began + first.at == pytest.approx(ended.heard_ms / 1000 - 8 - first.heard / 1000, abs=3)


@pytest.mark.real_time
def test_a_loudspeaker_warns_with_its_own_siren_over_a_line_that_hangs(
    commune: Any, broker: Any, ear: Any, media_server: Any, noise: dict[str, Path]
) -> None:
    """Nothing but the order itself came over the line: the siren is made on the loudspeaker, by its hash."""
    public = SigningKey.load(commune.pair().signing_key).public
    agent = SpeakerAgent(commune.settings(port=broker.port, sink=ear.pipe))
    office = Office(commune, broker.port, public)
    agent.start()
    try:
        siren, words = signal_medium("flood"), media_server.add(noise["opus"].read_bytes(), 1500, "opus")
        media_server.behaviour[words.sha256] = "hanging"
        office.publish(office.topics.trust, commune.trust())
        issued = datetime.now(UTC)
        order = UrgentOrder(
            id="lu", action="play", media=(words,), fallback=(siren,), issued=issued, expires=soon(600)
        )
        raw = commune.seal(Urgent(**commune.head("urgent", issued=issued), orders=(order,)))
        office.publish(office.topics.urgent("office"), raw)
        until(lambda: [one for one in office.events("started") if one.occurrence == "lu"])
        until(lambda: agent.ledger.entries() and next(iter(agent.ledger.entries().values())).state == "stood_in")
        media_server.release()
        ended = until(lambda: office.ended("lu"))
    finally:
        agent.stop()
        office.link.stop()
    assert (ended.outcome, ended.why) == ("played", "")
    assert siren.sha256 not in [sha256 for sha256, _ in media_server.requests]
    ear.close()
    heard = read_recording(ear.out)
    made = commune.folder / "siren.wav"
    made.write_bytes(signal_file("flood"))
    first, second = locate(heard, read_medium(made)), locate(heard, read_medium(noise["opus"]))
    print("siren", first.start_ns / 1e9 - issued.timestamp(), first.correlation, "words", second.correlation)
    assert first.correlation > 0.9
    assert second.correlation > 0.9
    assert issued.timestamp() + 5 < first.start_ns / 1e9 < second.start_ns / 1e9
