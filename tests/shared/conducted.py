"""A conductor on simulated time, its board and orders on paper: `from conducted import SOUND, Desk, flood, show`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from paper_library import PaperLibrary

from firmware_bridge.switchboard import Switchboard
from langso.contract import Caps, IssuerRule, Media, Threshold
from langso.durable.store import Store
from langso.timekeeping.clock import ClockTrust
from speaker.conductor import Conductor
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.sound.amplifier import Amplifier

RULE = IssuerRule(
    name="office",
    signers=Threshold(keys=("0" * 64,), threshold=1),
    epoch=1,
    kinds=("plan", "urgent"),
    classes=("normal", "emergency"),
)
SOUND = Media(sha256="a" * 64, size=1, duration_ms=5000, codec="wav")


class Desk(Switchboard):
    def __init__(self, stage: Any, folder: Path) -> None:
        self.stage = stage
        self.clock = stage.clock
        self.orders = Orders(policy=Policy(Caps(), (RULE,), None, 70))
        self.trusted = True
        self.switched: list[tuple[float, bool]] = []
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self.journal = Journal(self.store, self.clock, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, self.journal, self.clock)
        self.amplifier = Amplifier(self, self.clock, lead_ms=1500, tail_ms=500)
        self.library = PaperLibrary()
        self.conductor = Conductor(
            clock=self.clock,
            clock_trust=lambda: ClockTrust(self.trusted, "host" if self.trusted else "unsynchronised", ""),
            orders_at=lambda now: self.orders,
            player=stage.player,
            library=self.library,  # type: ignore[arg-type]
            amplifier=self.amplifier,
            ledger=self.ledger,
            journal=self.journal,
        )

    def set_output(self, name: str, on: bool) -> None:
        self.switched.append((self.clock.monotonic(), on))

    def hold_until(self, moment: float) -> None:
        self.held_until = moment

    def close(self) -> None: ...

    def health(self) -> Any: ...

    def run(self, seconds: float, *, watch: Callable[[], None] = lambda: None) -> None:
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            wait = self.conductor.step()
            watch()
            self.clock.advance(min(wait, 0.1))
            for voice in self.stage.player.voices:
                voice.live()

    def events(self) -> list[tuple[str, ...]]:
        return [
            (body.event, body.occurrence, getattr(body, "outcome", ""), getattr(body, "why", ""))
            for body in (line.body for line in self.journal.lines())
        ]

    def events_of_plays(self) -> list[tuple[str, ...]]:
        return [
            (body.event, body.occurrence, getattr(body, "outcome", ""), getattr(body, "why", ""))
            for body in (line.body for line in self.journal.lines())
            if body.event in ("started", "ended")
        ]


def show(desk: Desk, id: str = "a", **more: Any) -> Show:
    options: dict[str, Any] = {"start": desk.stage.start, "sources": files((SOUND,))}
    return Show(id=id, title=id, issuer="office", broadcast_class="normal", **options | more)


def flood(desk: Desk, **more: Any) -> Show:
    now = desk.clock.now()
    options: dict[str, Any] = {"start": now, "expires": now + timedelta(minutes=5), "urgent": True}
    return dataclasses.replace(show(desk, "lu", **options | more), broadcast_class="emergency")
