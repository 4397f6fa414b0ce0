from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from refusals import refused

from langso.contract import Caps, LoudnessCap, Plan, QuietHours, Urgent
from langso.durable.files import write_atomic
from langso.timekeeping.clock import VIETNAM
from langso.trust import make_bundle, make_trust, parse_payload, read_sealed
from office.broadcasting.media import MediaStore
from office.broadcasting.wording import MAX_TITLE, exercise_title
from office.errors import BroadcastRefused, NotFound
from office.signer.errors import SignerRefused


def soon(minutes: float = 10) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


@pytest.fixture
def service(office_world: Any) -> Any:
    office_world.reporter("loa-1")
    office_world.reporter("loa-2")
    office_world.reporter("kiosk-1", "kiosk")
    return office_world.office.broadcasts


def plan_of(world: Any) -> Plan:
    return parse_payload(read_sealed(world.office.documents.latest("plan").envelope, "plan").payload, Plan)


def urgent_of(world: Any) -> Urgent:
    return parse_payload(read_sealed(world.office.documents.latest("urgent").envelope, "urgent").payload, Urgent)


def sent(service: Any, **more: Any) -> Any:
    draft = service.draft("Mời bà con đi họp.", **{"targets": ["*"], "start": soon(), "by": "a", **more})
    service.prepare(draft.id)
    return service.send(draft.id, "a")


def test_text_becomes_an_occurrence_with_its_chime_in_the_signed_plan(office_world: Any, service: Any) -> None:
    broadcast = sent(service, targets=["loa-2", "loa-1"], title="Họp thôn")
    plan = plan_of(office_world)
    (occurrence,) = plan.occurrences
    programme = plan.programmes[0]
    assert (occurrence.id, occurrence.start) == (broadcast.planned.id, broadcast.planned.start)
    assert plan.target_sets[0].devices == ("loa-1", "loa-2")
    assert programme.title == "Họp thôn"
    assert programme.chime is not None
    for media in plan.media:
        assert office_world.office.media.path_of(media.sha256).stat().st_size == media.size


def test_every_change_is_a_higher_version(office_world: Any, service: Any) -> None:
    one = sent(service)
    first = plan_of(office_world).version
    service.withdraw(one.id, "a")
    assert plan_of(office_world).version == first + 1
    assert plan_of(office_world).occurrences == ()
    assert service.get(one.id).status == "withdrawn"


