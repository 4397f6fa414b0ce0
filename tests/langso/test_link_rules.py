from __future__ import annotations

import random
import socket
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.link_rules import Backoff, CertificateFile, from_error, from_log, from_reason, tls_context
from langso.settings import LinkSettings

HERE = LinkSettings()


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_wait_is_within_full_jitter(attempt: int, dice: float) -> None:
    wait = Backoff(1, 60, 300).wait(attempt, spread=lambda: dice)
    assert 0 <= wait <= min(60, 2 ** min(max(attempt, 1) - 1, 20))
    assert 150 <= Backoff(1, 60, 300).wait(attempt, slow=True, spread=lambda: dice) <= 300


def test_two_hundred_devices_do_not_come_back_together() -> None:
    dice = random.Random(5)
    waits = [Backoff().wait(6, spread=dice.random) for _ in range(200)]
    busiest = max(sum(second <= wait < second + 1 for wait in waits) for second in range(32))
    assert busiest <= 20


@pytest.mark.parametrize(
    ("error", "reason", "slow"),
    [
        (socket.gaierror(-2, "Name or service not known"), "network", False),
        (ConnectionRefusedError(), "network", False),
        (TimeoutError(), "network", False),
        (ConnectionResetError(), "network", False),
        (RuntimeError("a fault"), "network", False),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "protocol", True),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca"), "certificate", True),
    ],
    ids=repr,
)
def test_each_failure_has_its_reason_and_pace(error: Exception, reason: str, slow: bool) -> None:
    found = from_error(error, HERE)
    assert (found.reason, found.slow) == (reason, slow)
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("code", "reason", "slow"),
    [
        (134, "refused", True),
        (135, "refused", True),
        (142, "taken_over", True),
        (139, "network", False),
        (255, "network", False),
    ],
)
def test_mqtt_reason_codes(code: int, reason: str, slow: bool) -> None:
    found = from_reason(code, HERE)
    assert (found.reason, found.slow) == (reason, slow)


def test_only_an_alert_about_our_certificate_is_one() -> None:
    assert from_log("failed to receive on socket: [SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED]", HERE) is not None
    assert from_log("failed to receive on socket: [Errno 104] Connection reset by peer", HERE) is None


@pytest.mark.parametrize("host", ["broker.example", "10.0.0.1", "127.0.0.1.example", "0.0.0.0"])
def test_nothing_goes_in_clear_over_a_wire(host: str) -> None:
    with pytest.raises(CertificateFile, match="Chưa có `ca`"):
        tls_context(LinkSettings(host=host))
    for near in ("localhost", "127.0.0.1", "::1"):
        assert tls_context(LinkSettings(host=near)) is None


def test_tls_checks_the_name_and_is_at_least_1_2(authority: object, tmp_path: Path) -> None:
    assert tls_context(HERE) is None
    context = tls_context(LinkSettings(host="broker.example", ca=authority.ca))  # type: ignore[attr-defined]
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
