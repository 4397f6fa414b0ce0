"""What is asked of the thread that owns a loudspeaker's voices: that it lets go of everything and plays on time."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from waiting import until

from speaker.sound.pipeline import Pipeline
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile
from speaker.sound.voice import GstVoice


def over(voice: GstVoice) -> GstVoice:
    until(lambda: voice.report.over)
    return voice


def complain(pipeline: Pipeline) -> None:
    from gi.repository import GLib, Gst

    error = GLib.Error.new_literal(Gst.ResourceError.quark(), "device lost", Gst.ResourceError.WRITE)
    pipeline.element.get_bus().post(Gst.Message.new_error(pipeline.mixer, error, ""))


def answers(fifo: Path) -> bool:
    """Whoever waits for it may open it now, and finds it empty."""
    with contextlib.suppress(OSError):
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    return True


def nothing_held(player: GstPlayer) -> bool:
    owner = player.owner
    return not owner._changes.held and not owner._branches and not owner._leaving


def is_heard_on_time(player: GstPlayer, noise: dict[str, Path]) -> None:
    """A file that is ordered now is played whole, at its time."""
    voice = over(player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest()))
    assert (voice.state, voice.why) == ("done", "")
    assert voice.error_ms is not None
    assert abs(voice.error_ms) < 20
