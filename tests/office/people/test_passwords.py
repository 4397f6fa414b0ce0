"""Passwords that anybody would guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.durable.store import Store
from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SystemClock
from office.errors import PasswordRefused
from office.people.accounts import Accounts
from office.store import MIGRATIONS


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: Any) -> Any:
    store = Store(tmp_path_factory.mktemp("accounts") / "office.db", MIGRATIONS)
    yield Accounts(store, SystemClock(), OfficeSettings())
    store.close()


@pytest.mark.parametrize(
    "guess",
    [
        "2345678901",
        "9876543210987",
        "0912345678",
        "1122334455",
        "aaaaaaaaaab",
        "hoa 1111111111",
        "xã 1234567890",
        "matkhau12345678",
        "langso 987654321",
        "a.1.2.3.4.5.6.7.8",
    ],
)
def test_digits_in_a_row_and_one_character_over_and_over_are_refused(accounts: Accounts, guess: str) -> None:
    with pytest.raises(PasswordRefused, match="ai cũng đoán được"):
        accounts.checked(guess, "van-thu")


@pytest.mark.parametrize("good", ["bốn con trâu đi cày", "giếng làng 1975 nước", "Kx7-mưa-rào", "hoa sen 2026"])
def test_words_that_have_nothing_to_do_with_each_other_are_taken(accounts: Accounts, good: str) -> None:
    assert accounts.checked(good, "van-thu") == good


@given(st.integers(0, 9), st.sampled_from([1, -1]), st.integers(10, 60), st.text("abcxyz", max_size=3))
def test_no_run_of_digits_of_any_length_is_enough(
    accounts: Accounts, first: int, step: int, length: int, tail: str
) -> None:
    run = "".join(str((first + step * n) % 10) for n in range(length))
    for guess in (run + tail, tail + run):
        with pytest.raises(PasswordRefused):
            accounts.checked(guess, "van-thu")
