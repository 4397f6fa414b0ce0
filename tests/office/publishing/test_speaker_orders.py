"""What staff decide while the signer cannot sign: kept, told as not signed, signed by itself, never a surprise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from refusals import refused

from langso.contract import Caps, Plan, Procedure, QuietHours, Urgent
from langso.durable.files import write_atomic
from langso.durable.store import Store
from langso.settings.reading import write_settings
from langso.timekeeping.clock import SystemClock
from langso.trust import make_bundle, make_trust, parse_payload, read_sealed
from office.broadcasting import urgent_rows
from office.commands import office
from office.errors import NotFound
from office.signer.errors import SignerUnreachable
from office.store import MIGRATIONS, open_store
from office.whole_office import Office


class Watch(SystemClock):
    """The time of day, and `ahead` of it."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def world(make_office: Callable[..., Any], clock: Watch) -> Any:
    made = make_office()
    made.office.close()
    made.office = Office(made.settings, clock)
    made.reporter("loa-1")
    made.reporter("loa-2")
    return made


def sent(world: Any, minutes: float = 10) -> Any:
    service = world.office.broadcasts
    start = world.office.clock.now() + timedelta(minutes=minutes)
    draft = service.draft("Mời bà con đi họp.", targets=["*"], start=start, by="a")
    service.prepare(draft.id)
    return service.send(draft.id, "a")


def standing(world: Any, broadcast: Any) -> str:
    return str(world.office.speaker_orders.standings().of(world.office.broadcasts.get(broadcast.id)))


def planned(world: Any) -> list[str]:
    newest = world.office.documents.latest("plan")
    if newest is None:
        return []
    plan = parse_payload(read_sealed(newest.envelope, "plan").payload, Plan)
    return [occurrence.id for occurrence in plan.occurrences]


def in_force(world: Any) -> list[str]:
    newest = world.office.documents.latest("urgent")
    if newest is None:
        return []
    urgent = parse_payload(read_sealed(newest.envelope, "urgent").payload, Urgent)
    return [order.action for order in urgent.orders]


def test_what_cannot_be_signed_is_kept_and_signed_by_itself_once_the_signer_is_back(world: Any) -> None:
    world.stop_signer()
    one = sent(world)
    orders = world.office.speaker_orders
    assert (one.status, one.signed, standing(world, one)) == ("scheduled", None, "unsigned")
    assert "langso-signer" in str(orders.why)
    assert planned(world) == []
    with pytest.raises(SignerUnreachable):
        orders.catch_up()
    world.start_signer()
    assert orders.catch_up()
    assert orders.why == ""
    assert planned(world) == [one.planned.id]
    assert standing(world, one) == "signed"
    assert not orders.catch_up()


def test_it_waits_through_a_restart_of_the_office(world: Any) -> None:
    world.stop_signer()
    one = sent(world)
    world.reopen()
    assert standing(world, one) == "unsigned"
    world.start_signer()
    assert world.office.speaker_orders.catch_up()
    assert standing(world, one) == "signed"


def test_what_was_not_signed_in_time_is_never_played(world: Any, clock: Watch) -> None:
    world.stop_signer()
    late, still = sent(world, 1), sent(world, 30)
    clock.ahead = timedelta(minutes=2)
    assert (standing(world, late), standing(world, still)) == ("too_late", "unsigned")
    world.start_signer()
    assert world.office.speaker_orders.catch_up()
    assert planned(world) == [still.planned.id]
    sent(world, 60)
    assert late.planned.id not in planned(world)
    assert standing(world, late) == "too_late"


def test_what_was_signed_stays_so_when_it_has_long_left_the_plan(world: Any, clock: Watch) -> None:
    one = sent(world, 1)
    # The signer keeps its own time and signs nothing that is ten minutes off.
    world.stop_signer()
    clock.ahead = timedelta(days=3)
    assert standing(world, one) == "signed"


def test_taking_back_what_no_loudspeaker_knows_needs_no_signature(world: Any) -> None:
    world.stop_signer()
    one = sent(world)
    world.office.broadcasts.withdraw(one.id, "a")
    assert standing(world, one) == "withdrawn"
    world.start_signer()
    assert not world.office.speaker_orders.catch_up()


def test_a_withdrawal_that_cannot_be_signed_is_not_called_one(world: Any) -> None:
    near, far = sent(world, 0.9), sent(world)
    world.stop_signer()
    for one in (near, far):
        world.office.broadcasts.withdraw(one.id, "a")
        assert standing(world, one) == "withdrawing"
    assert set(planned(world)) == {near.planned.id, far.planned.id}
    world.start_signer()
    assert world.office.speaker_orders.catch_up()
    assert planned(world) == []
    assert in_force(world) == ["stop"]
    assert standing(world, near) == standing(world, far) == "withdrawn"


def test_an_all_clear_that_cannot_be_signed_leaves_the_alarm_in_force(world: Any) -> None:
    _service, speaker_orders = world.office.broadcasts, world.office.speaker_orders
    order = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    world.stop_signer()
    world.office.alarms.all_clear(order.id, "a")
    assert [row.order.id for row in speaker_orders.unheard_endings()] == [order.id]
    assert in_force(world) == ["play"]
    world.start_signer()
    assert speaker_orders.catch_up()
    assert speaker_orders.unheard_endings() == []
    assert in_force(world) == ["all_clear"]


