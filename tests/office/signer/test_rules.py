"""The signer's rules without a signer: each bound at the last that passes and the first that does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from plans import plan
from refusals import refused

from langso.contract import (
    Account,
    Caps,
    Catalogue,
    Document,
    IssuerRule,
    Media,
    Occurrence,
    Order,
    Plan,
    Programme,
    QuietHours,
    ReceiptsAck,
    TargetSet,
    Threshold,
    TrustDocument,
    Urgent,
    UrgentOrder,
    VouchedAccount,
)
from office.signer.errors import SignerRefused, SignerStuck
from office.signer.rules import URGENT_AN_HOUR, check_ack, check_clock, check_document, check_version, read_document

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
RULE = IssuerRule(
    name="office",
    signers=Threshold(keys=("0" * 64,), threshold=1),
    epoch=3,
    kinds=("plan", "urgent", "catalogue", "order", "ack"),
    classes=("normal", "priority", "emergency"),
)
TRUST = TrustDocument(
    issuer="root", audience="hoa-son", commune="hoa-son", epoch=0, version=1,
    issued=NOW, expires=NOW + 400 * DAY, communes=("hoa-son", "hoa-binh"), issuers=(RULE,),
)  # fmt: skip
MEDIA = Media(sha256="a" * 64, size=10, duration_ms=1000, codec="opus")
HEAD: dict[str, Any] = {
    "issuer": "office",
    "audience": "*",
    "commune": "hoa-son",
    "epoch": 3,
    "version": 1,
    "issued": NOW,
}


def of(kind: str, **more: Any) -> Document:
    """A document of that kind that passes."""
    if kind == "plan":
        return plan(issued=NOW, epoch=3, **more)
    if kind == "urgent":
        return Urgent(**{**HEAD, "expires": NOW + DAY, "orders": (alarm(),), **more})
    if kind == "catalogue":
        return Catalogue(**{**HEAD, "commune_name": "Xã Hoa Sơn", "expires": NOW + DAY, **more})
    return Order(**{**HEAD, "audience": "loa-1", "expires": NOW + DAY, **more})


def alarm(**more: Any) -> UrgentOrder:
    fields = {"id": "u1", "action": "play", "media": (MEDIA,), "issued": NOW, "expires": NOW + DAY, "volume": 60}
    return UrgentOrder(**{**fields, **more})  # type: ignore[arg-type]


def check(document: Document, rule: IssuerRule = RULE, now: datetime = NOW) -> None:
    check_document(document, rule, TRUST, now)


KINDS = {"plan": 60 * DAY, "urgent": 7 * DAY, "catalogue": 400 * DAY, "order": 30 * DAY}


@pytest.mark.parametrize(("kind", "longest"), KINDS.items())
def test_each_kind_has_its_longest_life_and_is_not_born_ended(kind: str, longest: timedelta) -> None:
    check(of(kind, expires=NOW + longest))
    for expires in (NOW + longest + TICK, NOW, NOW - TICK):
        with refused(SignerRefused, "signer-expires"):
            check(of(kind).model_copy(update={"expires": expires}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_of_the_ten_minutes_around_now(kind: str) -> None:
    for off in (10 * MINUTE, -10 * MINUTE):
        check(of(kind), now=NOW + off)
        with pytest.raises(SignerStuck) as told:
            check(of(kind), now=NOW + off + (TICK if off > timedelta() else -TICK))
        assert told.value.fault == "clock"


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_the_root_gave_it_in_the_epoch_it_gave_is_signed(kind: str) -> None:
    with refused(SignerRefused, "signer-kind-barred"):
        check(of(kind), RULE.model_copy(update={"kinds": tuple(one for one in RULE.kinds if one != kind)}))
    with refused(SignerRefused, "signer-issuer"):
        check(of(kind).model_copy(update={"issuer": "thon-1"}))
    with refused(SignerRefused, "signer-commune"):
        check(of(kind).model_copy(update={"commune": "xa-khac"}))
    check(of(kind).model_copy(update={"commune": "hoa-binh"}))
    for epoch in (2, 4):
        with refused(SignerRefused, "signer-epoch"):
            check(of(kind).model_copy(update={"epoch": epoch}))


def test_an_order_is_for_one_device_and_all_else_for_every_one() -> None:
    for everyone in ("*", "hoa-son", "hoa-binh"):
        with refused(SignerRefused, "signer-one-device"):
            check(of("order", audience=everyone))
    for kind in ("plan", "urgent", "catalogue"):
        with refused(SignerRefused, "signer-every-device"):
            check(of(kind, audience="loa-1"))


def test_only_classes_that_the_root_gave_it_are_heard() -> None:
    mute = RULE.model_copy(update={"classes": ("priority",)})
    for document, id in (
        (of("plan", media=(MEDIA,), programmes=(Programme(id="p", title="t", media=(0,)),)), "signer-class"),
        (of("urgent", orders=(alarm(broadcast_class="normal"),)), "signer-alarm-class"),
    ):
        check(document)
        with refused(SignerRefused, id):
            check(document, mute)


def test_an_alarm_lives_a_day_at_most_and_is_not_of_tomorrow() -> None:
    for expires in (NOW, NOW + DAY + TICK):
        with refused(SignerRefused, "signer-alarm-too-long"):
            check(of("urgent", orders=(alarm().model_copy(update={"expires": expires}),)))
    ahead = alarm(issued=NOW + 10 * MINUTE)
    check(of("urgent", orders=(ahead,)))
    assert URGENT_AN_HOUR == 30
    with refused(SignerRefused, "signer-alarm-in-future"):
        check(of("urgent", orders=(ahead.model_copy(update={"issued": NOW + 10 * MINUTE + TICK}),)))


def test_a_version_rises_by_a_million_at_most() -> None:
    check_version(8, 7)
    check_version(1_000_007, 7)
    for version, id in ((7, "signer-version-low"), (6, "signer-version-low"), (1_000_008, "signer-version-leap")):
        with refused(SignerRefused, id):
            check_version(version, 7)


def test_a_clock_a_day_before_the_list_of_rights_signs_nothing() -> None:
    check_clock(NOW - DAY, TRUST)
    with pytest.raises(SignerStuck) as told:
        check_clock(NOW - DAY - TICK, TRUST)
    assert told.value.fault == "clock"


def test_an_acknowledgement_is_our_own() -> None:
    ack = ReceiptsAck(issuer="office", commune="hoa-son", device="loa-1", journal="0" * 32, through=1, written=NOW)
    check_ack(ack, RULE, TRUST)
    for more, id in (
        ({"issuer": "thon-1"}, "signer-issuer"),
        ({"commune": "xa-khac"}, "signer-commune"),
    ):
        with refused(SignerRefused, id):
            check_ack(ack.model_copy(update=more), RULE, TRUST)
    with refused(SignerRefused, "signer-kind-barred"):
        check_ack(ack, RULE.model_copy(update={"kinds": ("plan",)}), TRUST)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_of_its_kind_and_in_canonical_bytes(kind: str) -> None:
    document = of(kind)
    assert read_document(kind, document.to_json()) == document
    with refused(SignerRefused, "signer-not-canonical"):
        read_document(kind, document.to_json() + b" ")
    for other in KINDS.keys() - {kind}:
        with refused(SignerRefused, "signer-unreadable"):
            read_document(other, document.to_json())
    for unknown in ("trust", "receipts", ""):
        with refused(SignerRefused, "signer-kind-unknown"):
            read_document(unknown, document.to_json())


def test_no_alarm_is_louder_than_the_root_allows_nor_two_of_one_id() -> None:
    capped = TRUST.model_copy(update={"caps": Caps(volume=60), "relay_hosts": ("x.vn",)})
    relay: dict[str, Any] = {"action": "relay", "stream": "https://x.vn/a", "media": (), "broadcast_class": "normal"}
    check_document(of("urgent", orders=(alarm(**relay),)), RULE, capped, NOW)
    with refused(SignerRefused, "signer-alarm-volume"):
        check_document(of("urgent", orders=(alarm(), alarm(id="u2", volume=61, **relay))), RULE, capped, NOW)
    check_document(of("urgent", orders=(alarm(volume=60), alarm(id="u2"))), RULE, capped, NOW)
    for orders, id in (
        ((alarm(volume=61),), "signer-alarm-volume"),
        ((alarm(), alarm(repeat=2)), "signer-alarm-twice"),
    ):
        with refused(SignerRefused, id):
            check_document(of("urgent", orders=orders), RULE, capped, NOW)


def test_after_an_all_clear_the_alarms_behind_it_are_checked_too() -> None:
    clear = UrgentOrder(id="c", action="all_clear", ends=("u0",), issued=NOW, expires=NOW + DAY)
    quiet = TRUST.model_copy(update={"caps": Caps(volume=60)})
    check_document(of("urgent", orders=(clear, alarm())), RULE, quiet, NOW)
    with refused(SignerRefused, "signer-alarm-volume"):
        check_document(of("urgent", orders=(clear, alarm(volume=61))), RULE, quiet, NOW)


def test_only_hosts_that_the_root_allows_are_relayed() -> None:
    relay = alarm(action="relay", stream="https://x.vn/a", media=(), broadcast_class="normal")
    with refused(SignerRefused, "signer-relay"):
        check(of("urgent", orders=(relay,)))
    hosts = TRUST.model_copy(update={"relay_hosts": ("x.vn",)})
    check_document(of("urgent", orders=(relay,)), RULE, hosts, NOW)


def played(**more: Any) -> Document:
    """A plan with one play, at noon of the day after."""
    start = NOW.replace(hour=5) + DAY
    return of(
        "plan", media=(MEDIA,), target_sets=(TargetSet(devices=("*",)),),
        programmes=(Programme(**{"id": "p", "title": "t", "media": (0,), "volume": 60, **more}),),
        occurrences=(Occurrence(id="o", programme=0, targets=0, start=start),),
    )  # fmt: skip


def test_a_plan_relays_only_hosts_that_the_root_allows() -> None:
    hosts = TRUST.model_copy(update={"relay_hosts": ("x.vn",)})
    relay: dict[str, Any] = {"stream": "https://x.vn/a", "stream_ms": 60_000}
    check_document(played(**relay), RULE, hosts, NOW)
    for trust, stream in ((TRUST, "https://x.vn/a"), (hosts, "http://x.vn/a"), (hosts, "https://y.vn/a")):
        with refused(SignerRefused, "signer-relay"):
            check_document(played(**relay | {"stream": stream}), RULE, trust, NOW)
    begun = played(**relay)
    assert isinstance(begun, Plan)
    before = begun.occurrences[0].model_copy(update={"start": NOW - timedelta(milliseconds=1)})
    check_document(begun.model_copy(update={"occurrences": (before,)}), RULE, TRUST, NOW)
    with refused(SignerRefused, "signer-relay"):
        now = before.model_copy(update={"start": NOW})
        check_document(begun.model_copy(update={"occurrences": (now,)}), RULE, TRUST, NOW)


def test_a_relay_counts_as_long_as_it_lasts_against_minutes_and_quiet_hours() -> None:
    hosts = TRUST.model_copy(update={"relay_hosts": ("x.vn",), "caps": Caps(minutes_a_day=10)})
    quiet = hosts.model_copy(update={"caps": Caps(quiet_hours=(QuietHours(start="12:10", end="12:20"),))})
    for trust in (hosts, quiet):
        check_document(played(stream="https://x.vn/a", stream_ms=600_000), RULE, trust, NOW)
        with refused(SignerRefused, "signer-play-barred"):
            check_document(played(stream="https://x.vn/a", stream_ms=600_001), RULE, trust, NOW)


def test_a_plan_keeps_the_roots_loudness_quiet_hours_and_minutes() -> None:
    for caps, id in (
        (Caps(volume=60), None),
        (Caps(volume=59), "signer-volume"),
        (Caps(quiet_hours=(QuietHours(start="11:30", end="12:00"),)), None),
        (Caps(quiet_hours=(QuietHours(start="11:30", end="12:01"),)), "signer-play-barred"),
        (Caps(minutes_a_day=0), "signer-play-barred"),
    ):
        capped = TRUST.model_copy(update={"caps": caps})
        if id is None:
            check_document(played(), RULE, capped, NOW)
        else:
            with refused(SignerRefused, id):
                check_document(played(), RULE, capped, NOW)


def test_a_catalogue_names_the_roots_key_of_scans_or_none() -> None:
    one, two = (f"age1{letter * 58}" for letter in "qp")
    vouched = TRUST.model_copy(update={"age_recipient": one})
    for recipient, trust, good in (
        (None, vouched, True),
        (one, vouched, True),
        (two, vouched, False),
        (two, TRUST, True),
    ):
        document = of("catalogue").model_copy(update={"age_recipient": recipient})
        if good:
            check_document(document, RULE, trust, NOW)
        else:
            with refused(SignerRefused, "signer-recipient"):
                check_document(document, RULE, trust, NOW)


def test_an_unknown_kind_is_named_in_forty_letters() -> None:
    with pytest.raises(SignerRefused) as told:
        read_document("x" * 60, b"{}")
    assert str(told.value).count("x" * 40) == 1
    assert "x" * 41 not in str(told.value)


def test_a_catalogue_names_no_account_that_the_root_does_not_vouch_for() -> None:
    account = Account(bin="970415", number="1", holder="UBND xã")
    document = of("catalogue", accounts=(account,))
    with refused(SignerRefused, "signer-account"):
        check(document)
    vouched = VouchedAccount(id="phi", purpose="fees", bin="970415", number="1", holder="UBND xã")
    check_document(document, RULE, TRUST.model_copy(update={"accounts": (vouched,)}), NOW)


def test_a_plan_ends_no_later_than_it_holds() -> None:
    check(of("plan", expires=NOW + DAY, until=NOW + DAY))
    with refused(SignerRefused, "signer-plan-too-long"):
        check(of("plan", expires=NOW + DAY, until=NOW + DAY + timedelta(seconds=1)))
