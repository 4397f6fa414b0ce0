"""From documents to shows: targets, all-clears, stops, and ids that a village cannot use up."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from langso.contract import Late, Media, Occurrence, Plan, Programme, TargetSet, Urgent, UrgentOrder
from speaker.programme.orders import Orders
from speaker.programme.shows import Show, Stop, cleared, scoped, shows_of_plan, shows_of_urgent, stops_of_urgent
from speaker.programme.sources import StreamSource, files

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


def test_an_all_clear_ends_what_is_of_its_own_moment_a_stop_lasts_until_its_own() -> None:
    for after, ended in ((9.999, True), (10, True), (10.001, False)):
        urgent = Urgent(**HEAD, orders=(order("a", "play", after), order("y", "all_clear", 10, ends=("*",))))
        assert (shows_of_urgent(urgent, "loa-1", wide=True) == ()) is ended
    stopping = Urgent(**HEAD, orders=(order("s", "stop", ends=("a",)),))
    end = T0 + timedelta(minutes=5)
    assert stops_of_urgent(stopping, "loa-1", end, wide=True) == ()
    assert len(stops_of_urgent(stopping, "loa-1", end - timedelta(milliseconds=1), wide=True)) == 1
    elsewhere = Urgent(**HEAD, orders=(order("s", "stop", ends=("a",), targets=TargetSet(devices=("loa-2",))),))
    assert stops_of_urgent(elsewhere, "loa-1", None, wide=True) == ()


def test_what_is_asked_for_is_fetched_in_order() -> None:
    urgent = Urgent(**HEAD, orders=(order("a", "play", media=(SOUND, CHIME)), order("b", "play", 1, media=(CHIME,))))
    orders = Orders(urgent=shows_of_urgent(urgent, "loa-1", wide=True))
    assert (orders.media(), orders.urgent_media()) == ([], [SOUND, CHIME, CHIME])
    assert Orders(scheduled=orders.urgent).media() == [SOUND, CHIME, CHIME]


def show(**more: Any) -> Show:
    fields: dict[str, Any] = {
        "issuer": "office",
        "broadcast_class": "normal",
        "start": T0,
        "sources": files((SOUND,)),
    }
    return Show(id="a", title="Tin", **{**fields, **more})


def test_a_show_of_which_nothing_else_is_said_is_heard_once_as_loud_as_can_be() -> None:
    plain = show()
    assert (plain.repeat, plain.pause_ms, plain.volume, plain.duration_ms) == (1, 0, 100, 4000)
    assert (plain.wide, plain.urgent, plain.after_cut) == (True, False, "resume")
    assert (plain.audible, plain.play) == (T0, "a")


def test_a_relay_lasts_as_long_as_its_order_and_one_of_no_order_as_its_sounds() -> None:
    relay = StreamSource("https://x.vn/a")
    for sources in ((relay,), (*files((SOUND,)), relay)):
        assert show(sources=sources, expires=T0 + timedelta(seconds=9)).duration_ms == 9000
        assert show(sources=sources, expires=T0).duration_ms == 0
        assert show(sources=sources, expires=T0 - timedelta(seconds=1)).duration_ms == 0
    assert show(sources=(*files((SOUND,)), relay)).duration_ms == 4000
    assert show(expires=T0 + timedelta(seconds=9)).duration_ms == 4000


def test_what_a_show_says_is_its_sounds_without_the_chime_and_whom_it_names() -> None:
    assert show(chime=CHIME).content == show().content
    assert show(sources=files((SOUND, CHIME))).content != show(sources=files((CHIME, SOUND))).content
    assert (
        show(sources=(StreamSource("https://x.vn/a"),)).content
        != show(sources=(StreamSource("https://x.vn/b"),)).content
    )
    assert show(targets=("b", "a", "b")).aim == show(targets=("a", "b")).aim
    assert show(targets=("a",)).aim != show(targets=("a", "b")).aim


@pytest.mark.parametrize(
    ("issuer", "wide", "plan_stops", "alarm_stops"),
    [
        ("office", True, True, True),
        ("office", False, True, True),
        ("tinh", True, True, False),
        ("thon-1", False, False, False),
    ],
)
def test_a_stop_ends_its_issuers_shows_and_for_the_whole_commune_those_of_any_plan(
    issuer: str, wide: bool, plan_stops: bool, alarm_stops: bool
) -> None:
    for ends in (("a",), ("*",)):
        stop = Stop(issuer, wide, ends, T0)
        assert stop.stops(show(), T0) is plan_stops
        assert stop.stops(show(urgent=True), T0) is alarm_stops


def test_a_stop_of_all_ends_what_had_begun_and_a_named_one_what_comes_later_too() -> None:
    for after, ended in ((-1, True), (0, True), (1, False)):
        assert Stop("office", True, ("*",), T0).stops(show(), T0 + timedelta(seconds=after)) is ended
        assert Stop("office", True, ("b",), T0).stops(show(), T0 + timedelta(seconds=after)) is False
        assert Stop("office", True, ("b", "a"), T0).stops(show(), T0 + timedelta(seconds=after)) is True


def test_a_villages_id_is_kept_whole_up_to_eighty_letters() -> None:
    assert scoped("x" * 73, "thon-1", wide=False) == "thon-1:" + "x" * 73
    long = scoped("x" * 74, "thon-1", wide=False)
    assert long == f"thon-1:{sha256(b'thon-1:' + b'x' * 74).hexdigest()[:48]}"
    issuer = "thon-hai-muoi-ba-phay"
    assert scoped("x" * 70, issuer, wide=False).startswith(f"{issuer[:15]}:")


def test_an_all_clear_elsewhere_or_for_another_order_ends_nothing_here() -> None:
    elsewhere = TargetSet(devices=("loa-2",))
    for clear, heard in (
        (order("y", "all_clear", 10, ends=("*",), targets=elsewhere), ["a", "b"]),
        (order("y", "all_clear", 10, ends=("b",)), ["a"]),
        (order("y", "all_clear", 10, ends=("z",)), ["a", "b"]),
    ):
        urgent = Urgent(**HEAD, orders=(clear, order("a", "play"), order("b", "play", 20)))
        assert [one.id for one in shows_of_urgent(urgent, "loa-1", wide=True)] == heard


def test_an_order_becomes_a_show_with_all_that_it_says() -> None:
    urgent = Urgent(
        **HEAD, orders=(
            order("r", "relay", stream="https://x.vn/a", pause_ms=500, repeat=2, volume=70, title="Lũ"),
            order("p", "play", pause_ms=500, repeat=2, volume=70, title="Lũ"),
        ),
    )  # fmt: skip
    relay, play = shows_of_urgent(urgent, "loa-1", wide=False)
    assert (relay.pause_ms, play.pause_ms, play.repeat, play.volume, play.title) == (0, 500, 2, 70, "Lũ")
    for one in (relay, play):
        assert (one.urgent, one.wide, one.kind, one.epoch, one.targets) == (True, False, "urgent", 1, ("*",))
        assert (one.start, one.expires, one.issuer) == (T0, T0 + timedelta(minutes=5), "office")


def test_an_occurrence_becomes_a_show_with_all_that_its_programme_says() -> None:
    late = Late(rule="within", minutes=7)
    plan = Plan(
        **HEAD, until=T0 + timedelta(days=14), media=(SOUND, CHIME),
        programmes=(Programme(id="p", title="T" * 201, media=(1, 0), volume=40, late=late, after_cut="restart"),),
        target_sets=(TargetSet(devices=("loa-2",)), TargetSet(devices=("loa-1", "loa-3"))),
        occurrences=(
            Occurrence(id="b", programme=0, targets=0, start=T0),
            Occurrence(id="a", programme=0, targets=1, start=T0),
        ),
    )  # fmt: skip
    (one,) = shows_of_plan(plan, "loa-1", wide=False)
    assert (one.id, one.volume, one.late, one.after_cut, one.chime) == ("office:a", 40, late, "restart", None)
    assert (one.kind, one.epoch, one.targets, one.wide, one.urgent) == ("plan", 1, ("loa-1", "loa-3"), False, False)
    assert (one.items, one.title) == ((CHIME, SOUND), "T" * 200)


def relaying(**more: Any) -> Plan:
    programme: dict[str, Any] = {"media": (0,), "chime": 1, "stream": "https://dai.vn/a", "stream_ms": 60_000} | more
    return Plan(
        **HEAD,
        until=T0 + timedelta(days=14),
        media=(SOUND, CHIME),
        programmes=(Programme(id="p", title="Thời sự", **programme),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=(Occurrence(id="a", programme=0, targets=0, start=T0),),
    )


def test_a_programme_that_relays_is_its_station_with_its_media_instead() -> None:
    (relay,) = shows_of_plan(relaying(), "loa-1", relay_hosts=("dai.vn",))
    assert relay.sources == (StreamSource("https://dai.vn/a"),)
    assert (relay.fallback, relay.chime, relay.barred) == (files((SOUND,)), CHIME, False)
    assert relay.expires == T0 + timedelta(seconds=60)
    assert relay.duration_ms == 60_000
    assert relay.wanted == (CHIME, SOUND)
    assert relay.stand_in.duration_ms == 4000


@pytest.mark.parametrize(
    ("hosts", "more"),
    [((), {}), (("x.vn",), {}), (("dai.vn",), {"stream": "http://dai.vn/a"})],
)
def test_a_station_that_may_not_be_relayed_is_its_media_as_earlier_releases_play_them(
    hosts: tuple[str, ...], more: dict[str, Any]
) -> None:
    (barred,) = shows_of_plan(relaying(**more), "loa-1", relay_hosts=hosts)
    (plain,) = shows_of_plan(relaying(stream=None, stream_ms=None), "loa-1")
    assert barred.barred
    assert dataclasses.replace(barred, barred=False) == plain


def test_a_relay_is_the_play_that_an_earlier_release_began_under_its_id() -> None:
    """It played the media: an update must not refuse what is on record as given to something else."""
    (relay,) = shows_of_plan(relaying(), "loa-1", relay_hosts=("dai.vn",))
    (plain,) = shows_of_plan(relaying(stream=None, stream_ms=None), "loa-1")
    assert (relay.content, relay.aim, relay.play) == (plain.content, plain.aim, plain.play)
    (other,) = shows_of_plan(relaying(media=(1,)), "loa-1", relay_hosts=("dai.vn",))
    assert other.content != relay.content
