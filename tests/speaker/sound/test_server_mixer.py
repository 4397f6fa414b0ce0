"""An output that somebody mutes or turns to nothing in a real PulseAudio daemon is turned on again, and told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulse_server import SINK, PulseServer
from waiting import until

from speaker.sound import mixer as mixers
from speaker.sound.mixer import TOLD_S
from speaker.sound.player import GstPlayer
from speaker.sound.server_mixer import ServerMixer


class Server:
    """A daemon with one output; `mixer` looks at it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.mixer = self.looks_at(SINK)

    def looks_at(self, sink: str) -> ServerMixer:
        return ServerMixer(sink, monotonic=lambda: self.now)

    def say(self, *words: str) -> str:
        done = subprocess.run(["pactl", *words], env={**os.environ, "LC_ALL": "C"}, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    def stands(self) -> tuple[bool, str]:
        """Whether it is muted, and how loud its left channel is."""
        volume = self.say("get-sink-volume", SINK).split("/")[1].strip()
        return "yes" in self.say("get-sink-mute", SINK), volume

    def level(self) -> str:
        self.mixer.look()
        check = self.mixer.check()
        return "ok" if check is None else check.level


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with PulseServer(tmp_path) as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        yield Server()


def test_an_output_that_is_on_is_left_as_it_is(server: Server) -> None:
    server.say("set-sink-volume", SINK, "1%")
    assert server.level() == "ok"
    assert server.stands() == (False, "1%")


def test_a_muted_output_is_turned_on_as_loud_as_it_was_and_told_for_a_day(server: Server) -> None:
    server.say("set-sink-volume", SINK, "54%")
    server.say("set-sink-mute", SINK, "1")
    assert server.level() == "warn"
    assert server.stands() == (False, "54%")
    assert SINK in server.mixer.check().why  # type: ignore[union-attr]
    server.now += TOLD_S
    assert server.level() == "warn"
    server.now += 1
    assert server.level() == "ok"


def test_an_output_at_nothing_is_turned_up(server: Server) -> None:
    server.say("set-sink-volume", SINK, "0%")
    assert server.level() == "warn"
    assert server.stands() == (False, "80%")
    server.say("set-sink-volume", SINK, "0%", "30%")
    server.now += TOLD_S + 1
    assert server.level() == "ok"
    server.say("set-sink-volume", SINK, "0%")
    server.say("set-sink-mute", SINK, "1")
    assert server.level() == "warn"
    assert server.stands() == (False, "80%")


def test_the_output_that_the_server_prefers_is_looked_at_where_none_is_named(server: Server) -> None:
    for name in ("default", ""):
        server.mixer = server.looks_at(name)
        server.say("set-sink-mute", SINK, "1")
        assert server.level() == "warn"
        assert SINK in server.mixer.check().why  # type: ignore[union-attr]
        assert server.stands()[0] is False


def test_one_that_cannot_be_turned_on_is_bad_until_it_is(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here `pactl` may ask, but change nothing."""
    server.say("set-sink-mute", SINK, "1")
    real, path = mixers.answer_of("sh", "-c", "command -v pactl").strip(), os.environ["PATH"]
    program = tmp_path / "pactl"
    program.write_text(f'#!/bin/sh\ncase "$1" in set-*) exit 1 ;; esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{path}")
    assert server.level() == "bad"
    program.unlink()
    assert server.level() == "warn"


def test_where_no_server_or_no_such_output_answers_nothing_is_said(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.say("set-sink-mute", SINK, "1")
    server.mixer = server.looks_at("nowhere")
    assert server.level() == "ok"
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    server.mixer = server.looks_at(SINK)
    assert server.level() == "ok"
    monkeypatch.setenv("PATH", "/nowhere")
    assert server.level() == "ok"


def test_a_running_player_puts_it_right_and_tells_it_in_its_health(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixers, "LOOK_S", 0.05)
    player = GstPlayer("pulse", SINK)
    player.start()
    try:
        until(lambda: player.check().level == "ok")
        server.say("set-sink-mute", SINK, "1")
        until(lambda: player.check().level == "warn")
        assert server.stands()[0] is False
    finally:
        player.stop()
