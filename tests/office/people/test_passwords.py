"""Passwords that anybody would guess."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from langso.durable.store import Store
from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SystemClock
from office.errors import PasswordRefused
from office.people.accounts import Accounts
from office.store import MIGRATIONS


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: Any) -> Any:
    store = Store(tmp_path_factory.mktemp("accounts") / "office.db", MIGRATIONS)
    yield Accounts(store, SystemClock(), OfficeSettings(), ("xuan-son", "Xã Xuân Sơn"))
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
    with refused(PasswordRefused, "people-password-guessed"):
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


@pytest.mark.parametrize(
    "guess",
    [
        *(
            "Mật khẩu 2026",
            "matkhau@123456",
            "matkhaumatkhau",
            "mat.khau.2026",
            "p@ssw0rd2024",
            "P4$$w0rd!!",
            "iloveyou3000",
        ),
        *("1qaz2wsx3edc", "qwertyuiop123", "poiuytrewq99", "asdfghjkl;'1", "abcdefghij12", "zyxwvutsrq1"),
        *(
            "sunshinedragon",
            "tinkerbell12",
            "12345footbal",
            "dragon-dragon-dragon",
            "Anh yêu em 1990",
            "vietnam30041975",
        ),
    ],
)
def test_what_others_try_first_is_refused_however_it_is_spelt(accounts: Accounts, guess: str) -> None:
    with refused(PasswordRefused, "people-password-guessed"):
        accounts.checked(guess, "ke-toan", "Lò Thị Mảy")


@pytest.mark.parametrize(
    "guess",
    [
        *(
            "xuanson2026",
            "Xuân Sơn 2026!",
            "XaXuanSon123",
            "xu4ns0n-2026",
            "2026xuanson",
            "ketoan12345",
            "Kế-toán@2026",
        ),
        *("lothimay1990", "Mảy.Lò.Thị.77", "matkhauxuanson", "xuansonxuanson"),
    ],
)
def test_the_own_name_the_accounts_and_the_communes_are_refused(accounts: Accounts, guess: str) -> None:
    with refused(PasswordRefused, "people-password-own"):
        accounts.checked(guess, "ke-toan", "Lò Thị Mảy")


@pytest.mark.parametrize(
    "good",
    [
        *("xuân sơn có rừng già", "bốn con trâu", "correct horse battery staple", "ruộng bậc thang", "kT9#vLq2xWz"),
        *("trời xanh mây trắng", "nhà em có 3 con mèo", "cà phê sữa đá 4 ly", "mưa to gió lớn ở bản"),
    ],
)
def test_a_sentence_may_have_a_known_word_in_it(accounts: Accounts, good: str) -> None:
    assert accounts.checked(good, "ke-toan", "Lò Thị Mảy") == good


def test_the_list_has_ten_thousand_and_none_stands_as_a_password(accounts: Accounts) -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    common = FREQUENCY_LISTS["passwords"][:10_000]
    assert len(common) == 10_000
    for word in (*common[::97], "sasha_007", "k.lvbkf"):
        for guess in (f"{word}2026", f"2026{word}", f"{word}{word}{word}"):
            if len(guess) >= 10 and len(word) >= 4 and (word.isalnum() or guess != 3 * word):
                with pytest.raises(PasswordRefused):
                    accounts.checked(guess, "ke-toan")


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_text_breaks_the_rules(accounts: Accounts, text: str, name: str) -> None:
    with contextlib.suppress(PasswordRefused):
        accounts.checked(text, "ke-toan", name)


def test_an_account_keeps_its_password_until_it_changes_it(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("office.people.accounts.checked_password", lambda password, *_: password)
    accounts.add("Cũ", "xuanson2026")
    monkeypatch.undo()
    opened = accounts.login("Cũ", "xuanson2026", "127.0.0.1")
    with refused(PasswordRefused, "people-password-own"):
        accounts.change(opened.session, "xuanson2026", "xuanson2027", "127.0.0.1")
