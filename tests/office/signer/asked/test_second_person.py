"""What needs a second person's yes is not signed without it, whatever the office's pages do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import plans
import pytest
from enrolled_clerk import Clerk
from founded import signed
from plans import order, urgent
from refusals import refused

from langso.contract import Plan
from office.founding.trust_changes import apply, propose_revoking
from office.signer.asked import follows
from office.signer.asked.book import Book, KnownPlay
from office.signer.asked.follows import play_of
from office.signer.asked.orders import MAX_APPROVED, AskedAlarm, AskedApproval, AskedEnding, occurrences_of
from office.signer.asked.second_person import SecondPerson, SecondRule, seconded
from office.signer.client import BY_ROOT, Proof, SignerClient
from office.signer.errors import SignerRefused

HOUR = timedelta(hours=1)
BEGUN = datetime.now(UTC).replace(microsecond=0)
POLES = ("loa-1", "loa-2", "loa-3", "loa-4")


def holding(*ids: str, **more: Any) -> Plan:
    """A plan with these plays of one programme, two hours after the tests were begun."""
    return plans.holding(*ids, start=BEGUN + 2 * HOUR, **more)


def approval(*plans: Plan) -> AskedApproval:
    """A yes to everything in these plans."""
    return AskedApproval(broadcasts=tuple(one for plan in plans for one in occurrences_of(plan)))


@pytest.fixture
def client(office_world: Any) -> SignerClient:
    return office_world.office.signer  # type: ignore[no-any-return]


@pytest.fixture
def clerk(client: SignerClient) -> Clerk:
    """Writes, and may not approve."""
    return Clerk(client, "lan")


@pytest.fixture
def head(client: SignerClient) -> Clerk:
    """May approve what others send."""
    return Clerk(client, "minh", approves=True)


def test_a_broadcast_for_the_whole_commune_waits_for_a_second_person_once_somebody_may_approve(
    client: SignerClient, clerk: Clerk
) -> None:
    assert client.people().second == "never"
    head = Clerk(client, "minh", approves=True)
    found = client.people()
    assert (found.second, found.people["minh"].approves, found.people["lan"].approves) == ("whole", True, False)
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1"))
    head.ask(approval(holding("o1")))
    assert client.sign("plan", holding("o1"))
    assert client.sign("plan", holding("o1", version=2)), "and goes on being signed"


@pytest.mark.parametrize(
    "changed",
    [{"volume": 90}, {"devices": ("*", "loa-1")}, {"media": (1,)}, {"title": "Khác"}, {"chime": 1}],
)
def test_a_yes_is_for_the_exact_programme(
    client: SignerClient, clerk: Clerk, head: Clerk, changed: dict[str, Any]
) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-id-reused"):
        head.ask(approval(holding("o1", **changed)))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1"))


def test_nobody_says_yes_to_what_is_their_own(client: SignerClient, head: Clerk) -> None:
    head.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-approval-own"):
        head.ask(approval(holding("o1")))
    other = Clerk(client, "hoa", approves=True)
    other.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-approval-own"):
        head.ask(approval(holding("o1")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1"))
    other.ask(approval(holding("o1")))
    assert client.sign("plan", holding("o1")), "who asked first is the author, whoever asks again"


def test_only_whom_root_let_approve_may(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    writer = Clerk(client, "hoa")
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-person-no-approval"):
        writer.ask(approval(holding("o1")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1"))
    client.as_root("revoke", "minh")
    with refused(SignerRefused, "signer-person-no-approval"):
        head.ask(approval(holding("o1")))


def test_a_yes_to_what_nobody_asked_for_is_none(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    with refused(SignerRefused, "signer-approval-not-asked"):
        head.ask(approval(holding("o1")))
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-approval-not-asked"):
        head.ask(approval(holding("o1", "o2")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1"))


def test_a_whole_week_is_approved_at_once(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    week = holding(*(f"o{day}" for day in range(7)))
    clerk.ask(*occurrences_of(week))
    head.ask(approval(week))
    assert client.sign("plan", week)
    with pytest.raises(ValueError, match="broadcasts"):
        AskedApproval(broadcasts=tuple(occurrences_of(holding("o1"))) * (MAX_APPROVED + 1))


def test_what_was_taken_back_and_asked_for_again_is_approved_again(
    client: SignerClient, clerk: Clerk, head: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "REGRET", timedelta(seconds=-1))
    clerk.ask(*occurrences_of(holding("o1")))
    head.ask(approval(holding("o1")))
    client.sign("plan", holding("o1"))
    clerk.ask(AskedEnding(plays=("o1",)))
    with refused(SignerRefused, "signer-approval-not-asked"):
        head.ask(approval(holding("o1")))
    client.sign("plan", holding(version=2))
    clerk.ask(*occurrences_of(holding("o1")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1", version=3))
    head.ask(approval(holding("o1")))
    assert client.sign("plan", holding("o1", version=3))


def test_asking_once_more_takes_no_yes_away(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    head.ask(approval(holding("o1")))
    clerk.ask(*occurrences_of(holding("o1")))
    assert client.sign("plan", holding("o1"))


def test_an_approver_without_a_code_left_makes_no_rule(client: SignerClient, clerk: Clerk) -> None:
    lines = client.as_root("list_anew", "minh", approves=True).lines
    assert client.people().second == "whole"
    clerk.ask(*occurrences_of(holding("o1")))
    for line in lines:
        client.ask(approval(holding("o1")), Proof("minh", code=line))
    assert client.people().second == "never"


def test_who_asks_first_for_what_was_signed_unasked_is_its_author(tmp_path: Path) -> None:
    book = Book(tmp_path)
    play = play_of(next(iter(occurrences_of(holding("o1")))))
    with book.transaction():
        for by in ("", "lan", "minh"):
            book.remember("play", [play], BEGUN, by=by)
    assert book.known("play", ["o1"])["o1"].by == "lan"
    book.close()


def test_a_revoked_loudspeaker_is_none_of_the_commune(office_world: Any, client: SignerClient) -> None:
    for number in (1, 2, 3):
        office_world.reporter(f"loa-{number}")
    clerk = Clerk(client, "lan")
    Clerk(client, "minh", approves=True)
    one = holding("o1", devices=("loa-1",))
    clerk.ask(*occurrences_of(one))
    for gone in ("loa-2", "loa-3"):
        change = propose_revoking(office_world.home, gone, datetime.now(UTC))
        apply(office_world.home, [signed(change, office_world.roots)])
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", one)


def test_what_was_signed_before_the_rule_goes_on(client: SignerClient, clerk: Clerk) -> None:
    clerk.ask(*occurrences_of(holding("o1")))
    client.sign("plan", holding("o1"))
    client.as_root("second", rule="always")
    assert client.sign("plan", holding("o1", version=2))
    clerk.ask(*occurrences_of(holding("o2")))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1", "o2", version=3))


def test_root_sets_the_rule_and_orders_alone(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    client.as_root("second", rule="always")
    clerk.ask(*occurrences_of(holding("o1", devices=("loa-1",))))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1", devices=("loa-1",)))
    client.as_root("second", rule="never")
    assert client.sign("plan", holding("o1", devices=("loa-1",)))
    client.as_root("second", rule="always")
    client.ask(*occurrences_of(holding("o2")), BY_ROOT)
    both = holding("o1", devices=("loa-1",), version=2), holding("o2", version=2)
    merged = both[0].model_copy(
        update={
            "target_sets": (*both[0].target_sets, *both[1].target_sets),
            "occurrences": (
                *both[0].occurrences,
                *(one.model_copy(update={"targets": 1}) for one in both[1].occurrences),
            ),
        }
    )
    assert client.sign("plan", merged)
    with refused(SignerRefused, "signer-second-unknown"):
        client.as_root("second", rule="sometimes")
    assert client.people().second == "always"


def test_an_emergency_waits_for_nobody(client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    client.as_root("second", rule="always")
    alarm = order("u1")
    clerk.ask(AskedAlarm(order=alarm))
    assert client.sign("urgent", urgent(1, alarm))


def test_the_rule_outlives_the_signer(office_world: Any, client: SignerClient, clerk: Clerk, head: Clerk) -> None:
    client.as_root("second", rule="always")
    clerk.ask(*occurrences_of(holding("o1")), *occurrences_of(holding("o2")))
    head.ask(approval(holding("o1")))
    office_world.stop_signer()
    office_world.start_signer()
    assert client.people().second == "always"
    assert client.sign("plan", holding("o1"))
    with refused(SignerRefused, "signer-not-approved"):
        client.sign("plan", holding("o1", "o2", version=2))


@pytest.mark.parametrize(
    ("rule", "targets", "needed"),
    [
        ("never", ("*",), False),
        ("always", ("loa-1",), True),
        ("whole", ("*",), True),
        ("whole", ("loa-1",), False),
        ("whole", POLES[:2], False),
        ("whole", POLES[:3], True),
        ("whole", ("loa-1", "not-ours", "nor-this"), False),
    ],
)
def test_who_hears_it_decides(rule: SecondRule, targets: Sequence[str], needed: bool) -> None:
    (one,) = occurrences_of(holding("o1", devices=tuple(targets)))
    assert SecondPerson(rule, POLES, [one]).needed(one) is needed


def test_one_sound_sent_twice_to_half_of_the_poles_is_for_the_whole_commune() -> None:
    halves = [one for part in (POLES[:2], POLES[2:]) for one in occurrences_of(holding("o1", devices=part))]
    assert all(SecondPerson("whole", POLES, halves).needed(one) for one in halves)
    other = [one.model_copy(update={"media": (plans.TUNE,)}) for one in halves[1:]]
    assert not SecondPerson("whole", POLES, [halves[0], *other]).needed(halves[0])


@pytest.mark.parametrize(
    ("known", "good"),
    [
        ({"by": "lan"}, False),
        ({"by": "lan", "approved": "lan"}, False),
        ({"by": "lan", "approved": "minh"}, True),
        ({"by": "lan", "signed": True}, True),
        ({"by": "root"}, True),
    ],
)
def test_a_yes_is_another_persons(known: dict[str, Any], good: bool) -> None:
    play = {"id": "o1", "sha256": "0" * 64, "body": "", "ends": BEGUN, "signed": False, "ended": None, **known}
    assert seconded(KnownPlay(**play)) is good
    assert not seconded(None)
