"""A station that the plan relays at its time, and what is heard where it does not come; receipts say which."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, plan_of, soon
from running_speaker import PeakEar, loud_file
from stations import Station
from waiting import until

from langso.contract import vouched
from langso.trust import SigningKey
from speaker.agent import SpeakerAgent
from speaker.sound import chain, performance


@pytest.mark.real_time
def test_a_running_loudspeaker_relays_a_station_that_stalls_comes_back_and_dies(
    commune: Any, broker: Any, media_server: Any, authority: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real https station, whose certificate is made for the test and whose port is any; and one that nobody may
    relay. Seven seconds of silence fewer are waited for.
    """
    monkeypatch.setattr(performance, "STALLED_S", 3.0)
    monkeypatch.setattr(vouched, "_STREAM", re.compile(r"https://([a-z0-9.-]{1,253})(?::[0-9]+)?/live"))
    stay_there = chain._stay_there

    def trusting(reader: Any, source: Any) -> None:
        source.set_property("ssl-ca-file", str(authority.ca))
        stay_there(reader, source)

    monkeypatch.setattr(chain, "_stay_there", trusting)
    music = loud_file(tmp_path / "dai.flac", 30, 0.7, 1)
    station = Station(*authority.issue("localhost", server=True), music.read_bytes(), 30)
    own = media_server.add(loud_file(tmp_path / "own.flac", 1.5, 0.2, 2).read_bytes(), 1500, "flac")
    public = SigningKey.load(commune.pair().signing_key).public
    ear = PeakEar(tmp_path / "sound.pcm")
    agent = SpeakerAgent(commune.settings(port=broker.port, sink=tmp_path / "sound.pcm"))
    office = Office(commune, broker.port, public)
    agent.start()
    try:
        office.publish(office.topics.trust, commune.trust(relay_hosts=("localhost",)))
        start = soon(4)
        first = plan_of(commune, own, {"thoi-su": start}, stream=station.url, stream_ms=18_000)
        barred = first.programmes[0].model_copy(update={"id": "la", "stream": "https://la.vn:1/live"})
        after = {"id": "la", "programme": 1, "start": start + timedelta(seconds=19)}
        second = first.occurrences[0].model_copy(update=after)
        both = {"programmes": (*first.programmes, barred), "occurrences": (*first.occurrences, second)}
        office.publish(office.topics.plan, commune.seal(first.model_copy(update=both)))
        until(lambda: len(re.findall("s", told(ear))) > 100)
        station.mood = "stalls"
        until(lambda: order(told(ear)) == "so")
        station.mood = "plays"
        until(lambda: order(told(ear)) == "sos" and told(ear).rpartition("o")[2].count("s") > 100)
        station.mood = "hangs up"
        ended = until(lambda: office.ended("thoi-su"))
        other = until(lambda: office.ended("la"))
    finally:
        agent.stop()
        office.link.stop()
        station.close()
        ear.close()
    heard = told(ear)
    assert (ended.outcome, ended.code) == ("cut", "fallback")
    assert (other.outcome, other.fallback_ms) == ("played", other.heard_ms)
    assert order(heard) == "soso", heard
    assert re.search("^[s_]*s_+o+_*s[s_]*_o", heard), heard
    assert re.search("s_+(o+_+)+o+_*$", heard), heard
    assert ended.fallback_ms + other.heard_ms == pytest.approx(heard.count("o") * 10, abs=300)
    assert ended.heard_ms - ended.fallback_ms == pytest.approx(heard.count("s") * 10, abs=300)


def order(heard: str) -> str:
    """What was heard after what; a busy machine leaves gaps in a station."""
    return re.sub(r"(.)\1+", r"\1", heard.replace("_", ""))


def told(ear: PeakEar) -> str:
    """Of each hundredth of a second what was heard: the [s]tation, its [o]wn media, or nothing."""
    peaks = [peak for _, peak in tuple(ear.blocks)]
    # Where a sound begins within a block it is softer there: a block counts as its louder neighbour.
    louder = [max(peaks[max(0, at - 1) : at + 2]) for at in range(len(peaks))]
    return "".join("s" if peak > 0.45 else "o" if peak > 0.1 else "_" for peak in louder)
