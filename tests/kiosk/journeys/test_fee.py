"""The fee journey without a screen: what a code asks, whose account it is, what may be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import WrongStep
from kiosk.journeys.fee import LOOK, FeeJourney, qr_modules, read_fee, slip
from langso import assets, codes

OWN = "000000000001"


@pytest.fixture
def listed(commune: Any) -> Any:
    return commune.catalogue()


def test_the_communes_own_account_is_named_as_the_signed_list_names_it(
    listed: Any, make_code: Callable[..., str]
) -> None:
    fee = read_fee(make_code(name="KE GIAN"), listed)
    assert (fee.verdict, fee.payable) == ("own", True)
    assert fee.holder == "Ủy ban nhân dân xã Hoa Sơn", "the name in the code is whatever its maker typed"
    assert (fee.amount_shown, fee.amount_in_words) == ("8.000 đ", "tám nghìn đồng")
    assert fee.title == "Hồ sơ H29.16-250701-0001"


def test_another_number_at_the_same_bank_is_a_stranger(listed: Any, make_code: Callable[..., str]) -> None:
    fee = read_fee(make_code("000000000002"), listed)
    assert (fee.verdict, fee.payable) == ("stranger", False)
    assert "Đừng chuyển tiền" in fee.why


def test_the_same_number_at_another_bank_is_a_stranger(listed: Any) -> None:
    text = codes.emv.write(codes.emv.VietQr("970436", OWN, 8000))
    assert read_fee(text, listed).verdict == "stranger"


def test_without_the_list_nobody_is_called_right_or_wrong(make_code: Callable[..., str]) -> None:
    fee = read_fee(make_code(), None)
    assert (fee.verdict, fee.payable) == ("no_list", False)


def test_a_code_without_an_amount_says_so(listed: Any, make_code: Callable[..., str]) -> None:
    fee = read_fee(make_code(amount=None), listed)
    assert fee.payable
    assert fee.amount_shown == "Chưa ghi số tiền"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.invalid/nop",
        "001095000001|012345678|Nguyễn Văn Mẫu|05031995|Nam|Hà Nội|10052021",
        "H29.16-250701-0001",
        "xin chào",
        "",
    ],
)
def test_a_code_that_is_no_payment_says_what_to_do(listed: Any, text: str) -> None:
    fee = read_fee(text, listed)
    assert (fee.verdict, fee.payable) == ("not_payment", False)
    assert "mã" in fee.why


@given(data=st.data())
def test_a_changed_character_never_makes_a_strangers_code_payable(data: st.DataObject) -> None:
    from langso.contract import Account, Catalogue

    now = datetime(2026, 11, 22, tzinfo=UTC)
    listed = Catalogue(
        issuer="office",
        audience="*",
        commune="xa-thu",
        epoch=1,
        version=1,
        issued=now,
        expires=now,
        commune_name="Xã",
        accounts=(Account(bin="970415", number=OWN, holder="Xã"),),
    )
    text = codes.emv.write(codes.emv.VietQr("970415", OWN, 8000))
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters(exclude_characters=text[at])) + text[at + 1 :]
    fee = read_fee(changed, listed)
    # Lower-case checksum digits occur in the wild and say the same.
    if fee.payable:
        assert changed.upper() == text.upper()


@given(st.text(max_size=600))
def test_any_text_at_all_gets_an_answer_and_none_can_be_paid(text: str) -> None:
    assert not read_fee(text, None).payable


def test_no_code_and_no_slip_for_an_account_that_is_not_the_communes(
    listed: Any, make_code: Callable[..., str]
) -> None:
    fee = read_fee(make_code("999900001111"), listed)
    with pytest.raises(WrongStep):
        qr_modules(fee)
    with pytest.raises(WrongStep):
        slip(fee, commune="Xã Hoa Sơn", place="Thôn 2", now=datetime.now(UTC))


@pytest.mark.skipif(not (assets.folder() / "node_modules").is_dir(), reason="assets not fetched: run deploy/setup.sh")
def test_the_slip_carries_the_same_code_for_the_counter(listed: Any, make_code: Callable[..., str]) -> None:
    import cv2
    import numpy

    from scanner.reading import read_codes

    text = make_code()
    now = datetime(2026, 11, 22, 1, 45, tzinfo=UTC)
    picture = slip(read_fee(text, listed), commune="Xã Hoa Sơn", place="Nhà văn hóa thôn 2", now=now)
    image = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_COLOR)
    assert [code.text for code in read_codes(image)] == [text]
    paper = slip(read_fee(text, listed), commune="Xã Hoa Sơn", place="Thôn 2", now=now, kind="pdf")
    assert paper.startswith(b"%PDF")


def test_two_payment_codes_are_not_guessed_between(listed: Any, make_code: Callable[..., str]) -> None:
    journey = FeeJourney()
    assert journey.see([make_code(), make_code("999900001111")], listed) is None
    assert "một mã" in journey.hint
    assert journey.see([make_code(), make_code()], listed) is not None, "the same code twice is one code"


def test_a_code_once_found_stays_until_another_is_wanted(listed: Any, make_code: Callable[..., str]) -> None:
    journey = FeeJourney()
    assert journey.see([], listed) is None
    assert journey.hint == LOOK
    first = journey.see([make_code()], listed)
    assert journey.see([make_code("999900001111")], listed) is first
    journey.again()
    assert (journey.fee, journey.hint) == (None, LOOK)


def test_a_code_beside_a_web_address_is_the_one_meant(listed: Any, make_code: Callable[..., str]) -> None:
    fee = FeeJourney().see(["https://example.invalid", make_code()], listed)
    assert fee is not None
    assert fee.verdict == "own"
