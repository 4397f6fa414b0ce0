"""What every step of the story works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.village.hoa_son import SPEAKERS
from deploy.village.running import Login, Village
from deploy.village.story.console import Console
from deploy.village.story.hearing import Heard, StartErrors, listen
from deploy.village.story.records import Play, Records, wait_for
from deploy.village.story.report import Evidence, not_seen
from langso.words.catalogue import Sentence

LEAST_CORRELATION = 0.9


@dataclass
class StoryScene:
    """The village, a clerk at the console, the office's records, and the figures gathered so far."""

    village: Village
    console: Console
    records: Records
    starts: StartErrors
    login: Login
    folder: Path

    @property
    def devices(self) -> list[str]:
        """All loudspeakers."""
        return [machine.id for machine in SPEAKERS]

    def sound_of(self, sha256: str) -> Path:
        """A medium's file at the office."""
        return self.village.ground.office_state / "media" / sha256

    def wait_ended(self, occurrence: str, devices: Iterable[str], seconds: float) -> dict[str, Play]:
        """Wait until each device has receipted how the occurrence ended; by device."""
        wanted = set(devices)

        def ended() -> dict[str, Play]:
            return {play.device: play for play in self.records.plays(occurrence) if play.outcome is not None}

        what = Sentence("story-see-receipts", occurrence=occurrence, devices=", ".join(sorted(wanted)))
        wait_for(lambda: wanted <= set(ended()), what, seconds)
        return ended()

    def wait_ready(self, devices: Iterable[str], occurrence: str | None = None, seconds: float = 30) -> float:
        """Wait until these devices hold the newest plan, with this occurrence in it, and all its sound; returns the
        seconds it took. The page says "sent" a moment before the signer has signed.
        """

        def planned() -> int | None:
            return self.records.plan_version() if occurrence is None else self.records.plan_with(occurrence)

        def ready(device: str, version: int) -> bool:
            state = self.records.state(device)
            if state is None or state.media_ready < state.media_wanted:
                return False
            return any(held.kind == "plan" and held.version >= version for held in state.held)

        def all_ready() -> bool:
            version = planned()
            return version is not None and all(ready(device, version) for device in devices)

        what = Sentence("story-see-ready", version=self.records.plan_version(), devices=", ".join(devices))
        return wait_for(all_ready, what, seconds)

    def must_be_heard(
        self,
        evidence: Evidence,
        name: str,
        media: Path,
        around_s: float,
        devices: Iterable[str],
        *,
        planned: bool = True,
    ) -> list[Heard]:
        """Each device's recording must hold `media` near wall time `around_s`; where that is its planned time the
        start errors are kept.
        """
        heard = [listen(self.village, device, media, around_s) for device in devices]
        evidence.note(**{f"{name}_correlation": {one.device: round(one.correlation, 4) for one in heard}})
        if planned:
            errors = {one.device: round((one.start_s - around_s) * 1000, 2) for one in heard}
            evidence.note(**{f"{name}_start_error_ms": errors})
            for device, error in errors.items():
                self.starts.add(name, device, error)
        evidence.keep(media, f"{name}-media.opus")
        evidence.note(**{f"{name}_looked_for_at": around_s, f"{name}_heard_at": {h.device: h.start_s for h in heard}})
        for one in heard:
            evidence.write(f"{name}-{one.device}.flac", one.flac)
            evidence.write(f"{name}-{one.device}.stamps", one.stamps)
        weak = {one.device: round(one.correlation, 3) for one in heard if one.correlation < LEAST_CORRELATION}
        if weak:
            raise not_seen(Sentence("story-see-heard", name=name, least=f"{LEAST_CORRELATION}"), str(weak))
        return heard


@dataclass(frozen=True)
class StoryStep:
    """One step: a short name for files, what is done and checked."""

    name: str
    play: Callable[[StoryScene, Evidence], None]

    @property
    def says(self) -> Sentence:
        """What happens in it, for people."""
        return Sentence(f"story-{self.name}")


def sleep_until(moment: datetime) -> None:
    """Wait for a wall time."""
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
