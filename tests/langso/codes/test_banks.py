"""Banks by their BIN, compared with the list that stands beside the checkout."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from langso.codes.banks import bank_name, wallet_name


def test_each_bank_has_the_bin_it_is_listed_under(shared_dir: Path) -> None:
    with (shared_dir / "facts/banks.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["bin"]: row for row in csv.DictReader(file) if row["deprecated"] == "0"}

    def letters(name: str) -> str:
        return "".join(one for one in name.casefold() if one.isalnum() and one.isascii())

    named = {bin_: name for bin_ in listed if (name := bank_name(bin_)) is not None}
    assert len(named) > 40
    wrong = {
        bin_: name
        for bin_, name in named.items()
        if not any(
            one[:3] in letters(listed[bin_][column])
            for one in (letters(name), letters(name.split()[0]))
            for column in ("short_name", "code", "name")
        )
    }
    assert wrong == {}


def test_no_bank_is_listed_under_a_bin_that_nobody_knows(shared_dir: Path) -> None:
    text = (shared_dir / "facts/banks.csv").read_text(encoding="utf-8")
    known = {line.split(",")[0] for line in text.splitlines()}
    unknown = [bin_ for bin_ in map(str, range(500_000, 1_000_000)) if bank_name(bin_) and bin_ not in known]
    assert unknown == []


@pytest.mark.parametrize(
    ("bin_", "account", "wallet"),
    [
        ("971025", "PSP123", "MoMo"),
        ("971025", "123", None),
        ("970454", "99MM1", "MoMo"),
        ("970454", "99ZP1", "ZaloPay"),
        ("970454", "123", None),
        ("970415", "99MM1", None),
        ("970415", "99ZP1", None),
    ],
)
def test_a_wallet_shows_by_bank_and_account_together(bin_: str, account: str, wallet: str | None) -> None:
    assert wallet_name(bin_, account) == wallet
