"""Accounts: guesses are limited, sessions end, tokens and passwords are kept only as hashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.clock import SimulatedClock
from langso.settings_model import OfficeSettings
from office.accounts import ACCOUNT_TRIES, ADDRESS_TRIES, Accounts, login_of
from office.errors import LoginRefused, PasswordRefused, TooManyTries
from office.store import open_store

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
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in held


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


def test_guessing_is_limited_by_account_even_with_the_right_password(
    accounts: Accounts, clock: SimulatedClock
) -> None:
    for number in range(ACCOUNT_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login("van-thu", "sai", f"10.0.0.{number}")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "b")
    clock.advance(16 * 60)
    assert accounts.login("van-thu", GOOD, "b")


def test_guessing_is_limited_by_address_over_many_names(accounts: Accounts) -> None:
    for number in range(ADDRESS_TRIES):
        with pytest.raises(LoginRefused):
            accounts.login(f"ten-{number}", "sai", "a")
    with pytest.raises(TooManyTries):
        accounts.login("van-thu", GOOD, "a")
    assert accounts.login("van-thu", GOOD, "b")


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
