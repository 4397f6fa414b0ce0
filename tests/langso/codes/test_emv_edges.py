"""Payment codes at the edges of what the standard lets a receiver stand in. All values are made up."""

from __future__ import annotations

import pytest

from langso.codes import Parsed, parse
from langso.codes.tlv import checksum
from langso.words.catalogue import t

GUID = "0010A000000727"
VND, VN = "5303704", "5802VN"


def item(tag: str, value: str, size: int | None = None) -> str:
    return f"{tag}{len(value) if size is None else size:02d}{value}"


def read(*parts: str) -> Parsed:
    body = "".join(("000201", *parts, VN))
    return parse(body + "6304" + checksum(body + "6304"))


def receiver(tag: str, bin_: str = "970415", account: str | None = "12345") -> str:
    inner = item("00", bin_) + (item("01", account) if account is not None else "")
    return item(tag, GUID + item("01", inner) + item("02", "QRIBFTTA"))


@pytest.mark.parametrize("tag", ["26", "38", "51"])
def test_a_receiver_is_found_in_the_first_and_the_last_place_it_may_stand(tag: str) -> None:
    parsed = read(receiver(tag), VND)
    assert (parsed.fields["bank_bin"], parsed.fields["account"]) == ("970415", "12345")
    assert (t("codes-receiver-misplaced") in parsed.problems) is (tag != "38")


@pytest.mark.parametrize("tag", ["25", "52"])
def test_beside_those_places_nobody_receives(tag: str) -> None:
    assert read(receiver(tag), VND).fields["account"] is None


@pytest.mark.parametrize(("tag", "currency", "personal"), [
    ("02", "", True), ("25", "", True), ("26", "", False), ("51", "", False), ("02", VND, False), ("26", VND, False),
])  # fmt: skip
def test_a_card_number_alone_without_a_currency_is_a_personal_wallet(tag: str, currency: str, personal: bool) -> None:
    parsed = read(item(tag, GUID if tag >= "26" else "41"), currency)
    assert (t("codes-personal-wallet") in parsed.problems) is personal


def test_a_bank_without_an_account_is_no_wallet() -> None:
    parsed = read(receiver("38", "970454", None), VND)
    assert (parsed.fields["bank"], parsed.fields["wallet"]) == ("BVBank", None)


def test_the_unit_of_lengths_is_told_as_it_was_found() -> None:
    plain, name = item("59", "NGUYEN"), "NGUYỄN VĂN MẪU"
    assert read(receiver("38"), VND, plain).fields["length_unit"] == "ascii"
    assert read(receiver("38"), VND, item("59", name)).fields["length_unit"] == "chars"
    assert read(receiver("38"), VND, item("59", name, len(name.encode()))).fields["length_unit"] == "utf8bytes"


def test_where_one_part_is_damaged_the_unit_under_which_the_rest_fits_is_right() -> None:
    name = "NGUYỄN VĂN MẪU"
    parsed = read(receiver("38"), VND, item("59", name, len(name.encode())), item("62", "0599x"))
    assert parsed.fields["length_unit"] == "utf8bytes"
    assert parsed.fields["name"] == name
    assert list(parsed.fields["template_errors"]) == ["62"]
