"""Who may try a password: taken and given back at once, slowed where many fail, never barred by others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from refusals import refused

from langso.timekeeping.clock import SimulatedClock
from office.errors import TooManyTries
from office.people import guesses
from office.people.guesses import ACCOUNT_TRIES, ADDRESS_TRIES, NEAR_S, PAIR_TRIES, SLOW_S, Guesses, network_of


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))


@pytest.fixture
def tries(clock: SimulatedClock) -> Guesses:
    return Guesses(clock)


def granted(tries: Guesses, names: list[str], address: str = "10.0.0.1") -> int:
    def one(name: str) -> bool:
        try:
            tries.login(name, address)
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(40) as pool:
        return sum(pool.map(one, names))


def test_a_try_is_taken_before_the_password_is_looked_at(tries: Guesses) -> None:
    assert granted(tries, ["a"] * 80) == PAIR_TRIES
    assert granted(tries, [f"ten-{number}" for number in range(80)], "10.0.0.2") == ADDRESS_TRIES


def test_a_try_that_was_right_or_not_judged_is_given_back(tries: Guesses) -> None:
    for number in range(5 * ADDRESS_TRIES):
        tries.right(tries.login(f"n-{number % 50}", "10.0.0.1"))
        tries.unjudged(tries.login("a", "10.0.0.2"))
        tries.right(tries.confirm("s"))
        tries.unjudged(tries.confirm("s"))
    assert granted(tries, ["a"] * 80, "10.0.0.2") == PAIR_TRIES


def test_the_right_password_forgives_what_its_own_session_or_browser_failed(tries: Guesses) -> None:
    for begin in (lambda: tries.confirm("s"), lambda: tries.login("a", "10.0.0.1", browser="b")):
        for _ in range(3):
            for _ in range(PAIR_TRIES - 1):
                assert begin().lane == "trusted"
            tries.right(begin())


def test_the_right_password_forgives_its_own_name_only(tries: Guesses) -> None:
    for _ in range(PAIR_TRIES - 1):
        tries.login("a", "10.0.0.1")
    tries.right(tries.login("a", "10.0.0.1"))
    for number in range(ADDRESS_TRIES - PAIR_TRIES + 1):
        tries.login(f"n-{number}", "10.0.0.1")
    with pytest.raises(TooManyTries):
        tries.login("b", "10.0.0.1")


def test_an_account_that_many_guess_at_slows_those_that_failed_there(tries: Guesses, clock: SimulatedClock) -> None:
    for number in range(ACCOUNT_TRIES - 1):
        tries.login("a", f"10.0.0.{number}")
    tries.login("a", "10.0.0.1")
    with pytest.raises(TooManyTries, match="đợi 30 giây"):
        tries.login("a", "10.0.0.1")
    tries.login("b", "10.0.0.1")
    for number in range(100, 150):
        tries.login("a", f"10.0.0.{number}")
    clock.advance(SLOW_S)
    tries.login("a", "10.0.0.1")


def test_a_network_that_logged_in_well_is_slowed_and_not_barred(tries: Guesses, clock: SimulatedClock) -> None:
    tries.right(tries.login("a", "10.0.0.1"))
    for number in range(ADDRESS_TRIES):
        tries.login(f"n-{number}", "10.0.0.1")
    for _ in range(3 * PAIR_TRIES):
        tries.login("a", "10.0.0.1")
        with pytest.raises(TooManyTries, match="đợi 2 giây"):
            tries.login("a", "10.0.0.1")
        clock.advance(NEAR_S)
    with refused(TooManyTries, "people-barred"):
        tries.login("b", "10.0.0.1")


def test_strangers_and_those_that_failed_wait_apart_from_staff(tries: Guesses) -> None:
    first = tries.login("a", "10.0.0.1")
    assert (first.lane, tries.login("a", "10.0.0.1").lane) == ("fresh", "failed")
    tries.right(tries.login("a", "10.0.0.2"))
    assert tries.login("a", "10.0.0.2").lane == "trusted"
    assert tries.login("a", "10.0.0.3", browser="b").lane == "trusted"
    assert tries.confirm("s").lane == "trusted"


def test_another_browser_of_the_same_person_has_its_own_tries(tries: Guesses) -> None:
    for _ in range(PAIR_TRIES):
        assert tries.login("a", "10.0.0.1", browser="b").lane == "trusted"
    assert tries.login("a", "10.0.0.1", browser="b").lane == "fresh"
    assert tries.login("a", "10.0.0.1", browser="c").lane == "trusted"


def test_an_address_is_what_one_machine_has() -> None:
    assert network_of("fe80::1:2%eth0") == network_of("fe80::3:4")
    assert network_of("2001:db8:0:1::1") == network_of("2001:db8:0:1:ffff::1") != network_of("2001:db8:0:2::1")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") != network_of("10.0.0.2")
    assert network_of("?") == "?"


def test_what_is_remembered_is_bounded(tries: Guesses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_KEPT", 50)
    for number in range(200):
        tries.right(tries.login("a", f"10.1.0.{number}"))
        tries.login("b", f"10.0.0.{number}")
    assert 40 <= len(tries._failures) <= 50
    assert len(tries._good) == 50
