"""Plays sounds at exact times: what the agent sees of the pipeline and of the one thread that owns its voices."""

from __future__ import annotations

import concurrent.futures
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from langso.contract.health import Check
from langso.words.catalogue import Sentence, t
from speaker.errors import SoundFault
from speaker.sound.card_mixer import CardMixer
from speaker.sound.chain import refuse_unplayable
from speaker.sound.ears import Played
from speaker.sound.gstreamer import load_gstreamer
from speaker.sound.pipeline import Pipeline
from speaker.sound.server_mixer import ServerMixer
from speaker.sound.sinks import PipeWriter, SoundKind
from speaker.sound.sounds import Sound
from speaker.sound.state_changes import STUCK_S
from speaker.sound.voice import GstVoice
from speaker.sound.voice_owner import BeginVoice, CutVoice, VoiceOwner

START_MARGIN_S = 0.15
_START_S = 10.0
_STOP_S = 5.0


class GstPlayer:
    """The real player. One pipeline: `audiotestsrc(silence) -> audiomixer -> out`; a voice is a branch into it.

    Any thread may call it: it posts commands to the owner of the voices and reads what that has reported.
    `calibration_ms` is added to every start: minus the constant delay of what comes after the sink.
    A lost sound device ends the voices as `failed`; the pipeline is then rebuilt until it runs again. `on_change` is
    called (in the owner's thread) when a voice begins to sound or ends, and when sound is lost or is back. `played`
    is told what leaves it, while anything sounds.
    """

    def __init__(
        self,
        kind: SoundKind,
        sink: str,
        *,
        calibration_ms: float = 0.0,
        on_change: Callable[[], None] = lambda: None,
        played: Played | None = None,
    ) -> None:
        gst = load_gstreamer()
        self._writer = PipeWriter(Path(sink)) if kind == "pipe" else None
        self._mixer = CardMixer(sink) if kind == "alsa" else ServerMixer(sink) if kind == "pulse" else None
        self.owner = VoiceOwner(
            lambda wake: Pipeline(gst, kind, sink, self._writer, wake, played), gst, calibration_ms / 1000, on_change
        )

    def start(self) -> None:
        """Starts the pipeline and its owner; returns when sound runs or has failed once (it is then retried)."""
        if self._mixer is not None:
            self._mixer.start()
        opened = self.owner.start()
        with contextlib.suppress(concurrent.futures.TimeoutError):
            opened.result(_START_S)

    def stop(self) -> None:
        """Cuts everything and frees the device; what does not let itself be freed is left behind."""
        self.owner.thread.stop(_STOP_S)
        if self._mixer is not None:
            self._mixer.stop()
        if self._writer is not None:
            self._writer.close()

    @property
    def running(self) -> bool:
        """Whether the pipeline plays (silence at least)."""
        return self.owner.report.running

    @property
    def hung(self) -> bool:
        """Whether only a new process helps: the owner hangs, or too much cannot be freed."""
        return self.owner.thread.hung or self.owner.report.full

    def soonest(self) -> float:
        """Monotonic second from which a new sound starts unclipped."""
        report = self.owner.report
        return max(time.monotonic() + report.latency + START_MARGIN_S, report.even_at)

    def play(self, sound: Sound, at: float, *, soon_from: float | None = None) -> GstVoice:
        """Orders a branch that is heard from `at` on, or as soon as it can be. Raises SoundFault when no sound device
        runs.
        """
        refuse_unplayable(sound)
        if not self.running:
            raise SoundFault(Sentence("sound-cannot-play", why=self.owner.report.why))
        voice = GstVoice(sound, at, lambda voice: self.owner.post(CutVoice(voice)), soon_from=soon_from)
        self.owner.post(BeginVoice(voice))
        return voice

    def check(self) -> Check:
        """Health line `sound`."""
        report = self.owner.report
        if not report.running:
            return Check.bad("sound", t("sound-cannot-sound", why=report.why), t("sound-check-device"))
        if self.owner.thread.hung:
            return Check.bad("sound", t("sound-hangs"), t("speaker-restart-service"))
        if report.full:
            return Check.bad("sound", t("sound-too-many-held", count=report.stuck), t("sound-held-fix"))
        if report.stuck:
            why = t("sound-held", count=report.stuck, seconds=int(STUCK_S))
            return Check.warning("sound", why, t("sound-held-fix"))
        if self._writer is not None and not self._writer.connected:
            return Check.warning("sound", t("sound-pipe-unheard"), t("sound-start-recorder"))
        mixed = None if self._mixer is None else self._mixer.check()
        return mixed or Check.good("sound", t("sound-good"))
