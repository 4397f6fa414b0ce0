"""The loop on simulated time: claims before sound, the amplifier around it, full cards, clocks nobody vouches for."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conducted import RULE, SOUND, Desk, flood, show
from waiting import until

from langso.contract import Caps, Late, LoudnessCap, Media
from langso.durable.errors import StoreFull
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.sound.amplifier import HOLD_S


@pytest.fixture
def desk(stage: Any, tmp_path: Path) -> Desk:
    return Desk(stage, tmp_path)


def test_the_claim_is_on_disk_before_the_player_has_the_sound(desk: Desk) -> None:
    desk.orders = dataclasses.replace(desk.orders, scheduled=(show(desk),))

    def watch() -> None:
        if desk.stage.player.voices:
            assert desk.ledger.entries()["a"].state in ("claimed", "ended")

    desk.run(30, watch=watch)
    assert desk.stage.placed() == [("a", 0, 0)]
    assert desk.stage.player.voices[0].sound.volume == 70
    assert desk.events() == [("started", "a", "", ""), ("ended", "a", "played", "")]


def test_each_item_is_as_loud_as_its_own_hour_allows_and_the_next_show_as_its_order_says(desk: Desk) -> None:
    """At a minute past noon by Vietnamese time it becomes quiet for a minute."""
    cap = LoudnessCap(start="12:01", end="12:02", volume=20, classes=("normal", "emergency"))
    caps = Caps(loudness=(cap,))
    desk.orders = Orders(policy=dataclasses.replace(desk.orders.policy, caps=caps))
    noon = desk.stage.start.replace(hour=5, minute=0, second=50, microsecond=0) + timedelta(days=1)
    long = show(desk, start=noon, sources=files((SOUND,)), volume=60)
    long = dataclasses.replace(long, sources=files((SOUND, SOUND, SOUND)))
    after = show(desk, "b", start=noon + timedelta(seconds=75), volume=55)
    desk.clock.advance((noon - desk.clock.now()).total_seconds() - 20)
    desk.orders = dataclasses.replace(desk.orders, scheduled=(long, after))
    desk.run(120)
    assert [voice.sound.volume for voice in desk.stage.player.voices] == [60, 60, 20, 55]


def test_where_the_hour_is_not_proven_an_emergency_is_as_loud_as_it_ever_may_be(desk: Desk) -> None:
    day = LoudnessCap(start="00:00", end="00:00", volume=20, classes=("emergency",))
    desk.orders = Orders(policy=dataclasses.replace(desk.orders.policy, caps=Caps(loudness=(day,))))
    desk.trusted = False
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
    desk.run(10)
    assert desk.stage.player.voices[0].sound.volume == 100


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


def test_every_round_says_until_when_the_amplifier_may_be_held(stage: Any, tmp_path: Path) -> None:
    """A loop that hangs says nothing more: the switchboard lets go although its own threads live."""
    desk = Desk(stage, tmp_path)
    desk.conductor.step()
    assert desk.held_until == stage.clock.monotonic() + HOLD_S
    before = desk.held_until
    stage.clock.advance(2.0)
    assert desk.held_until == before
    desk.conductor.step()
    assert desk.held_until == before + 2.0


# ---- whose play it is: an attacker, or a mistake, gives an id a second time


def planned(desk: Desk, *, epoch: int = 1, after: float = 0, sound: Media = SOUND, **more: Any) -> tuple[Show, ...]:
    """The show `a` as a plan of that epoch orders it, `after` seconds later than the stage's start."""
    start = desk.stage.start + timedelta(seconds=after)
    options: dict[str, Any] = {"kind": "plan", "epoch": epoch, "targets": ("*",), "sources": files((sound,))}
    return (show(desk, start=start, **options | more),)


def order(desk: Desk, *shows: Show) -> None:
    """What the documents ask from now on, as new values, as the held ones are read anew."""
    desk.orders = dataclasses.replace(desk.orders, scheduled=tuple(shows))


def refused_ids(desk: Desk) -> list[tuple[str, str, int | None]]:
    bodies = [line.body for line in desk.journal.lines()]
    return [(str(b.reason), b.issuer, b.epoch) for b in bodies if b.event == "document" and "a" in b.why.split()]


OTHER = SOUND.model_copy(update={"sha256": "b" * 64})
FALSE: list[dict[str, Any]] = [{"after": 60.0}, {"sound": OTHER}, {"targets": ("loa-1",)}]


