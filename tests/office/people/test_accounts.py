"""Accounts: guesses are limited, sessions end, tokens and passwords are kept only as hashes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SimulatedClock
from office.errors import LoginRefused, PasswordRefused, TooManyTries
from office.people import hashing
from office.people.accounts import Accounts, login_of
from office.people.guesses import ACCOUNT_TRIES, ADDRESS_TRIES, CONFIRM_S, PAIR_TRIES
from office.store import open_store

pytestmark = pytest.mark.usefixtures("quick_hashes")
GOOD = "bốn con trâu đi cày"


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))


@pytest.fixture
def accounts(tmp_path: Path, clock: SimulatedClock) -> Iterator[Accounts]:
    with open_store(tmp_path / "office.db") as store:
        made = Accounts(store, clock, OfficeSettings())
        made.add("Văn thư", GOOD)
        yield made


def test_the_right_password_opens_and_another_does_not(accounts: Accounts) -> None:
    assert accounts.login("Văn thư", GOOD, "a").session.login == "van-thu"
    for name, password in (("van-thu", GOOD + "x"), ("khac", GOOD), ("", ""), ("x" * 500, GOOD)):
        with pytest.raises(LoginRefused):
            accounts.login(name, password, "a")


def test_the_file_holds_neither_password_nor_token(accounts: Accounts, tmp_path: Path) -> None:
    opened = accounts.login("van-thu", GOOD, "a")
    held = b"".join(path.read_bytes() for path in tmp_path.glob("office.db*"))
    assert GOOD.encode() not in held
    assert opened.token.encode() not in held
    assert f"$argon2id$v=19$m={hashing.MEMORY_KIB},t={hashing.ROUNDS},p=1$".encode() in held


def test_a_login_makes_a_fresh_token_and_ends_the_old_one(accounts: Accounts) -> None:
    first = accounts.login("van-thu", GOOD, "a")
    second = accounts.login("van-thu", GOOD, "a", old_token=first.token)
    assert len(second.token) >= 22
    assert accounts.session(first.token) is None
    assert accounts.session(second.token) is not None


def test_sessions_end_when_idle_or_old_and_polling_is_not_presence(accounts: Accounts, clock: SimulatedClock) -> None:
    token = accounts.login("van-thu", GOOD, "a").token
    clock.advance(29 * 60)
    assert accounts.session(token) is not None
    clock.advance(29 * 60)
    assert accounts.session(token, touch=False) is not None
    clock.advance(2 * 60)
    assert accounts.session(token, touch=False) is None
    busy = accounts.login("van-thu", GOOD, "a").token
    for _ in range(10 * 3 - 1):
        clock.advance(20 * 60)
        assert accounts.session(busy) is not None
    clock.advance(20 * 60)
    assert accounts.session(busy) is None


def fail(accounts: Accounts, times: int, address: str, login: str = "van-thu") -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            accounts.login(login, "sai", address)


def test_ten_wrong_passwords_bar_the_address_they_came_from_for_a_while(
    accounts: Accounts, clock: SimulatedClock
) -> None:
    fail(accounts, PAIR_TRIES, "10.0.0.1")
    with refused(TooManyTries, "people-barred"):
        accounts.login("van-thu", GOOD, "10.0.0.1")
    clock.advance(16 * 60)
    assert accounts.login("van-thu", GOOD, "10.0.0.1")


def test_strangers_failures_keep_no_clerk_out(accounts: Accounts) -> None:
    session = accounts.login("van-thu", GOOD, "10.0.1.1").session
    for number in range(2 * ACCOUNT_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login("van-thu", "sai", f"10.0.0.{number}")
    assert accounts.login("van-thu", GOOD, "10.0.1.1"), "an address that logged in well"
    assert accounts.login("van-thu", GOOD, "10.0.1.2"), "an address that never failed"
    accounts.confirm(session, GOOD, "10.0.0.1")


def test_a_confirmation_is_judged_by_its_own_sessions_failures_alone(
    accounts: Accounts, clock: SimulatedClock
) -> None:
    mine, other = (accounts.login("van-thu", GOOD, "10.0.1.1").session for _ in range(2))
    for _ in range(PAIR_TRIES):
        with pytest.raises(LoginRefused):
            accounts.confirm(other, "sai", "10.0.1.1")
    with refused(TooManyTries, "people-wait"):
        accounts.confirm(other, GOOD, "10.0.1.1")
    # It waits a moment; however often it failed, it is never barred.
    for _ in range(50):
        clock.advance(CONFIRM_S)
        with pytest.raises(LoginRefused):
            accounts.confirm(other, "sai", "10.0.1.1")
    clock.advance(CONFIRM_S)
    accounts.confirm(other, GOOD, "10.0.1.1")
    accounts.confirm(mine, GOOD, "10.0.1.1")
    assert accounts.login("van-thu", GOOD, "10.0.1.1")
    fail(accounts, PAIR_TRIES, "10.0.1.3")
    accounts.confirm(mine, GOOD, "10.0.1.3")


def test_a_browser_that_was_used_before_comes_in_through_the_address_of_an_attacker(accounts: Accounts) -> None:
    browser = accounts.login("van-thu", GOOD, "10.0.1.1").browser
    fail(accounts, PAIR_TRIES, "nat")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "nat")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "nat", browser=browser + "x")
    assert accounts.login("van-thu", GOOD, "nat", browser=browser).browser == browser


def test_a_browsers_own_guesses_are_limited_too(accounts: Accounts) -> None:
    browser = accounts.login("van-thu", GOOD, "10.0.1.1").browser
    accounts.add("Kế toán", GOOD)
    for _ in range(PAIR_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login("van-thu", "sai", "10.0.0.2", browser=browser)
    # Then it is a stranger: ten more from that address, and no more.
    for _ in range(PAIR_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login("van-thu", "sai", "10.0.0.2", browser=browser)
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "10.0.0.2", browser=browser)
    fail(accounts, PAIR_TRIES, "10.0.0.3", "ke-toan")
    with pytest.raises(TooManyTries):
        accounts.login("ke-toan", GOOD, "10.0.0.3", browser=browser)


@pytest.mark.parametrize("end", ["reset", "disabled", "old"])
def test_a_browser_is_forgotten(accounts: Accounts, clock: SimulatedClock, end: str) -> None:
    browser = accounts.login("van-thu", GOOD, "10.0.1.1").browser
    fail(accounts, PAIR_TRIES, "nat")
    if end == "old":
        clock.advance(181 * 86400)
        fail(accounts, PAIR_TRIES, "nat")
    else:
        if end == "disabled":
            accounts.disable("van-thu")
        accounts.add("Văn thư", GOOD)
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "nat", browser=browser)


def test_guessing_is_limited_by_address_over_many_names(accounts: Accounts) -> None:
    for number in range(ADDRESS_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login(f"ten-{number}", "sai", "a")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "a")
    assert accounts.login("van-thu", GOOD, "b")


def test_of_many_tries_at_once_no_more_are_judged_than_one_after_another(accounts: Accounts) -> None:
    def one(number: int) -> str:
        try:
            accounts.login("van-thu", f"sai {number}", "10.0.0.1")
        except TooManyTries:
            return "refused"
        except LoginRefused:
            return "judged"
        return "in"

    with ThreadPoolExecutor(80) as pool:
        said = list(pool.map(one, range(80)))
    assert said.count("judged") <= PAIR_TRIES
    assert said.count("in") == 0
    fail(accounts, PAIR_TRIES - said.count("judged"), "10.0.0.1")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "10.0.0.1")


@pytest.mark.parametrize(
    "bad", ["ngắn", "12345678901", "aaaaaaaaaaaa", "matkhau2026", "Mật khẩu 2026", "Langso1234", "x" * 257]
)
def test_poor_passwords_are_refused(accounts: Accounts, bad: str) -> None:
    with pytest.raises(PasswordRefused):
        accounts.add("moi", bad)


def test_the_own_name_is_no_password(accounts: Accounts) -> None:
    with pytest.raises(PasswordRefused):
        accounts.add("Văn thư xã Hoa Sơn", "vanthuxahoason2026")


def test_a_one_time_password_must_be_changed_and_grows_stale(accounts: Accounts, clock: SimulatedClock) -> None:
    once = accounts.add("Kế toán")
    assert once is not None
    opened = accounts.login("ke-toan", once, "a")
    assert opened.session.must_change
    changed = accounts.change(opened.session, once, GOOD, "a")
    assert not changed.session.must_change
    assert accounts.session(opened.token) is None
    stale = accounts.add("Kế toán")
    assert stale is not None
    clock.advance(8 * 86400)
    with pytest.raises(LoginRefused):
        accounts.login("ke-toan", stale, "a")


def test_a_disabled_account_opens_nothing(accounts: Accounts) -> None:
    token = accounts.login("van-thu", GOOD, "a").token
    accounts.disable("van-thu")
    assert accounts.session(token) is None
    with pytest.raises(LoginRefused):
        accounts.login("van-thu", GOOD, "a")


def test_one_cannot_end_anothers_session(accounts: Accounts) -> None:
    accounts.add("Kế toán", GOOD)
    mine, other = accounts.login("van-thu", GOOD, "a"), accounts.login("ke-toan", GOOD, "a")
    accounts.end("van-thu", other.session.id)
    assert accounts.session(other.token) is not None
    accounts.end("van-thu", mine.session.id)
    assert accounts.session(mine.token) is None


@given(st.text(max_size=80))
def test_any_name_makes_a_plain_login_or_is_refused(name: str) -> None:
    try:
        login = login_of(name)
    except LoginRefused:
        return
    assert login.isascii()
    assert 1 <= len(login) <= 32
    assert login_of(login) == login
