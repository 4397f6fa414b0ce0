"""The doors of the agent: whatever comes by a topic is refused in order, never an exception, never silence."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.contract import Plan, Topics
from langso.durable.errors import StoreFull
from langso.durable.outbox import OUTBOX_MIGRATION
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import Keeper
from speaker.held_orders import HeldOrders
from speaker.inbox import Handlers, Inbox
from speaker.media.library import Library
from speaker.record.journal import JOURNAL_MIGRATION, Journal


@pytest.fixture
def door(commune: Any, tmp_path: Path) -> Any:
    paired = commune.pair()
    clock = SystemClock()
    store = Store(tmp_path / "s.sqlite", (JOURNAL_MIGRATION, OUTBOX_MIGRATION))
    journal = Journal(store, clock, device=commune.device, commune=commune.code)

    class Door:
        def __init__(self) -> None:
            self.acks: list[Any] = []
            self.orders: list[Any] = []
            self.urgent: list[Any] = []
            self.sealed: list[tuple[int, int]] = []
            self.fails = False
            self.journal = journal
            self.topics = Topics(commune.code)
            self.keeper = Keeper(commune.state, commune.code, commune.device, paired.roots, clock, "host")
            library = Library(tmp_path / "media", None, 1 << 20, clock)
            handlers = Handlers(
                lambda trust: None,
                lambda: None,
                self.orders.append,
                self.acks.append,
                lambda: None,
                on_urgent=self.sounds,
                on_written=self.written,
            )
            self.held = HeldOrders(self.keeper, library, commune.device, village="thon-1", volume=lambda: 50)
            self.inbox = Inbox(self.keeper, journal, library, self.held, self.topics, commune.device, handlers)

        def written(self) -> None:
            """Receipts there are at this moment, and those that a power cut would leave."""
            (durable,) = sqlite3.connect(tmp_path / "s.sqlite").execute("SELECT count(*) FROM receipts").fetchone()
            self.sealed.append((journal.through, durable))
            if self.fails:
                raise StoreFull("full")

        def sounds(self) -> None:
            """What there is to sound at this moment, what the card has of it, what is receipted."""
            shows = [show.id for show in self.held.at(None).urgent]
            self.urgent.append((shows, self.keeper.files.names("held/urgent*"), self.journal.through))

    return Door()


TOPICS = st.sampled_from(["trust", "plan", "urgent/office", "urgent/thon-1", "order", "ack", "catalogue"])
JUNK = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(str.encode),
    st.sampled_from([b"", b"{}", b"[]", b"null", b'{"payload":"","payloadType":"","signatures":[]}', b"[" * 5000]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TOPICS, JUNK, st.booleans())
def test_junk_is_refused_and_noted(door: Any, commune: Any, name: str, raw: bytes, trusted: bool) -> None:
    topics = door.topics
    topic = {
        "order": topics.device(commune.device, "order"),
        "ack": topics.device(commune.device, "receipts/ack"),
    }.get(name, f"{topics.root}/{name}")
    if trusted:
        door.inbox.take("trust", commune.trust())
    door.inbox.receive(topic, raw, True)
    door.journal.write_refusals()
    assert door.keeper.held("plan") is None
    assert all(line.body.event == "document" for line in door.journal.lines())


def test_other_peoples_topics_and_empty_ones_are_no_documents(door: Any, commune: Any) -> None:
    for topic in ("x", "langso/1/xa-khac/plan", f"{door.topics.root}/device/loa-khac/order"):
        door.inbox.receive(topic, b"{}", False)
    door.inbox.receive(door.topics.plan, b"", True)
    door.journal.write_refusals()
    assert door.journal.through == 0


def test_a_village_in_the_offices_topic_is_refused(door: Any, commune: Any) -> None:
    door.inbox.take("trust", commune.trust())
    from langso.contract import Urgent

    urgent = Urgent(**commune.head("urgent", issuer="thon-1"))
    raw = commune.seal(urgent, commune.village_key)
    door.inbox.receive(door.topics.urgent("office"), raw, True)
    door.journal.write_refusals()
    assert door.journal.lines()[-1].body.reason == "wrong_role"
    door.inbox.receive(door.topics.urgent("thon-1"), raw, True)
    assert door.journal.lines()[-1].body.outcome == "stored"


def test_how_large_the_fleet_is_only_issuers_for_the_whole_commune_say(door: Any, commune: Any) -> None:
    now = datetime.now(UTC)
    door.inbox.take("trust", commune.trust())
    assert door.held.fleet is None
    for issuer, key, fleet in (("thon-1", commune.village_key, 9000), ("office", commune.office, 2048)):
        head = commune.head("plan", issuer=issuer)
        assert door.inbox.take("plan", commune.seal(Plan(**head, until=now, fleet=fleet), key), issuer=issuer)
    assert door.held.fleet == 2048
    door.inbox.take("plan", commune.seal(Plan(**commune.head("plan"), until=now)))
    assert door.held.fleet is None


def test_the_same_document_again_writes_no_second_receipt(door: Any, commune: Any) -> None:
    door.inbox.take("trust", commune.trust())
    raw = commune.seal(Plan(**commune.head("plan"), until=datetime.now(UTC)))
    for _ in range(3):
        door.inbox.receive(door.topics.plan, raw, True)
    assert [line.body.document for line in door.journal.lines()] == ["trust", "plan"]


def test_the_same_bytes_again_are_not_verified_again(
    door: Any, commune: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.inbox.take("trust", commune.trust())
    first, second = (commune.seal(Plan(**commune.head("plan"), until=datetime.now(UTC))) for _ in range(2))
    door.inbox.receive(door.topics.plan, first, True)
    door.inbox.receive(door.topics.plan, second, True)
    looked: list[bytes] = []
    take = door.keeper.take
    monkeypatch.setattr(door.keeper, "take", lambda kind, raw, **more: looked.append(raw) or take(kind, raw, **more))
    for _ in range(50):
        door.inbox.receive(door.topics.plan, second, True)
        door.inbox.receive(door.topics.plan, first, False)
        door.inbox.receive(door.topics.plan, b"{}", False)
    assert looked == [first, b"{}"]
    door.journal.write_refusals()
    refused = [line.body for line in door.journal.lines() if line.body.outcome == "refused"]
    assert [body.reason for body in refused] == ["rolled_back", "malformed"]
    assert door.journal._store.db.execute("SELECT sum(more) FROM refusals").fetchone()[0] == 98
    door.inbox.take("trust", commune.trust())
    door.inbox.receive(door.topics.plan, b"{}", False)
    assert looked[2:] == [b"{}"], "under another trust all is judged anew"


def test_what_was_not_settled_is_looked_at_again(door: Any, commune: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    door.inbox.take("trust", commune.trust())
    raw = commune.seal(Plan(**commune.head("plan"), until=datetime.now(UTC)))
    with monkeypatch.context() as patched:
        patched.setattr(door.journal, "write", lambda body: (_ for _ in ()).throw(StoreFull("full")))
        door.inbox.receive(door.topics.plan, raw, True)
    assert door.inbox.missed
    looked: list[bytes] = []
    take = door.keeper.take
    monkeypatch.setattr(door.keeper, "take", lambda kind, raw, **more: looked.append(raw) or take(kind, raw, **more))
    door.inbox.receive(door.topics.plan, raw, True)
    assert looked == [raw]


def test_an_acknowledgement_that_was_overtaken_says_nothing(door: Any, commune: Any) -> None:
    from langso.contract import ReceiptsAck

    door.inbox.take("trust", commune.trust())
    written = datetime.now(UTC)
    for seconds, through in ((0, 5), (-1, 3), (0, 6), (1, 2)):
        ack = ReceiptsAck(
            issuer="office",
            device=commune.device,
            commune=commune.code,
            journal="0" * 32,
            through=through,
            written=written + timedelta(seconds=seconds),
        )
        for _ in range(3):
            door.inbox.receive(door.topics.device(commune.device, "receipts/ack"), commune.seal(ack), True)
    assert [ack.through for ack in door.acks] == [5, 6, 2]
    assert door.journal.write_refusals() == 0


def test_an_urgent_order_may_sound_before_the_card_has_it_and_is_receipted_when_it_has(
    door: Any, commune: Any
) -> None:
    from langso.contract import Media, Urgent, UrgentOrder

    door.inbox.take("trust", commune.trust())
    now = datetime.now(UTC)
    medium = Media(sha256="a" * 64, size=10, duration_ms=1000, codec="wav")
    order = UrgentOrder(id="lu", action="play", media=(medium,), issued=now, expires=now + timedelta(hours=1))
    raw = commune.seal(Urgent(**commune.head("urgent"), orders=(order,)))
    for _ in range(2):
        door.inbox.receive(door.topics.urgent("office"), raw, True)
    assert door.urgent == [(["lu"], [], 1)]
    assert door.keeper.files.names("held/urgent*") == ["held/urgent.office.json"]
    assert [line.body.document for line in door.journal.lines()] == ["trust", "urgent"]


def test_a_plan_is_read_again_only_when_it_is_another_one(door: Any, commune: Any) -> None:
    from agents_office import plan_of, soon

    from langso.contract import Media, Urgent

    medium = Media(sha256="a" * 64, size=10, duration_ms=1000, codec="wav")

    def scheduled(start: float) -> Any:
        plan = commune.seal(plan_of(commune, medium, {"sang": soon(start)}))
        door.inbox.receive(door.topics.plan, plan, True)
        return door.held.at(None).scheduled

    door.inbox.take("trust", commune.trust())
    before = scheduled(60)
    door.inbox.receive(door.topics.urgent("office"), commune.seal(Urgent(**commune.head("urgent"), orders=())), True)
    assert door.held.at(None).scheduled is before
    after = scheduled(120)
    assert [show.id for show in after] == ["sang"]
    assert after[0].start > before[0].start


def test_a_receipt_is_sealed_before_it_comes_to_the_card_and_written_where_not(door: Any, commune: Any) -> None:
    door.inbox.take("trust", commune.trust())
    assert door.sealed == [(1, 0)]
    assert door.journal.through == 1
    door.fails = True
    plan = commune.seal(Plan(**commune.head("plan"), until=datetime.now(UTC)))
    door.inbox.receive(door.topics.plan, plan, True)
    assert door.sealed == [(1, 0), (2, 1)]
    assert [line.body.outcome for line in door.journal.lines()] == ["stored", "stored"]
    assert not door.inbox.missed