@pytest.mark.parametrize("false", FALSE, ids=["start", "media", "targets"])
def test_an_id_that_was_played_is_never_played_as_something_else(desk: Desk, false: dict[str, Any]) -> None:
    order(desk, *planned(desk))
    desk.run(30)
    for _ in range(3):
        order(desk, *planned(desk, **false))
        desk.run(90)
    assert [event for event in desk.events_of_plays() if event[0] == "ended"] == [("ended", "a", "played", "")]
    assert desk.stage.placed() == [("a", 0, 0)]
    assert refused_ids(desk) == [("equivocation", "office", 1)], "told once, with the id"
    order(desk, *planned(desk))
    desk.run(5)
    assert len(desk.events_of_plays()) == 2


def test_what_sounds_under_an_id_goes_on_when_the_id_is_given_to_something_else(desk: Desk) -> None:
    order(desk, *planned(desk))
    while not desk.events_of_plays():
        desk.run(0.1)
    order(desk, *planned(desk, sound=OTHER))
    desk.run(30)
    assert desk.events_of_plays() == [("started", "a", "", ""), ("ended", "a", "played", "")]
    assert len(refused_ids(desk)) == 1


@pytest.mark.parametrize("when", [30.0, None], ids=["ended", "sounding"])
def test_a_key_exchange_plays_nothing_again(desk: Desk, when: float | None) -> None:
    """The office signs the same programme in its next epoch: other documents, the same play."""
    order(desk, *planned(desk))
    if when is None:
        while not desk.events_of_plays():
            desk.run(0.1)
    else:
        desk.run(when)
    order(desk, *planned(desk, epoch=2))
    desk.run(60)
    assert desk.events_of_plays() == [("started", "a", "", ""), ("ended", "a", "played", "")]
    assert desk.stage.placed() == [("a", 0, 0)]
    assert refused_ids(desk) == []


def test_the_successor_of_a_stolen_key_may_use_the_ids_that_the_thief_used_up(desk: Desk) -> None:
    order(desk, *planned(desk, sound=OTHER))
    desk.run(30)
    order(desk, *planned(desk, epoch=2, after=60))
    desk.run(90)
    ended = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert [(body.outcome, body.epoch) for body in ended] == [("played", 1), ("played", 2)]
    assert refused_ids(desk) == []


def test_the_same_id_of_another_kind_or_issuer_is_another_play(desk: Desk) -> None:
    """An urgent order, or the province's plan, cannot use up an id of the commune's programme."""
    province = RULE.model_copy(update={"name": "tinh"})
    desk.orders = dataclasses.replace(desk.orders, policy=Policy(Caps(), (RULE, province), None, 70))
    (mine,) = planned(desk)
    order(
        desk,
        dataclasses.replace(mine, issuer="tinh"),
        dataclasses.replace(mine, start=mine.start + timedelta(seconds=20)),
    )
    desk.run(60)
    ended = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert [(body.occurrence, body.outcome, body.issuer) for body in ended] == [
        ("a", "played", "tinh"), ("a", "played", "office"),
    ]  # fmt: skip
    assert refused_ids(desk) == []


def test_what_is_urgent_is_begun_before_whoever_brought_it_goes_on(desk: Desk) -> None:
    desk.conductor.start()
    try:
        desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
        desk.conductor.look_first()
        until(lambda: desk.conductor.playing is not None)
    finally:
        desk.conductor.stop()


def test_whoever_brings_it_waits_a_moment_for_a_loop_that_does_not_turn(desk: Desk) -> None:
    desk.conductor.look_first()
    assert desk.conductor.playing is None


def test_an_alarm_beside_a_long_plan_looks_at_none_of_it_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from speaker import conductor

    looked: list[int] = []
    real = conductor.identify
    monkeypatch.setattr(
        conductor, "identify", lambda shows, entries: looked.append(len(shows)) or real(shows, entries)
    )
    later = desk.clock.now() + timedelta(days=1)
    plan = tuple(show(desk, f"s{number}", start=later + timedelta(hours=number)) for number in range(50))
    desk.orders = dataclasses.replace(desk.orders, scheduled=plan)
    desk.conductor.step()
    assert looked == [50, 0]
    desk.conductor.step()
    assert looked == [50, 0]
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk),))
    desk.conductor.step()
    assert looked[2] == 1, "the plan's shows are those of before"
    assert desk.conductor.playing is not None
    assert desk.conductor.next_start() == later
