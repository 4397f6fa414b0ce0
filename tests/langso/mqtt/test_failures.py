from __future__ import annotations

import itertools
import random
import socket
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.mqtt.failures import (
    MOST_CROWD_S,
    Backoff,
    CertificateFile,
    Contest,
    crowd_s,
    from_error,
    from_log,
    tls_context,
)
from langso.mqtt.reasons import Failure
from langso.settings.reading import LinkSettings

HERE = LinkSettings()


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_wait_is_within_full_jitter(attempt: int, dice: float) -> None:
    wait = Backoff(1, 60, 300).wait(attempt, spread=lambda: dice)
    assert 0 <= wait <= min(60, 2 ** min(max(attempt, 1) - 1, 20))
    assert 150 <= Backoff(1, 60, 300).wait(attempt, pace="slow", spread=lambda: dice) <= 300
    assert 30 <= Backoff(1, 60, 300).wait(attempt, pace="later", spread=lambda: dice) <= 60


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_giving_way_is_short_at_first_and_grows_to_a_minute(times: int, dice: float) -> None:
    wait = Backoff().wait(times, pace="yield", spread=lambda: dice)
    most = min(60, 2**times) if times < 10 else 60
    assert most / 2 <= wait <= most


def test_two_machines_of_one_name_take_turns_ever_more_slowly_and_the_last_one_is_soon_back() -> None:
    rules, dice = Backoff(), random.Random(3)
    device, clone = Contest(rules.calm_s), Contest(rules.calm_s)
    taken = Failure("taken_over", "x", "yield")
    now, turns, inside, outside = 0.0, [], device, clone
    came_up = 0.0
    while now < 3600:
        inside.ended(taken, now - came_up)
        came_up = now
        turns.append(now)
        inside, outside = outside, inside
        now += rules.wait(outside.times, pace="yield", spread=dice.random)
    assert turns[1] <= 2
    assert len(turns) <= 110
    assert all(later - earlier >= 25 for earlier, later in itertools.pairwise(turns[30:]))
    assert device.times > 20
    assert device.lasts(0)
    assert device.lasts(60)
    assert rules.wait(device.times, pace="yield", spread=lambda: 1.0) <= 60


def test_after_a_calm_spell_the_next_take_over_is_the_first_again() -> None:
    contest = Contest(120)
    for _ in range(9):
        contest.ended(Failure("taken_over", "x", "yield"), 50)
    contest.ended(Failure("network", "y"), 100)
    assert contest.times == 9
    assert not contest.lasts(121)
    contest.ended(Failure("network", "y"), 121)
    assert contest.times == 0
    contest.ended(Failure("taken_over", "x", "yield"), 500)
    assert contest.times == 1


def test_two_hundred_devices_do_not_come_back_together() -> None:
    dice = random.Random(5)
    waits = [Backoff().wait(6, spread=dice.random) for _ in range(200)]
    busiest = max(sum(second <= wait < second + 1 for wait in waits) for second in range(32))
    assert busiest <= 20


def test_a_fleet_that_was_cut_off_at_once_comes_back_as_fast_as_its_broker_bears() -> None:
    dice = random.Random(7)
    waits = [Backoff().wait(1, crowd=crowd_s(2000), spread=dice.random) for _ in range(2000)]
    busiest = max(sum(second <= wait < second + 1 for wait in waits) for second in range(32))
    assert 180 <= busiest <= 250
    assert max(waits) <= 10


@pytest.mark.parametrize("devices", [None, 0, 1, 34, 102, 200])
def test_a_small_fleet_is_back_within_a_second(devices: int | None) -> None:
    assert Backoff().wait(1, crowd=crowd_s(devices), spread=lambda: 1.0) == 1.0


@pytest.mark.parametrize("devices", [6000, 6001, 1 << 52])
def test_whatever_is_said_of_the_fleet_nobody_waits_longer_than_half_a_minute(devices: int) -> None:
    assert Backoff().wait(1, crowd=crowd_s(devices), spread=lambda: 1.0) == MOST_CROWD_S == 30
    assert Backoff().wait(99, crowd=crowd_s(devices), spread=lambda: 1.0) == MOST_CROWD_S


def test_a_fleet_changes_no_other_wait() -> None:
    for pace in ("later", "slow", "yield"):
        plain = Backoff().wait(3, pace=pace, spread=lambda: 0.5)  # type: ignore[arg-type]
        assert Backoff().wait(3, pace=pace, crowd=30.0, spread=lambda: 0.5) == plain  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "reason", "pace"),
    [
        (socket.gaierror(-2, "Name or service not known"), "network", "soon"),
        (ConnectionRefusedError(), "network", "soon"),
        (TimeoutError(), "network", "soon"),
        (ConnectionResetError(), "network", "soon"),
        (RuntimeError("a fault"), "network", "soon"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "protocol", "slow"),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca"), "certificate", "slow"),
    ],
    ids=repr,
)
def test_each_failure_has_its_reason_and_pace(error: Exception, reason: str, pace: str) -> None:
    found = from_error(error, HERE)
    assert (found.reason, found.pace) == (reason, pace)
    assert str(found.why).endswith(".")


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
