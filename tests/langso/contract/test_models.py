"""The models of contract v1: what they refuse, and that what they write they read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from langso.contract import (
    HealthLine,
    Held,
    IssuerRule,
    Media,
    Occurrence,
    Plan,
    Programme,
    TargetSet,
    Threshold,
    Topics,
    TrustDocument,
    Urgent,
    UrgentOrder,
    VouchedAccount,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HEAD: dict[str, Any] = {
    "issuer": "office",
    "audience": "*",
    "commune": "xa-mau",
    "epoch": 1,
    "version": 1,
    "issued": NOW,
    "expires": NOW + timedelta(days=14),
}
MEDIA = Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus")


def plan(**changes: Any) -> Plan:
    return Plan(
        **HEAD,
        until=NOW + timedelta(days=14),
        **(
            {
                "media": (MEDIA,),
                "programmes": (Programme(id="p1", title="Tin", media=(0,)),),
                "target_sets": (TargetSet(devices=("*",)),),
                "occurrences": (Occurrence(id="o1", programme=0, targets=0, start=NOW),),
            }
            | changes
        ),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"media": ()},
        {"programmes": ()},
        {"target_sets": ()},
        {"programmes": (Programme(id="p1", title="Tin", media=(0,), chime=1),)},
        {"programmes": (Programme(id="p1", title="Tin", media=(0,), broadcast_class="emergency"),)},
        {"occurrences": (Occurrence(id="o1", programme=0, targets=0, start=NOW),) * 2},
        {"programmes": (Programme(id="p1", title="Tin", media=(0,), stream="https://dai.vn/a"),)},
        {"programmes": (Programme(id="p1", title="Tin", media=(0,), stream_ms=1000),)},
    ],
)
def test_a_plan_that_does_not_hang_together_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plan(**changes)


def test_a_relay_lasts_as_long_as_it_says_or_as_the_media_that_all_play() -> None:
    relay = Programme(id="p1", title="Tin", media=(0, 0), stream="https://dai.vn/a", stream_ms=2001)
    for lasts, length in ((2001, 2001), (1999, 2000)):
        given = relay.model_copy(update={"stream_ms": lasts})
        assert plan(programmes=(given,)).duration_ms(given) == length


@given(st.integers(0, 14 * 86400 * 1000), st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_read_back_as_written_whatever_its_zone(milliseconds: int, minutes: int) -> None:
    start = (NOW + timedelta(milliseconds=milliseconds)).astimezone(timezone(timedelta(minutes=minutes)))
    written = plan(occurrences=(Occurrence(id="o1", programme=0, targets=0, start=start),))
    read = Plan.model_validate_json(written.to_json(), strict=True)
    assert read == written
    assert read.occurrences[0].start == start
    assert read.to_json() == written.to_json()


@given(st.text(min_size=1, max_size=100))
def test_a_title_is_kept_in_nfc(title: str) -> None:
    programme = Programme(id="p", title=title, media=(0,))
    assert Programme(id="p", title=programme.title, media=(0,)).title == programme.title


def test_decomposed_and_composed_vietnamese_are_the_same_title() -> None:
    assert Programme(id="p", title="Ba\u0309n tin", media=(0,)).title == "Bản tin"


def test_thresholds_cannot_be_out_of_reach_or_counted_twice() -> None:
    for keys, threshold in ((("aa" * 32,), 2), (("aa" * 32, "aa" * 32), 1), (("aa" * 32, "AA" * 32), 1), ((), 1)):
        with pytest.raises(ValidationError):
            Threshold(keys=keys, threshold=threshold)


def test_trust_lists_each_issuer_once_and_never_root() -> None:
    rule = IssuerRule(name="office", signers=Threshold(keys=("aa" * 32,), threshold=1), epoch=1, kinds=("plan",))
    for issuers in ((rule, rule), (rule.model_copy(update={"name": "root"}),)):
        with pytest.raises(ValidationError):
            TrustDocument(**(HEAD | {"issuer": "root"}), communes=("xa-mau",), issuers=issuers)


def test_kinds_of_the_first_release_are_granted_in_kinds_alone_and_later_ones_in_grants_alone() -> None:
    rule = IssuerRule(
        name="office",
        signers=Threshold(keys=("aa" * 32,), threshold=1),
        epoch=1,
        kinds=("plan",),
        grants=("notices", "urgent", "trust", "root"),
    )
    asked = ("plan", "notices", "urgent", "catalogue", "trust", "root", "calendar")
    assert [kind for kind in asked if rule.may_issue(kind)] == ["plan", "notices"]


def test_the_accounts_that_root_vouches_for_have_names_of_their_own() -> None:
    account = VouchedAccount(id="phi", bin="970415", number="0123456789", holder="UBND XA MAU", purpose="fees")
    rule = IssuerRule(name="office", signers=Threshold(keys=("aa" * 32,), threshold=1), epoch=1, kinds=("plan",))
    head = HEAD | {"issuer": "root", "communes": ("xa-mau",), "issuers": (rule,)}
    other = account.model_copy(update={"id": "quy-thon-1", "village": "thon-1", "holder_kind": "person"})
    whole = TrustDocument(**head, accounts=(account, other), relay_hosts=("vov.vn", "xn--vov-x.vn"))
    assert TrustDocument.model_validate_json(whole.to_json(), strict=True) == whole
    for wrong in (
        {"accounts": (account, account)},
        {"relay_hosts": ("https://vov.vn",)},
        {"relay_hosts": ("vov.vn:8000",)},
        {"relay_hosts": ("*.vn",)},
        {"age_recipient": "age1"},
        {"accounts": ({**dict(account), "purpose": "Phí"},)},
    ):
        with pytest.raises(ValidationError):
            TrustDocument(**head, **wrong)


@pytest.mark.parametrize(
    ("code", "parameters"),
    [
        ("Bị cắt", None),
        ("x" * 65, None),
        ("muted", {"Tên": "x"}),
        ("muted", {"title": "x" * 201}),
        ("muted", {"n": float("inf")}),
        ("muted", {"n": ["x"]}),
        ("muted", {f"n{n}": n for n in range(17)}),
    ],
)
def test_a_code_and_its_parameters_are_short(code: str, parameters: dict[str, Any] | None) -> None:
    whole = HealthLine(
        name="mute", level="warn", why="Tắt.", code="muted", parameters={"title": "Tin", "n": 2.5, "m": 7}
    )
    assert HealthLine.model_validate_json(whole.to_json(), strict=True) == whole
    with pytest.raises(ValidationError):
        HealthLine(name="mute", level="warn", why="Tắt.", code=code, parameters=parameters)


@pytest.mark.parametrize("action", ["play", "relay", "stop", "all_clear"])
def test_an_urgent_order_needs_what_its_action_needs(action: Any) -> None:
    with pytest.raises(ValidationError):
        UrgentOrder(id="u1", action=action, issued=NOW, expires=NOW)
    whole = UrgentOrder(
        id="u1", action=action, issued=NOW, expires=NOW, media=(MEDIA,), stream="http://x/", ends=("*",)
    )
    assert Urgent.model_validate_json(Urgent(**HEAD, orders=(whole,)).to_json(), strict=True).orders == (whole,)


def test_a_field_of_a_later_v1_is_ignored() -> None:
    raw = plan().to_json()
    assert Plan.model_validate_json(raw[:-1] + b',"later":1}', strict=True) == plan()


def test_a_device_can_report_a_version_above_what_json_numbers_of_others_hold() -> None:
    held = Held(kind="plan", issuer="office", epoch=1, version=(1 << 62) - 1, sha256="ab" * 32)
    assert Held.model_validate_json(held.to_json(), strict=True) == held


@given(st.text(max_size=80))
def test_any_topic_is_read_or_refused_and_never_raises(tail: str) -> None:
    topics = Topics("xa-mau")
    for topic in (
        tail,
        f"{topics.root}/{tail}",
        f"{topics.root}/urgent/{tail}",
        f"{topics.root}/device/{tail}/state",
    ):
        address = topics.read(topic)
        if address is not None and address.leaf == "urgent":
            assert topics.urgent(address.issuer or "") == topic
        if address is not None and address.device is not None:
            assert topics.device(address.device, address.leaf) == topic


def test_wildcards_and_slashes_are_no_slugs() -> None:
    for bad in ("#", "a/b", "", "A", "-a", "a" * 65, "a\n"):
        with pytest.raises(ValueError, match="slug"):
            Topics("xa-mau").device(bad, "state")
