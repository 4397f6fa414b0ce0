"""What always lies on loudspeakers: made once, named in every plan, offered to them, never swept away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from langso.contract import Plan, Urgent
from langso.trust import parse_payload, read_sealed
from langso.voices.signals import SIGNALS, signal_file, signal_medium
from office.broadcasting import media_use
from office.commands import office
from office.web.pages.urgent import UrgentDraft


def newest(world: Any, kind: str, model: Any) -> Any:
    return parse_payload(read_sealed(world.office.documents.latest(kind).envelope, kind).payload, model)


@pytest.fixture
def world(office_world: Any) -> Any:
    office_world.reporter("loa-1")
    return office_world


def send(world: Any, minutes: float = 10) -> Plan:
    start = datetime.now(UTC) + timedelta(minutes=minutes)
    draft = world.office.broadcasts.draft("Mời bà con đi họp.", targets=["*"], start=start, by="a")
    world.office.broadcasts.prepare(draft.id)
    world.office.broadcasts.send(draft.id, "a")
    return newest(world, "plan", Plan)  # type: ignore[no-any-return]


def test_signals_and_sentences_are_made_once_and_stand_in_the_next_plan(world: Any) -> None:
    assert send(world).kept is None
    kept = world.office.kept_sounds
    kept.make()
    made = kept.all()
    assert made[: len(SIGNALS)] == tuple(signal_medium(signal) for signal in SIGNALS)
    assert len(made) == 2 * len(SIGNALS)
    assert len({medium.sha256 for medium in made}) == len(made)
    plan = send(world, 30)
    assert tuple(plan.media[index] for index in plan.kept or ()) == made
    files = {medium.sha256: world.office.media.path_of(medium.sha256) for medium in made}
    assert files[made[0].sha256].read_bytes() == signal_file(SIGNALS[0])
    before = {sha256: file.stat().st_mtime_ns for sha256, file in files.items()}
    kept.make()
    assert {sha256: file.stat().st_mtime_ns for sha256, file in files.items()} == before
    needed = media_use.needed(world.office.store.db, datetime.now(UTC) + timedelta(days=400))
    assert needed >= files.keys()
    assert all(world.office.broadcasts.published(sha256) for sha256 in files)


def test_an_alarm_begins_with_its_signal_and_says_what_is_heard_instead_of_its_words(world: Any) -> None:
    """Also where nothing is made yet: the signal needs nobody."""
    flood = signal_medium("flood")
    first = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a", signal="flood")
    assert (first.media[0], first.fallback) == (flood, (flood,))
    world.office.kept_sounds.make()
    second = world.office.alarms.urgent("Nước lên nữa.", targets=["*"], by="a", signal="flood")
    assert second.fallback is not None
    assert second.fallback[0] == flood
    assert second.fallback[1] in world.office.kept_sounds.all()
    assert second.media[1] not in second.fallback
    plain = world.office.alarms.urgent("Nước rút.", targets=["*"], by="a")
    assert (len(plain.media), plain.fallback) == (1, None)
    orders = newest(world, "urgent", Urgent).orders
    assert {order.id for order in orders} == {first.id, second.id, plain.id}
    assert set(world.office.speaker_orders.sounds_told()) >= {medium.sha256 for medium in second.fallback}


def test_the_form_begins_with_the_siren_and_the_command_knows_every_signal() -> None:
    assert UrgentDraft().signal is None
    wrong = CliRunner().invoke(office, ["urgent", "x", "--signal", "none"])
    assert wrong.exit_code == 2
    assert all(signal in wrong.output for signal in SIGNALS)
