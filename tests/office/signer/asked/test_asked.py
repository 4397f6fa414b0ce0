"""What the signer signs once somebody is enrolled: what was asked for, exactly, and nothing less."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import plans
import pytest
from enrolled_clerk import Clerk
from plans import TUNE, device_order, order, urgent
from refusals import refused

from langso.contract import (
    Caps,
    DesiredSettings,
    DeviceOrder,
    Order,
    Plan,
)
from langso.contract.caps import Limits
from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.timekeeping.clock import SystemClock
from office.signer import quotas
from office.signer import signing as signing_module
from office.signer.asked import follows
from office.signer.asked.book import FILE, KnownPlay
from office.signer.asked.follows import BookedChanges, plan_follows, play_of
from office.signer.asked.orders import AskedAlarm, AskedEnding, AskedSettings, occurrences_of
from office.signer.client import BY_ROOT, Proof, SignerClient
from office.signer.errors import NotInitialised, SignerRefused, SignerUnreachable
from office.signer.rules import URGENT_AN_HOUR
from office.signer.signing import Signing

HOUR = timedelta(hours=1)
# Read once: what is asked for and what is signed begin at the same time, whenever the test runs.
BEGUN = datetime.now(UTC).replace(microsecond=0)


def holding(*ids: str, hours: float = 2, **more: Any) -> Plan:
    """A plan with these plays of one programme, so many hours after the tests were begun."""
    return plans.holding(*ids, start=BEGUN + hours * HOUR, **more)


@pytest.fixture
def client(office_world: Any) -> SignerClient:
    return office_world.office.signer  # type: ignore[no-any-return]


@pytest.fixture
def clerk(client: SignerClient) -> Clerk:
    return Clerk(client)


def test_where_nobody_is_enrolled_all_is_signed_as_before(client: SignerClient) -> None:
    assert not client.people().asked
    client.sign("plan", holding("o1"))
    client.sign("plan", holding(version=2))
    client.sign("urgent", urgent(1, order("u1")))
    client.sign("urgent", urgent(2))


def test_nothing_sounds_that_nobody_asked_for(client: SignerClient, clerk: Clerk) -> None:
    assert client.people().asked
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("plan", holding("o1"))
    clerk.ask(*occurrences_of(holding("o1")))
    assert client.sign("plan", holding("o1"))
    assert client.sign("plan", holding("o1", version=2)), "and the office goes on republishing it alone"
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("plan", holding("o1", "o2", version=3))


@pytest.mark.parametrize(
    "changed",
    [
        {"volume": 90},
        {"devices": ("loa-1",)},
        {"hours": 3},
        {"media": (1,)},
        {"chime": 1},
        {"title": "Khác"},
        {"broadcast_class": "priority"},
        {"after_cut": "restart"},
    ],
)
def test_what_was_asked_for_is_signed_exactly_or_not_at_all(
    client: SignerClient, clerk: Clerk, changed: dict[str, Any]
) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-id-reused"):
        client.sign("plan", holding("o1", **changed))
    assert client.sign("plan", holding("o1"))


def test_nothing_falls_silent_that_nobody_took_back_and_what_was_comes_again_only_when_asked(
    client: SignerClient, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list(occurrences_of(holding("o1", "o2")))
    # Over before it begins: two questions may come within one tick of the clock.
    monkeypatch.setattr(follows, "REGRET", timedelta(seconds=-1))
    clerk.ask(*asked)
    client.sign("plan", holding("o1", "o2"))
    with refused(SignerRefused, "signer-play-missing"):
        client.sign("plan", holding("o2", version=2))
    clerk.ask(AskedEnding(plays=("o1",)))
    with refused(SignerRefused, "signer-taken-back"):
        client.sign("plan", holding("o1", "o2", version=2))
    client.sign("plan", holding("o2", version=2))
    with refused(SignerRefused, "signer-taken-back"):
        client.sign("plan", holding("o1", "o2", version=3))
    clerk.ask(asked[0])
    client.sign("plan", holding("o1", "o2", version=3))


def test_what_was_withdrawn_by_mistake_comes_back_within_a_minute(client: SignerClient, clerk: Clerk) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    client.sign("plan", holding("o1"))
    clerk.ask(AskedEnding(plays=("o1",)))
    client.sign("plan", holding(version=2))
    client.sign("plan", holding("o1", version=3))
    with refused(SignerRefused, "signer-play-missing"):
        client.sign("plan", holding(version=4))


def test_what_was_planned_before_anybody_enrolled_plays_on(client: SignerClient) -> None:
    client.sign("plan", holding("o1"))
    Clerk(client)
    client.sign("plan", holding("o1", version=2))
    with refused(SignerRefused, "signer-play-missing"):
        client.sign("plan", holding(version=3))


@pytest.mark.parametrize(
    ("limits", "classes", "barred"),
    [
        (Caps(), ("normal",), False),
        (Caps(volume=49), ("normal",), True),
        (Caps(minutes_a_day=0), ("normal",), True),
        (Caps(), ("priority",), True),
    ],
)
def test_what_the_communes_rules_no_longer_allow_may_be_left_out(limits: Caps, classes: Any, barred: bool) -> None:
    play = play_of(next(iter(occurrences_of(holding("o1")))))
    still = [KnownPlay(play.id, play.sha256, play.body, play.ends, True, "lan", None)]

    def follows() -> BookedChanges:
        return plan_follows(holding(), {}, still, asked=True, limits=Limits(limits), classes=classes)

    if barred:
        assert follows().gone == ("o1",)
    else:
        with refused(SignerRefused, "signer-play-missing"):
            follows()


def test_an_alarm_is_given_by_a_person_in_just_these_words(client: SignerClient, clerk: Clerk) -> None:
    alarm = order("u1")
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("urgent", urgent(1, alarm))
    clerk.ask(AskedAlarm(order=alarm))
    for changed in ({"volume": 100}, {"repeat": 9}, {"media": (TUNE,)}, {"expires": alarm.expires + HOUR}):
        with refused(SignerRefused, "signer-id-reused"):
            client.sign("urgent", urgent(1, alarm.model_copy(update=changed)))
    client.sign("urgent", urgent(1, alarm))
    client.sign("urgent", urgent(2, alarm))


def test_an_all_clear_is_a_persons_too(client: SignerClient, clerk: Clerk) -> None:
    alarm = order("u1")
    clerk.ask(AskedAlarm(order=alarm))
    client.sign("urgent", urgent(1, alarm))
    clear = order("c1", "all_clear", ends=("u1",))
    for tried in ((alarm, clear), (clear,), ()):
        with pytest.raises(SignerRefused):
            client.sign("urgent", urgent(2, *tried))
    clerk.ask(AskedEnding(alarms=("u1",)))
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("urgent", urgent(2, order("c2", "stop", ends=("*",))))
    client.sign("urgent", urgent(2, clear))
    with refused(SignerRefused, "signer-taken-back"):
        client.sign("urgent", urgent(3, alarm, clear))


def test_a_stop_goes_with_what_was_taken_back(client: SignerClient, clerk: Clerk) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    client.sign("plan", holding("o1"))
    stop = order("s1", "stop", ends=("o1",))
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("urgent", urgent(1, stop))
    clerk.ask(AskedEnding(plays=("o1",)))
    client.sign("urgent", urgent(1, stop))
    silence = order("s2", "stop", ends=("*",))
    clerk.ask(AskedAlarm(order=silence))
    client.sign("urgent", urgent(2, stop, silence))


def test_who_may_give_no_alarm_may_end_one(client: SignerClient, clerk: Clerk) -> None:
    client.as_root("revoke", "lan")
    client.as_root("enrol", "minh", alarms=False)
    clerk = Clerk(client, "minh")
    client.as_root("list_anew", "minh", alarms=False)
    client.as_root("revoke", "minh")
    lines = client.as_root("list_anew", "minh", alarms=False).lines
    with refused(SignerRefused, "signer-person-no-alarm"):
        client.ask(AskedAlarm(order=order("u1")), Proof("minh", code=lines[0]))
    client.ask(AskedEnding(alarms=("u1",)), Proof("minh", code=lines[0]))
    del clerk


def test_how_loud_a_device_is_set_is_a_persons_and_what_heals_it_is_not(client: SignerClient, clerk: Clerk) -> None:
    now = datetime.now(UTC)

    def to(version: int, volume: int | None = None, *orders: DeviceOrder) -> Order:
        return device_order(version, days=7, settings=DesiredSettings(volume=volume), orders=orders)

    nonce = DeviceOrder(id="n", action="nonce_answer", nonce="0" * 32, expires=now + HOUR)
    client.sign("order", to(1, None, nonce))
    with refused(SignerRefused, "signer-settings-not-asked"):
        client.sign("order", to(2, 90, nonce))
    clerk.ask(AskedSettings(device="loa-1", settings=DesiredSettings(volume=90)))
    client.sign("order", to(2, 90, nonce))
    with refused(SignerRefused, "signer-settings-not-asked"):
        client.sign("order", to(3, 91, nonce))
    client.sign("order", to(3, 90))


def test_root_on_the_machine_needs_no_proof(client: SignerClient, clerk: Clerk) -> None:
    for one in occurrences_of(holding("o1")):
        client.ask(one, BY_ROOT)
    client.sign("plan", holding("o1"))
    assert client.as_root("release").text == "1"
    client.sign("plan", holding(version=2))
    client.as_root("revoke", "lan")
    assert not client.people().asked
    client.sign("plan", holding("o2", version=3))


@pytest.mark.parametrize(("setting", "people", "asked"), [("never", True, False), ("always", False, True)])
def test_the_settings_decide_first(office_world: Any, setting: Any, people: bool, asked: bool) -> None:
    signer = office_world.settings.signer.model_copy(update={"asked": setting})
    office_world.stop_signer()
    office_world.settings = office_world.settings.model_copy(update={"signer": signer})
    office_world.start_signer()
    client = office_world.office.signer
    if people:
        Clerk(client)
    assert client.people().asked is asked
    if asked:
        with refused(SignerRefused, "signer-not-asked"):
            client.sign("plan", holding("o1"))
    else:
        client.sign("plan", holding("o1"))


def test_the_same_bytes_again_get_the_same_envelope_and_other_bytes_none(client: SignerClient) -> None:
    first = holding("o1", version=7)
    envelope = client.sign("plan", first)
    assert client.sign("plan", first) == envelope
    with refused(SignerRefused, "signer-version-low"):
        client.sign("plan", holding("o1", "o2", version=7))
    with refused(SignerRefused, "signer-id-reused"):
        client.sign("plan", holding("o1", version=8, volume=10))
    client.sign("urgent", urgent(1, order("u1")))
    with refused(SignerRefused, "signer-id-reused"):
        client.sign("urgent", urgent(2, order("u1", repeat=2)))


def test_a_crowd_of_unproven_alarms_leaves_the_reserve_of_proven_ones(
    client: SignerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [order(f"u{n}") for n in range(URGENT_AN_HOUR)]
    client.sign("urgent", urgent(1, *crowd))
    with refused(SignerRefused, "signer-alarms-an-hour"):
        client.sign("urgent", urgent(2, *crowd, order("bulk")))
    confirmed = [order(f"x{n}") for n in range(2)]
    monkeypatch.setattr(signing_module, "CONFIRMED_AN_HOUR", 1)
    for alarm in confirmed:
        client.ask(AskedAlarm(order=alarm), BY_ROOT)
    client.sign("urgent", urgent(2, *crowd, confirmed[0]))
    client.sign("urgent", urgent(3, *crowd, confirmed[0]))
    with refused(SignerRefused, "signer-quota"):
        client.sign("urgent", urgent(4, *crowd, *confirmed))


def test_each_kind_has_a_quota_of_its_own(client: SignerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quotas.AN_HOUR, "plan", 2)
    client.sign("plan", holding(version=1))
    client.sign("plan", holding(version=2))
    with refused(SignerRefused, "signer-quota"):
        client.sign("plan", holding(version=3))
    client.sign("urgent", urgent(1, order("u1")))
    assert client.version("plan", 0) == 2


def test_a_full_disk_orders_nothing_and_uses_no_code_up(
    client: SignerClient, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = next(iter(occurrences_of(holding("o1"))))
    with monkeypatch.context() as patch:
        patch.setattr("office.signer.asked.book.Book.remember", _full)
        with pytest.raises(SignerUnreachable) as told:
            clerk.ask(asked)
        assert told.value.fault == "disk"
    with refused(SignerRefused, "signer-not-asked"):
        client.sign("plan", holding("o1"))
    clerk.ask(asked)
    with monkeypatch.context() as patch:
        patch.setattr("office.signer.counters.write_atomic", _full)
        with pytest.raises(SignerUnreachable):
            client.sign("plan", holding("o1"))
    client.sign("plan", holding("o1"))


def test_killed_between_the_book_and_the_number_it_signs_just_that_again(office_world: Any) -> None:
    office_world.stop_signer()
    document = holding("o1", version=3)

    def dies(signing: Signing) -> None:
        signing._counters.advance = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        signing.sign("plan", document.to_json())

    child = os.fork()
    if child == 0:
        try:
            dies(Signing(office_world.home, SystemClock()))
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    signing = Signing(office_world.home, SystemClock())
    with refused(SignerRefused, "signer-id-reused"):
        signing.sign("plan", holding("o1", version=3, volume=9).to_json())
    assert signing.sign("plan", document.to_json())
    signing.close()
    office_world.start_signer()


def test_a_damaged_book_stops_the_signer_until_somebody_acts(office_world: Any, client: SignerClient) -> None:
    Clerk(client)
    office_world.stop_signer()
    book = office_world.home.signer / FILE
    book.write_bytes(b"x" * 4096)
    for _ in range(2):
        with refused(NotInitialised, "signer-book-damaged"):
            Signing(office_world.home, SystemClock())
    for path in office_world.home.signer.glob(f"{FILE}*"):
        path.unlink()
    office_world.start_signer()
    assert client.trouble() is None


def test_a_signer_of_an_earlier_release_knows_what_it_signed_last(office_world: Any, client: SignerClient) -> None:
    before = holding("o1")
    envelope = client.sign("plan", before)
    office_world.stop_signer()
    for path in office_world.home.signer.glob(f"{FILE}*"):
        path.unlink()
    office_world.home.published.mkdir(exist_ok=True)
    write_atomic(office_world.home.published / "plan.all.json", envelope)
    write_atomic(office_world.home.published / "urgent.all.json", b"{}")
    office_world.start_signer()
    Clerk(client)
    client.sign("plan", holding("o1", version=2))
    with refused(SignerRefused, "signer-id-reused"):
        client.sign("plan", holding("o1", version=3, volume=9))


def _full(*_: object, **__: object) -> None:
    raise FileRefused("Không ghi được: thẻ nhớ hết chỗ.")
