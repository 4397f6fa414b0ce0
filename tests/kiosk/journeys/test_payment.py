"""What the fee journey says of codes: our own account, a stranger's, no list, broken, no payment at all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fetched import FETCHED
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import WrongStep
from kiosk.journeys.payment import CodeSearch, qr_modules, read_fee, slip
from langso import codes
from langso.contract import VouchedAccount
from langso.contract.vouched import Payees
from langso.settings import assets
from langso.words.catalogue import Sentence

NOW = datetime(2026, 11, 21, 1, 45, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
OWN = VouchedAccount(
    id="phi", purpose="fees", bin="970415", number="000000000001", holder="Ủy ban nhân dân xã Hoa Sơn"
)
LIST = Payees((OWN,), "thon-2", NOW)
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


def test_an_account_of_the_same_number_at_another_bank_is_a_strangers() -> None:
    """Numbers are given by each bank for itself: anybody may have ours elsewhere."""
    assert read_fee(code(bin_="970436"), LIST).verdict == "stranger"
    assert read_fee(code(bin_="970436"), Payees((replace(bin="970407"), OWN), None, NOW)).verdict == "stranger"


def replace(**changes: Any) -> VouchedAccount:
    return OWN.model_copy(update=changes)


@pytest.mark.parametrize(
    ("account", "own"),
    [
        (replace(village="thon-2"), True),
        (replace(village="thon-1"), False),
        (replace(valid_from=NOW), True),
        (replace(valid_from=NOW + MOMENT), False),
        (replace(valid_until=NOW), False),
        (replace(valid_until=NOW + MOMENT), True),
        (replace(purpose="fund", holder_kind="person", holder="TRAN VAN A"), True),
        (replace(purpose="lottery"), False),
    ],
)
def test_an_account_is_ours_where_when_and_for_what_root_says(account: VouchedAccount, own: bool) -> None:
    assert (read_fee(code(), Payees((account,), "thon-2", NOW)).verdict == "own") == own


def test_a_dossiers_fee_is_never_paid_into_a_fund() -> None:
    bill = codes.emv.write(codes.emv.VietQr("970415", "000000000001", 8000, bill="H29.16-250701-0001", name="A"))
    fund = replace(purpose="fund", holder_kind="person")
    assert read_fee(bill, LIST).verdict == "own"
    assert read_fee(bill, Payees((fund,), None, NOW)).verdict == "stranger"
    assert read_fee(code(), Payees((fund,), None, NOW)).label == "quỹ"


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


def test_what_is_shown_of_a_code() -> None:
    fee = read_fee(code(), LIST)
    assert fee.account_shown == "VietinBank · 000 000 000 001"
    assert (fee.title, fee.label, fee.bill) == ("Trich luc", "", "")
    open_code = read_fee(code(amount=None), LIST)
    assert open_code.amount is None
    assert (open_code.amount_shown, open_code.amount_in_words) == (
        str(Sentence("journeys-fee-no-amount")),
        str(Sentence("prompts-fee-ask-amount")),
    )
    bill = codes.emv.write(
        codes.emv.VietQr("970415", "000000000001", 8000, bill="H29.16-250701-0001", purpose="Ho tich")
    )
    assert read_fee(bill, LIST).title == str(Sentence("journeys-fee-dossier", number="H29.16-250701-0001"))
    assert read_fee(code(), Payees((replace(label="Lệ phí"),), None, NOW)).label == "Lệ phí"


def test_of_a_strangers_code_its_own_name_and_bank_are_told() -> None:
    for payees in (LIST, None):
        fee = read_fee(code("999999", "12345"), payees)
        assert (fee.holder, fee.bank) == ("AI DO", str(Sentence("journeys-fee-bank", number="999999")))
    nameless = codes.emv.write(codes.emv.VietQr("970415", "1", 8000))
    assert read_fee(nameless, LIST).holder == read_fee(nameless, None).holder == ""
    assert read_fee(nameless, LIST).purpose == ""


def test_the_code_drawn_has_two_dots_of_quiet_around_it() -> None:
    rows = qr_modules(read_fee(code(), LIST))
    side = len(rows)
    assert {len(row) for row in rows} == {side}
    assert (side - 4 - 17) % 4 == 0, "a QR code's own side, and two modules on each"
    inner = [row[2:-2] for row in rows[2:-2]]
    assert not any(map(any, (*rows[:2], *rows[-2:])))
    assert all(inner[0][:7])
    assert sum(map(sum, rows)) == sum(map(sum, inner))


def test_a_code_is_drawn_with_the_middle_strength_against_dirt() -> None:
    import segno

    fee = read_fee(code(), LIST)
    assert len(qr_modules(fee)) == segno.make_qr(fee.text, error="m", boost_error=False).symbol_size(border=2)[0]


@FETCHED
def test_a_slip_is_eighty_millimetres_wide_at_the_printers_resolution() -> None:
    from PIL import Image

    fee = read_fee(code(), LIST)
    asked: dict[str, Any] = {"commune": "Xã", "place": "Thôn", "now": NOW}
    picture = Image.open(io.BytesIO(slip(fee, **asked)))
    assert [round(dots) for dots in picture.info["dpi"]] == [203, 203]
    box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+)", slip(fee, **asked, kind="pdf"))
    assert box is not None
    assert float(box[1]) == pytest.approx(576 / 203 * 72, abs=0.5)


def test_a_slip_says_what_is_paid_to_whom_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    told: dict[str, Any] = {}

    def drawn(**said: Any) -> Any:
        told.update(said)
        return Image.new("L", (576, 10))

    monkeypatch.setattr("kiosk.journeys.slip.draw_slip", drawn)
    fee = read_fee(code(), LIST)
    slip(fee, commune="Xã Hoa Sơn", place="Thôn 2", now=NOW)
    assert (told["heading"], told["place"], told["foot"]) == ("Xã Hoa Sơn", "Thôn 2", "08:45 Thứ Bảy 21/11/2026")
    assert [value for _, value in told["lines"]] == [
        "8.000 đ", "tám nghìn đồng", fee.holder, fee.account_shown, "Trich luc", "",
    ]  # fmt: skip
    assert told["modules"] == qr_modules(fee)


def test_what_the_search_sees_is_told_by_one_sentence() -> None:
    search = CodeSearch()
    broken = code()[:-4] + "0000"
    for texts, hint in (
        ([], "screens-fee-how"),
        (["x"], "journeys-fee-other-code"),
        ([broken], "journeys-fee-unread"),
        (["x", broken], "journeys-fee-unread"),
        ([code(), code(account="2")], "journeys-fee-two-codes"),
        ([], "screens-fee-how"),
    ):
        assert search.see(texts, LIST) is None
        assert search.hint == Sentence(hint)
    assert search.see(["x", code(account="99")], LIST) is search.fee is not None
    search.again()
    assert (search.fee, search.hint) == (None, Sentence("screens-fee-how"))