def test_two_at_one_time_are_refused_with_a_free_time(service: Any) -> None:
    at = soon()
    sent(service, start=at, targets=["loa-1"])
    sent(service, start=at, targets=["loa-2"])
    with refused(BroadcastRefused, "broadcasting-taken"):
        sent(service, start=at, targets=["*"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": []},
        {"targets": ["loa-9"]},
        {"targets": ["kiosk-1"]},
        {"start": datetime(2020, 1, 1, tzinfo=UTC)},
        {"start": datetime.now(UTC) + timedelta(days=400)},
        {"broadcast_class": "emergency"},
        {"volume": 0},
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(service: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(BroadcastRefused):
        service.draft("Tin.", **{"targets": ["*"], "start": soon(), "by": "a", **wrong})


@pytest.mark.parametrize("text", ["", "   ", "!!!", "x" * 4001])
def test_a_text_needs_words_and_an_end(service: Any, text: str) -> None:
    with pytest.raises(BroadcastRefused):
        service.draft(text, targets=["*"], start=soon(), by="a")


def test_nothing_is_sent_unheard_or_too_late(service: Any) -> None:
    draft = service.draft("Tin.", targets=["*"], start=soon(), by="a")
    with refused(BroadcastRefused, "broadcasting-not-heard"):
        service.send(draft.id, "a")
    late = service.draft("Tin.", targets=["*"], start=soon(0.03), by="a")
    service.prepare(late.id)
    with refused(BroadcastRefused, "broadcasting-too-soon"):
        service.send(late.id, "a")
    with pytest.raises(NotFound):
        service.send("b-none", "a")


def test_an_exercise_says_so_in_the_plan_in_its_title_and_before_and_after_its_words(
    office_world: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    speak = MediaStore.speak

    def listened(store: MediaStore, text: str, **more: Any) -> Any:
        spoken.append(text)
        return speak(store, text, **more)

    monkeypatch.setattr(MediaStore, "speak", listened)
    tried = sent(service, title="Họp thôn", exercise=True)
    (programme,) = plan_of(office_world).programmes
    assert (programme.exercise, programme.title) == (True, "DIỄN TẬP: Họp thôn")
    assert tried.text == "Mời bà con đi họp."
    assert service.get(tried.id).show.exercise
    alarm = office_world.office.alarms.urgent("Lũ về.", targets=["*"], by="a", exercise=True)
    (held,) = urgent_of(office_world).orders
    assert (held.exercise, held.title) == (True, "DIỄN TẬP: Lũ về.")
    assert alarm.media[0].duration_ms > 3000
    for said in spoken:
        assert said.startswith("Đây là diễn tập. ")
        assert said.endswith(" Tin vừa rồi là diễn tập, bà con không phải lo.")
    real = sent(service, start=soon(60))
    assert [one.exercise for one in plan_of(office_world).programmes] == [True, None]
    assert b"exercise" not in plan_of(office_world).programmes[1].to_json()
    assert spoken[-1] == real.text


def test_the_same_form_as_exercise_and_in_earnest_is_two_broadcasts(service: Any) -> None:
    at = soon()
    ids = {
        service.draft("Tin.", targets=["*"], start=at, by="a", once="a" * 16, exercise=exercise).id
        for exercise in (True, False, True, False)
    }
    assert len(ids) == 2


def test_a_title_says_once_that_it_is_an_exercise_however_long_it_is() -> None:
    assert exercise_title(exercise_title("Lũ")) == "DIỄN TẬP: Lũ"
    assert len(exercise_title("x" * MAX_TITLE)) == MAX_TITLE


def test_an_urgent_order_and_its_all_clear(office_world: Any, service: Any) -> None:
    order = office_world.office.alarms.urgent(
        "Nước lên, bà con chạy lên cao.", targets=["loa-1"], by="a", repeat=5, minutes=30
    )
    (held,) = urgent_of(office_world).orders
    assert (held.id, held.broadcast_class, held.repeat) == (order.id, "emergency", 5)
    assert held.expires - held.issued == timedelta(minutes=30)
    cleared = office_world.office.alarms.all_clear(order.id, "a")
    assert [one.id for one in urgent_of(office_world).orders] == [cleared.id]
    assert cleared.ends == (order.id,)
    assert office_world.office.alarms.in_force() == []
    with pytest.raises(NotFound):
        office_world.office.alarms.all_clear(order.id, "a")


def test_a_stop_names_its_loudspeakers_and_leaves_the_plan(office_world: Any, service: Any) -> None:
    sent(service)
    office_world.office.alarms.stop(["loa-1"], "a")
    (order,) = urgent_of(office_world).orders
    assert (order.action, order.ends, order.targets.devices) == ("stop", ("*",), ("loa-1",))
    assert len(plan_of(office_world).occurrences) == 1


def test_withdrawing_what_plays_sends_an_urgent_stop_that_the_loudspeaker_obeys(
    office_world: Any, service: Any
) -> None:
    from speaker.programme.shows import shows_of_plan, stops_of_urgent

    one = sent(service, targets=["loa-1"], start=soon(0.9))
    later = sent(service, targets=["loa-1"])
    playing, _ = shows_of_plan(plan_of(office_world), "loa-1")
    service.withdraw(one.id, "a")
    (order,) = urgent_of(office_world).orders
    assert (order.action, order.ends, order.targets.devices) == ("stop", (one.planned.id,), ("loa-1",))
    (stop,) = stops_of_urgent(urgent_of(office_world), "loa-1", datetime.now(UTC), wide=True)
    assert stop.stops(playing, playing.start)
    (left,) = shows_of_plan(plan_of(office_world), "loa-1")
    assert left.id == later.planned.id
    assert not stop.stops(left, left.start)
    # Documents leave in the order they were issued: silence first.
    urgent, plan = (office_world.office.documents.latest(kind) for kind in ("urgent", "plan"))
    assert urgent.id < plan.id


def test_withdrawing_what_is_hours_away_disturbs_nobody(office_world: Any, service: Any) -> None:
    service.withdraw(sent(service, start=soon(120)).id, "a")
    assert office_world.office.documents.latest("urgent") is None


@pytest.mark.parametrize("targets", [["*"], ["all"], ["loa-9"], []])
def test_what_nobody_can_hear_is_refused_before_a_sound_is_made(make_office: Any, targets: list[str]) -> None:
    world = make_office()
    world.reporter("kiosk-1", "kiosk")
    service = world.office.broadcasts
    with refused(BroadcastRefused, "broadcasting-none-paired"):
        service.draft("Một tin", targets=targets, start=soon(), by="a")
    with refused(BroadcastRefused, "broadcasting-none-paired"):
        world.office.alarms.urgent("Lũ về", targets=targets, by="a")
    assert service.newest() == []
    assert not list(world.home.media.glob("*"))


def test_loudspeakers_that_were_revoked_are_nobody(make_office: Any) -> None:
    from founded import signed

    from office.founding.trust_changes import apply, propose_revoking

    world = make_office()
    world.reporter("loa-1")
    world.reporter("loa-2")
    service = world.office.broadcasts

    def revoke(device: str) -> None:
        apply(world.home, [signed(propose_revoking(world.home, device, datetime.now(UTC)), world.roots)])

    revoke("loa-1")
    with pytest.raises(BroadcastRefused, match="loa-1 đã bị thu hồi quyền; các loa đang có: loa-2"):
        service.draft("Một tin", targets=["loa-1"], start=soon(), by="a")
    revoke("loa-2")
    with refused(BroadcastRefused, "broadcasting-all-revoked"):
        service.draft("Một tin", targets=["*"], start=soon(), by="a")


def test_say_to_no_loudspeaker_is_one_sentence(make_office: Any, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from office.commands import office

    world = make_office()
    file = tmp_path / "langso.toml"
    file.write_text(
        f'[commune]\ncode = "hoa-son"\nname = "Xã Hoa Sơn"\n[device]\nid = "van-phong"\nrole = "office"\n'
        f'[paths]\nstate = "{world.settings.paths.state}"\nrun = "{world.settings.paths.run}"\n',
        encoding="utf-8",
    )
    said = CliRunner().invoke(office, ["say", "Một tin", "--at", "+300", "--to", "all", "--settings", str(file)])
    assert isinstance(said.exception, BroadcastRefused)
    assert said.output == ""


def quiet_for_hours() -> Caps:
    now = datetime.now(VIETNAM)
    begin, end = (now + timedelta(hours=hours) for hours in (-1, 2))
    return Caps(quiet_hours=(QuietHours(start=f"{begin:%H:%M}", end=f"{end:%H:%M}"),))


def test_what_loudspeakers_would_refuse_is_refused_with_the_nearest_time(make_office: Any) -> None:
    world = make_office(caps=quiet_for_hours())
    world.reporter()
    service = world.office.broadcasts
    said = r"^Loa sẽ không phát: giờ yên tĩnh .* đến .*; giờ gần nhất được phát là [^.]*\.$"
    with pytest.raises(BroadcastRefused, match=said):
        sent(service)
    assert world.office.documents.latest("plan") is None
    (kept,) = service.newest()
    assert kept.status == "prepared"
    assert sent(service, start=soon(125)).status == "scheduled"


def test_minutes_a_day_are_refused_when_they_are_used_up(make_office: Any) -> None:
    world = make_office(caps=Caps(minutes_a_day=0))
    world.reporter()
    service = world.office.broadcasts
    with pytest.raises(BroadcastRefused, match="quá 0 phút mỗi ngày; không còn giờ nào"):
        sent(service)


def test_caps_made_tighter_do_not_block_the_rest_of_the_plan(office_world: Any, service: Any) -> None:
    one, two, three = (sent(service, start=soon(minutes)) for minutes in (10, 20, 200))
    home = office_world.home
    trust = make_trust(
        "hoa-son",
        list(home.trust().trust.issuers),
        office_world.roots,
        version=2,
        issued=datetime.now(UTC),
        expires=soon(60 * 24 * 30),
        caps=quiet_for_hours(),
    )
    write_atomic(home.trust_file, make_bundle(trust))
    service.withdraw(one.id, "a")
    assert [occurrence.id for occurrence in plan_of(office_world).occurrences] == [three.planned.id]
    assert service.get(two.id).status == "scheduled"


def test_a_lost_database_is_rebuilt_from_the_copies_beside_it(office_world: Any, service: Any) -> None:
    broadcast = sent(service)
    order = office_world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    before = plan_of(office_world).version
    office = office_world.reopen(lose_database=True)
    assert [one.planned.id for one in office.broadcasts.newest()] == [broadcast.planned.id]
    assert [row.order.id for row in office.alarms.in_force()] == [order.id]
    office.broadcasts.withdraw(broadcast.id, "a")
    assert plan_of(office_world).version == before + 1
    assert plan_of(office_world).occurrences == ()


def test_a_forged_plan_is_not_taken_back(office_world: Any, service: Any) -> None:
    from langso.trust import SigningKey, seal

    sent(service)
    forged = plan_of(office_world).model_copy(update={"version": 99})
    assert not office_world.office.speaker_orders.take_back("plan", seal(forged, "plan", [SigningKey.generate()]))
    assert not office_world.office.speaker_orders.take_back("plan", b"{}")
    assert plan_of(office_world).version == 1


def test_refresh_signs_what_is_missing_and_nothing_twice(office_world: Any, service: Any) -> None:
    office_world.office.speaker_orders.refresh()
    first = office_world.office.documents.newest_id()
    office_world.office.speaker_orders.refresh()
    assert office_world.office.documents.newest_id() == first


def test_what_a_loudspeaker_says_of_an_exercise_is_kept_as_one(office_world: Any) -> None:
    pole = office_world.reporter("loa-1")
    pole.write("b1.1", exercise=True)
    pole.write("b2.1")
    office_world.office.fleet.take_receipts("loa-1", pole.batch())
    assert [office_world.office.broadcasts.plays(id)[0].exercise for id in ("b1.1", "b2.1")] == [True, False]


def test_at_an_hour_with_a_cap_of_its_own_a_broadcast_is_as_loud_as_that(make_office: Any) -> None:
    """And the signer refuses one that is louder, whoever asks for it."""
    day = LoudnessCap(start="00:00", end="00:00", volume=35)
    world = make_office(caps=Caps(volume=90, loudness=(day,)))
    world.reporter("loa-1")
    service = world.office.broadcasts
    assert sent(service).show.volume == 35
    assert sent(service, start=soon(60), volume=20).show.volume == 20
    assert world.office.alarms.urgent("Lũ về.", targets=["*"], by="a").volume == 90
    plan = plan_of(world)
    loud = plan.programmes[0].model_copy(update={"volume": 36, "id": "p9"})
    added = plan.occurrences[0].model_copy(update={"id": "x.1", "programme": len(plan.programmes)})
    more = {"programmes": (*plan.programmes, loud), "occurrences": (*plan.occurrences, added)}
    with refused(SignerRefused, "signer-volume"):
        world.office.signer.sign("plan", plan.model_copy(update={"version": plan.version + 1, **more}))
