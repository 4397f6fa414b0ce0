"""The loop on simulated time: claims before sound, the amplifier around it, full cards, clocks nobody vouches for."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import Caps, IssuerRule, Late, Media, Threshold
from langso.durable.errors import StoreFull
from langso.durable.store import Store
from langso.timekeeping.clock import ClockTrust
from speaker.conductor import Conductor
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.plays import LEDGER_MIGRATIONS, Ledger
from speaker.sound.amplifier import Amplifier

RULE = IssuerRule(
    name="office",
    signers=Threshold(keys=("0" * 64,), threshold=1),
    epoch=1,
    kinds=("plan", "urgent"),
    classes=("normal", "emergency"),
)
SOUND = Media(sha256="a" * 64, size=1, duration_ms=5000, codec="wav")


class PaperLibrary:
    """Has every medium."""

    def ready(self, medium: Media) -> bool:
        return True

    def path(self, medium: Media) -> Path:
        return Path(medium.sha256[:1])


class Desk:
    def __init__(self, stage: Any, folder: Path) -> None:
        self.stage = stage
        self.clock = stage.clock
        self.orders = Orders(policy=Policy(Caps(), (RULE,), None, 70))
        self.trusted = True
        self.switched: list[tuple[float, bool]] = []
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self.journal = Journal(self.store, self.clock, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, self.journal, self.clock)
        self.amplifier = Amplifier(self, self.clock, lead_ms=1500, tail_ms=500)  # type: ignore[arg-type]
        self.conductor = Conductor(
            clock=self.clock,
            clock_trust=lambda: ClockTrust(self.trusted, "host" if self.trusted else "unsynchronised", ""),
            orders_at=lambda now: self.orders,
            player=stage.player,
            library=PaperLibrary(),  # type: ignore[arg-type]
            amplifier=self.amplifier,
            ledger=self.ledger,
            journal=self.journal,
        )

    def set_output(self, name: str, on: bool) -> None:
        self.switched.append((self.clock.monotonic(), on))

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


@pytest.fixture
def desk(stage: Any, tmp_path: Path) -> Desk:
    return Desk(stage, tmp_path)


def show(desk: Desk, id: str = "a", **more: Any) -> Show:
    options: dict[str, Any] = {"start": desk.stage.start, "sources": files((SOUND,))}
    return Show(id=id, title=id, issuer="office", broadcast_class="normal", **options | more)


def flood(desk: Desk, **more: Any) -> Show:
    now = desk.clock.now()
    options: dict[str, Any] = {"start": now, "expires": now + timedelta(minutes=5), "urgent": True}
    return dataclasses.replace(show(desk, "lu", **options | more), broadcast_class="emergency")


def test_the_claim_is_on_disk_before_the_player_has_the_sound(desk: Desk) -> None:
    desk.orders = dataclasses.replace(desk.orders, scheduled=(show(desk),))

    def watch() -> None:
        if desk.stage.player.voices:
            assert desk.ledger.entries()["a"].state in ("claimed", "ended")

    desk.run(30, watch=watch)
    assert desk.stage.placed() == [("a", 0, 0)]
    assert desk.stage.player.voices[0].sound.volume == 70
    assert desk.events() == [("started", "a", "", ""), ("ended", "a", "played", "")]


def test_an_emergency_from_silence_waits_for_the_amplifier_and_not_when_it_is_on(desk: Desk) -> None:
    now = desk.clock.monotonic()
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
    desk.conductor.step()
    assert desk.conductor.playing is not None
    assert desk.stage.player.voices == [] or desk.stage.player.voices[0].at >= now + 1.5
    desk.run(3)
    assert desk.stage.player.voices[0].at >= now + 1.5


def test_an_emergency_on_top_of_a_broadcast_is_heard_within_a_second(desk: Desk) -> None:
    desk.orders = dataclasses.replace(desk.orders, scheduled=(show(desk),))
    desk.run(12)
    now = desk.clock.monotonic()
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
    desk.conductor.step()
    assert desk.stage.player.voices[0].state == "cut"
    assert desk.stage.player.voices[1].at - now < 1
    desk.run(30)
    assert [event[:3] for event in desk.events()] == [
        ("started", "a", ""),
        ("started", "lu", ""),
        ("ended", "lu", "played"),
        ("ended", "a", "played"),
    ]
    assert desk.stage.placed()[-1][2] == pytest.approx(2000, abs=200)


def test_a_full_card_does_not_silence_an_emergency_and_it_is_heard_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreFull("thẻ nhớ đầy")

    for name in ("claim", "end", "started"):
        monkeypatch.setattr(desk.ledger, name, full)
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
    for _ in range(400):
        with contextlib.suppress(StoreFull):
            desk.conductor.step()
        desk.clock.advance(0.05)
        for voice in desk.stage.player.voices:
            voice.live()
    assert len(desk.stage.player.voices) == 1


def test_without_a_trusted_clock_the_programme_waits_and_urgent_orders_say_unproven(desk: Desk) -> None:
    desk.trusted = False
    desk.orders = dataclasses.replace(
        desk.orders, scheduled=(show(desk, late=Late(rule="always")),), urgent=(flood(desk),)
    )
    desk.run(60)
    ends = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert [(end.occurrence, end.time_unproven) for end in ends] == [("lu", True)]
    assert desk.journal.born is None
    desk.trusted = True
    desk.run(30)
    assert desk.events()[-1] == ("ended", "a", "played", "")


def test_an_unproven_order_lasts_no_longer_than_it_was_issued_for(desk: Desk) -> None:
    desk.trusted = False
    old = flood(desk, repeat=1000)
    ago = desk.clock.now() - timedelta(days=900)
    desk.orders = dataclasses.replace(
        desk.orders, urgent=(dataclasses.replace(old, start=ago, expires=ago + timedelta(seconds=60)),)
    )
    desk.run(120)
    assert desk.events()[-1] == ("ended", "lu", "cut", "hết hạn")
    (voice_ends,) = {voice.at for voice in desk.stage.player.voices[-1:]}
    assert voice_ends < 65


def test_the_amplifier_is_on_before_the_sound_and_off_after_the_tail(stage: Any) -> None:
    import time

    from langso.timekeeping.clock import SystemClock

    switched: list[tuple[float, bool]] = []

    class Board:
        def set_output(self, name: str, on: bool) -> None:
            assert name == "amplifier"
            switched.append((time.monotonic(), on))

        def close(self) -> None:
            switched.append((time.monotonic(), False))

        def health(self) -> Any: ...

    amplifier = Amplifier(Board(), SystemClock(), lead_ms=200, tail_ms=200)
    amplifier.start()
    begin = time.monotonic()
    ready = amplifier.power()
    assert 0.2 <= ready - begin < 0.3
    time.sleep(0.3)
    assert amplifier.on
    assert amplifier.power() == ready
    amplifier.rest()
    rest = time.monotonic()
    time.sleep(0.5)
    assert not amplifier.on
    assert [on for _, on in switched] == [True, False]
    assert switched[1][0] - rest >= 0.19
    amplifier.stop()


def test_a_bridge_that_does_not_answer_is_tried_again(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from firmware_bridge.errors import BridgeError
    from langso.timekeeping.clock import SystemClock

    monkeypatch.setattr("speaker.sound.amplifier.RETRY_S", 0.05)
    tries: list[bool] = []

    class Board:
        def set_output(self, name: str, on: bool) -> None:
            tries.append(on)
            if len(tries) < 3:
                raise BridgeError("im lặng")

        def close(self) -> None: ...

        def health(self) -> Any: ...

    amplifier = Amplifier(Board(), SystemClock(), lead_ms=0, tail_ms=0)
    amplifier.start()
    amplifier.power()
    time.sleep(0.4)
    assert amplifier.on
    assert tries == [True, True, True]
    amplifier.stop()
