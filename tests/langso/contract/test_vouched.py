"""What is the commune's own, and what may be relayed, judged as an attacker would try it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import VouchedAccount
from langso.contract.vouched import Payees, holds, may_relay

NOW = datetime(2026, 11, 21, 1, 45, tzinfo=UTC)
HOSTS = ("stream.vov.vn", "xn--i-1ga.vn")
GOOD = "https://stream.vov.vn/vov1.m3u8?x=1"


@pytest.mark.parametrize(
    "stream", [GOOD, "https://stream.vov.vn", "https://stream.vov.vn:443/a", "https://xn--i-1ga.vn/"]
)
def test_a_stream_of_an_allowed_host_may_be_relayed(stream: str) -> None:
    assert may_relay(stream, "normal", HOSTS)
    assert not may_relay(stream, "normal", ())
    assert not may_relay(stream, "emergency", HOSTS), "no warning hangs on somebody else's server"


@pytest.mark.parametrize(
    "stream",
    [
        None,
        "",
        "http://stream.vov.vn/a",
        "HTTPS://stream.vov.vn/a",
        "https://stream.vov.vn.thief.vn/a",
        "https://thief.vn/stream.vov.vn",
        "https://stream.vov.vn@thief.vn/",
        "https://thief.vn#@stream.vov.vn/",
        "https://thief.vn\\@stream.vov.vn/",
        "https://stream.vov.vn\\@thief.vn/",
        "https://stream.vov.vn:8443/a",
        "https://stream.vov.vn:443@thief.vn/",
        "https://stream.vov.vn/a b",
        "https://stream.vov.vn/a\n",
        "https:///stream.vov.vn/",
        "https://stream.vov.vn?@thief.vn/",
        "file:///etc/passwd",
        " https://stream.vov.vn/a",
        "https://xn--i-1ga.vn.",
        "https://ổi.vn/",
    ],
)
def test_an_address_that_leads_elsewhere_may_not(stream: str | None) -> None:
    assert not may_relay(stream, "normal", HOSTS)


@given(st.text(max_size=40), st.text(max_size=10))
def test_no_address_of_another_host_passes(before: str, after: str) -> None:
    import urllib.parse

    stream = f"https://{before}stream.vov.vn{after}"
    if may_relay(stream, "normal", HOSTS):
        assert urllib.parse.urlsplit(stream).hostname == "stream.vov.vn"


def test_an_account_holds_from_its_first_moment_until_before_its_last() -> None:
    account = VouchedAccount(
        id="phi", purpose="fees", bin="970415", number="1", holder="A", valid_from=NOW, valid_until=NOW + timedelta(1)
    )
    moment = timedelta(milliseconds=1)
    assert [holds(account, at) for at in (NOW - moment, NOW, NOW + timedelta(1) - moment, NOW + timedelta(1))] == [
        False, True, True, False,
    ]  # fmt: skip
    payees = Payees((account,), None, NOW)
    assert payees.own("970415", "1", fee=True) is account
    assert payees.own("970436", "1", fee=True) is None
    assert payees.own("970415", "2", fee=True) is None
