"""What a server's monitor is heard at is what a recorder of another kind hears it at, within a millisecond."""

from __future__ import annotations

import time
from pathlib import Path

import numpy
import pytest
from pulse_server import RATE, SINK, MonitorEar, PulseServer, place_of
from waiting import until

from speaker.sound.clicks import LENGTH_MS, find_clicks, make_clicks
from speaker.sound.listening import monitor_of, open_listener
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile

MOST_PLAYS = 20
ENOUGH = 3


@pytest.mark.real_time
def test_it_hears_when_a_separate_recorder_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clicks = tmp_path / "clicks.wav"
    clicks.write_bytes(make_clicks())
    with PulseServer(tmp_path) as server:
        for name in ("PULSE_SERVER", "PULSE_COOKIE", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, server.environment[name])
        player = GstPlayer("pulse", SINK)
        player.start()
        apart = []
        with open_listener("pulse", monitor_of(SINK)) as listener, MonitorEar(server) as ear:
            wanted = numpy.frombuffer(make_clicks()[44:], dtype=numpy.int16) / 32768
            for number in range(MOST_PLAYS):
                at = player.soonest() + 0.1 + 0.00713 * number
                voice = player.play(SoundFile(clicks, "wav", LENGTH_MS), at)
                until(lambda voice=voice: voice.report.over)
                until(lambda at=at: ear.heard()[1] + len(ear.heard()[0]) / RATE > at + 0.7)
                until(lambda at=at: time.monotonic() > at + 0.8)
                samples, zero = listener.between(at - 0.15, at + 0.7)
                found = find_clicks(samples)
                recorded, begin = ear.heard()
                place, fits = place_of(recorded, wanted, int((at - begin) * RATE), RATE // 5)
                # On a busy machine the server itself tears holes: what was torn is not judged.
                if found is not None and fits > 0.99:
                    apart.append(((zero + found.place / RATE) - (begin + place / RATE)) * 1000)
                if len(apart) == ENOUGH:
                    break
        player.stop()
    assert len(apart) == ENOUGH
    assert abs(float(numpy.median(apart))) < 1.0, apart
