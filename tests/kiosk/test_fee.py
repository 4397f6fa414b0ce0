"""What the fee journey says of codes: our own account, a stranger's, no list, broken, no payment at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import WrongStep
from kiosk.journeys.payment import CodeSearch, qr_modules, read_fee, slip
from langso import codes
from langso.contract import Account, Catalogue
from langso.settings import assets

NOW = datetime(2026, 11, 21, 1, 45, tzinfo=UTC)
LIST = Catalogue(
    issuer="office",
    audience="*",
    commune="xa-thu",
    epoch=1,
    version=1,
    issued=NOW,
    expires=NOW,
    commune_name="Xã Hoa Sơn",
    accounts=(Account(bin="970415", number="000000000001", holder="Ủy ban nhân dân xã Hoa Sơn"),),
)
accounts = st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True)
banks = st.from_regex(r"[0-9]{6}", fullmatch=True)


def code(bin_: str = "970415", account: str = "000000000001", amount: int | None = 8000, name: str = "AI DO") -> str:
    return codes.emv.write(codes.emv.VietQr(bin_, account, amount, purpose="Trich luc", name=name))


def test_our_own_account_shows_amount_words_and_the_holder_of_the_signed_list() -> None:
    fee = read_fee(code(name="KE GIAN"), LIST)
    assert fee.verdict == "own"
    assert (fee.amount_shown, fee.amount_in_words) == ("8.000 đ", "tám nghìn đồng")
    assert fee.holder == "Ủy ban nhân dân xã Hoa Sơn", "never the name its maker typed"
    assert fee.account_shown.startswith("VietinBank · ")


@given(banks, accounts, st.integers(1, 10**12))
def test_only_the_exact_account_at_the_exact_bank_is_ours(bin_: str, account: str, amount: int) -> None:
    fee = read_fee(code(bin_, account, amount), LIST)
    assert (fee.verdict == "own") == ((bin_, account) == ("970415", "000000000001"))
    assert fee.payable == (fee.verdict == "own")


@pytest.mark.parametrize("near", ["00000000001", "0000000000010", "00000000000I", "O00000000001"])
def test_a_look_alike_account_is_a_strangers(near: str) -> None:
    assert read_fee(code(account=near), LIST).verdict == "stranger"


def test_without_the_list_nobody_is_called_our_own() -> None:
    fee = read_fee(code(), None)
    assert fee.verdict == "no_list"
    assert not fee.payable


def test_a_strangers_code_is_never_drawn_nor_printed() -> None:
    fee = read_fee(code(account="99"), LIST)
    with pytest.raises(WrongStep):
        qr_modules(fee)
    with pytest.raises(WrongStep):
        slip(fee, commune="Xã", place="Thôn", now=NOW)


@given(st.text(max_size=300))
def test_any_text_is_judged_and_none_is_payable(text: str) -> None:
    fee = read_fee(text, LIST)
    assert fee.verdict in ("not_payment", "broken")
    assert fee.why


@given(st.data())
def test_a_code_with_one_letter_changed_is_never_our_own(data: Any) -> None:
    text = code()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="ascii", categories=("Lu", "Nd")))
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        assert read_fee(changed, LIST).verdict != "own"


def test_the_code_drawn_is_the_code_read() -> None:
    import cv2
    import numpy

    from scanner.codes import read_codes

    fee = read_fee(code(), LIST)
    dots = numpy.array([[0 if dark else 255 for dark in row] for row in qr_modules(fee)], numpy.uint8)
    drawn = cv2.copyMakeBorder(numpy.kron(dots, numpy.ones((6, 6), numpy.uint8)), 20, 20, 20, 20, 0, value=255)
    assert [found.text for found in read_codes(drawn)] == [fee.text]


def test_the_journey_settles_on_one_code_and_never_guesses_between_two() -> None:
    journey = CodeSearch()
    assert journey.see([], LIST) is None
    assert journey.see(["https://xa.gov.vn"], LIST) is None
    assert "không phải mã nộp tiền" in str(journey.hint)
    assert journey.see([code(), code(account="99")], LIST) is None
    assert "hai mã" in str(journey.hint)
    found = journey.see([code(), code()], LIST)
    assert found is not None
    assert found.verdict == "own"
    assert journey.see([code(account="99")], LIST) is found, "what lies there later does not change what is shown"
    journey.again()
    assert journey.fee is None


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_slip_holds_the_same_code(kind: Any, make_code: Callable[..., str]) -> None:
    if not (assets.folder() / "node_modules").is_dir():
        pytest.skip("assets not fetched: run deploy/setup.sh")
    text = make_code()
    data = slip(read_fee(text, LIST), commune="Xã Hoa Sơn", place="Nhà văn hóa thôn 2", now=NOW, kind=kind)
    if kind == "pdf":
        assert data.startswith(b"%PDF")
        return
    import cv2
    import numpy

    from scanner.codes import read_codes

    picture = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture.shape[1] == 576
    assert [found.text for found in read_codes(picture)] == [text]
    assert io.BytesIO(data).read(4) == b"\x89PNG"
