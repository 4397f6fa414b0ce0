"""From documents to shows: targets, all-clears, stops, and ids that a village cannot use up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from langso.contract import Media, Occurrence, Plan, Programme, TargetSet, Urgent, UrgentOrder
from speaker.programme.shows import cleared, scoped, shows_of_plan, shows_of_urgent, stops_of_urgent

T0 = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
HEAD: dict[str, Any] = {
    "issuer": "office",
    "audience": "*",
    "commune": "xa",
    "epoch": 1,
    "version": 1,
    "issued": T0,
    "expires": T0 + timedelta(days=30),
}
SOUND = Media(sha256="a" * 64, size=9, duration_ms=4000, codec="opus")
CHIME = Media(sha256="b" * 64, size=9, duration_ms=1500, codec="opus")


def order(id: str, action: str, after: float = 0, **more: Any) -> UrgentOrder:
    moment = T0 + timedelta(seconds=after)
    options: dict[str, Any] = {"issued": moment, "expires": moment + timedelta(minutes=5)}
    if action == "play":
        options["media"] = (SOUND,)
    return UrgentOrder(id=id, action=action, **options | more)


def test_a_plan_gives_this_device_its_occurrences_in_order_of_sound() -> None:
    plan = Plan(
        **HEAD,
        until=T0 + timedelta(days=14),
        media=(SOUND, CHIME),
        programmes=(
            Programme(id="p", title="Tin", media=(0, 0), chime=1),
            Programme(id="q", title="Nhạc", media=(0,), broadcast_class="priority"),
        ),
        target_sets=(TargetSet(devices=("*",)), TargetSet(devices=("loa-2",))),
        occurrences=(
            Occurrence(id="c", programme=1, targets=0, start=T0 + timedelta(seconds=1)),
            Occurrence(id="a", programme=0, targets=0, start=T0 + timedelta(seconds=2)),
            Occurrence(id="b", programme=0, targets=1, start=T0),
        ),
    )
    first, second = shows_of_plan(plan, "loa-1")
    assert (first.id, second.id) == ("a", "c")
    assert first.audible == T0 + timedelta(milliseconds=500)
    assert first.duration_ms == 8000
    assert first.media == (CHIME, SOUND, SOUND)
    assert second.broadcast_class == "priority"


def test_a_repeated_order_lasts_with_its_pauses_and_a_relay_until_it_expires() -> None:
    urgent = Urgent(
        **HEAD,
        orders=(
            order("a", "play", repeat=3, pause_ms=1000),
            order("b", "relay", stream="http://x/y"),
            order("c", "play", targets=TargetSet(devices=("loa-2",))),
        ),
    )
    play, relay = shows_of_urgent(urgent, "loa-1", wide=True)
    assert play.duration_ms == 3 * 4000 + 2 * 1000
    assert relay.duration_ms == 300_000


def test_an_all_clear_ends_what_came_before_it_and_says_so() -> None:
    urgent = Urgent(
        **HEAD, orders=(order("a", "play"), order("b", "play", 20), order("y", "all_clear", 10, ends=("*",)))
    )
    assert [show.id for show in shows_of_urgent(urgent, "loa-1", wide=True)] == ["b"]
    assert cleared(urgent, wide=True) == {"office:*"}


def test_a_stop_is_in_force_until_it_expires() -> None:
    urgent = Urgent(**HEAD, orders=(order("s", "stop", ends=("a",)),))
    assert len(stops_of_urgent(urgent, "loa-1", T0 + timedelta(minutes=4), wide=True)) == 1
    assert stops_of_urgent(urgent, "loa-1", T0 + timedelta(minutes=6), wide=True) == ()
    assert len(stops_of_urgent(urgent, "loa-1", None, wide=True)) == 1


def test_a_villages_ids_are_its_own() -> None:
    assert scoped("sang", "office", wide=True) == "sang"
    assert scoped("sang", "thon-1", wide=False) == "thon-1:sang"
    long = scoped("x" * 80, "thon-1", wide=False)
    assert len(long) <= 80
    assert long != scoped("y" * 80, "thon-1", wide=False)
    village = Urgent(
        **HEAD | {"issuer": "thon-1"},
        orders=(order("a", "play", broadcast_class="normal"), order("s", "stop", ends=("a",))),
    )
    (show,) = shows_of_urgent(village, "loa-1", wide=False)
    (stop,) = stops_of_urgent(village, "loa-1", None, wide=False)
    assert stop.stops(show, T0)