def test_what_a_clock_that_was_ahead_ordered_bars_no_new_alarm(world: Any, clock: Watch) -> None:
    clock.ahead = timedelta(minutes=9)
    near = world.office.alarms.urgent("Giờ lệch ít.", targets=["*"], by="a")
    now = clock.now()
    far = near.model_copy(
        update={"id": "u-future", "issued": now + timedelta(days=20), "expires": now + timedelta(days=20, hours=1)}
    )
    urgent_rows.insert_urgent(world.office.store.db, far, "a")
    clock.ahead = timedelta()
    new = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    assert {row.order.id for row in world.office.alarms.in_force()} == {near.id, new.id}
    assert next(row for row in world.office.alarms.urgent_orders() if row.order.id == far.id).ended is not None


def test_an_alarm_that_cannot_be_signed_never_sounds_later(world: Any) -> None:
    world.stop_signer()
    with pytest.raises(SignerUnreachable):
        world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    assert world.office.alarms.in_force() == world.office.alarms.urgent_orders() == []
    world.start_signer()
    world.office.speaker_orders.catch_up()
    world.office.speaker_orders.refresh()
    assert in_force(world) == []


def test_a_signer_that_fails_between_the_question_and_the_signature_loses_nothing(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sent(world)

    def gone(*_: object) -> bytes:
        raise SignerUnreachable("Thẻ nhớ hết chỗ.", "disk")

    with monkeypatch.context() as patch:
        patch.setattr(world.office.signer, "sign", gone)
        second = sent(world, 30)
        with pytest.raises(SignerUnreachable):
            world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
        world.office.broadcasts.withdraw(first.id, "a")
        assert (standing(world, first), standing(world, second)) == ("withdrawing", "unsigned")
        with pytest.raises(SignerUnreachable):
            world.office.speaker_orders.catch_up()
        assert world.office.speaker_orders.why == "Thẻ nhớ hết chỗ."
    assert world.office.alarms.urgent_orders() == []
    assert world.office.speaker_orders.catch_up()
    assert planned(world) == [second.planned.id]


def test_what_tighter_caps_took_out_is_told_and_not_tried_for_ever(world: Any) -> None:
    one = sent(world)
    now = datetime.now(UTC)
    quiet = Caps(quiet_hours=(QuietHours(start="00:00", end="00:00"),))
    trust = make_trust(
        "hoa-son",
        list(world.home.trust().trust.issuers),
        world.roots,
        version=2,
        issued=now,
        expires=now + timedelta(days=30),
        caps=quiet,
    )
    write_atomic(world.home.trust_file, make_bundle(trust))
    world.office.speaker_orders.sign("plan")
    assert planned(world) == []
    assert standing(world, one) == "barred"
    assert not world.office.speaker_orders.catch_up()


def test_what_a_rebuilt_database_takes_back_counts_as_signed(world: Any) -> None:
    one = sent(world)
    world.reopen(lose_database=True)
    assert standing(world, one) == "signed"
    assert not world.office.speaker_orders.catch_up()


def test_a_database_from_before_knows_that_what_was_sent_was_signed(tmp_path: Path) -> None:
    names = [migration.name for migration in MIGRATIONS]
    with Store(tmp_path / "office.db", MIGRATIONS[: names.index("office-occurrences-1")]) as old:
        for id, status in (("b1", "scheduled"), ("b2", "prepared")):
            old.db.execute(
                "INSERT INTO broadcasts (id, title, text, class, targets, volume, late, after_cut, status, by,"
                " created_at, sent_at) VALUES (?, 't', 't', 'normal', '[]', 1, '{}', 'resume', ?, 'a', '2026', ?)",
                [id, status, "2026-11-01" if status == "scheduled" else None],
            )
            old.db.execute("INSERT INTO occurrences (id, broadcast, start) VALUES (?, ?, '2026')", [f"{id}.1", id])
    with open_store(tmp_path / "office.db") as store:
        rows = store.db.execute("SELECT id, signed_at FROM occurrences ORDER BY id").fetchall()
    assert rows == [("b1.1", "2026-11-01"), ("b2.1", None)]


def test_procedures_that_could_not_be_signed_are_signed_later(world: Any) -> None:
    catalogue = world.office.catalogue
    catalogue.refresh()
    world.stop_signer()
    with refused(SignerUnreachable, "publishing-catalogue-unsigned"):
        catalogue.set_procedures((Procedure(code="1.001193", name="Đăng ký khai sinh"),))
    world.start_signer()
    before = world.office.documents.latest("catalogue").version
    catalogue.refresh()
    catalogue.refresh()
    assert world.office.documents.latest("catalogue").version == before + 1


@pytest.fixture
def command(world: Any, tmp_path: Path) -> Callable[..., Result]:
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(world.settings))
    return lambda *words: CliRunner().invoke(office, [*words, "--settings", str(file)])


def test_the_command_does_not_say_will_be_played_of_what_is_not_signed(
    world: Any, command: Callable[..., Result]
) -> None:
    assert "sẽ phát lúc" in command("say", "Họp thôn.", "--at", "+600", "--to", "all").output
    order = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    (first,) = world.office.broadcasts.newest()
    world.stop_signer()
    for words, told in (
        (("say", "Họp nữa.", "--at", "+1200", "--to", "all"), "CHƯA KÝ ĐƯỢC, chưa loa nào nhận"),
        (("withdraw", first.id), "CHƯA RÚT ĐƯỢC, các loa vẫn phát"),
        (("clear", order.id), "CHƯA BÁO YÊN ĐƯỢC, các loa vẫn đang phát"),
        (("urgent", "Lũ quét."), "langso-signer"),
    ):
        said = command(*words)
        assert said.exit_code != 0
        assert isinstance(said.exception, SignerUnreachable)
        assert told in str(said.exception)
        for wrong in ("sẽ phát", "Đã rút", "Đã báo yên", "đang phát khẩn"):
            assert wrong not in said.output
    with pytest.raises(NotFound):
        world.office.alarms.all_clear(order.id, "a")
