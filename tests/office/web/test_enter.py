"""Enter in a field: which button a browser presses, on every form of the console."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from filled_office import CLERK, fill, seal_desk, to_confirm

HARMLESS = {
    "/dang-nhap": "logs in, as everybody expects",
    "/tai-khoan": "asks for all three passwords first",
    "/luu-tru": "gives a copy of what is kept already",
}
"""Actions that Enter in a field may set going, by how they end; each with why."""
PROOFS = {
    "/xac-nhan": "asks for the digits that confirm it, and for nothing else",
    "/dung": "the same, on a page of its own that asks first",
    "/bao-yen": "the same",
    "/mo-khoa": "asks for the passphrase that opens papers",
    "/cau-mat-khau": "asks for a passphrase twice, and both must be typed",
}
"""And where a form asks for nothing but who asks; that empty and wrong ones do nothing is tried in a browser."""
PAGES = ("/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan", "/khong-co")


class Forms(HTMLParser):
    """The forms of a page: what each does, whether a field stands in it, and whether its first button is disabled."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self._in: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._in = {"action": has.get("action"), "fields": 0, "first": None, "buttons": []}
            self.found.append(self._in)
        elif self._in is not None and tag == "input" and has.get("type") not in ("hidden", "submit"):
            self._in["fields"] += 1
        elif self._in is not None and tag == "button" and has.get("type", "submit") == "submit":
            does = has.get("formaction") or self._in["action"]
            self._in["buttons"].append((does, "disabled" in has))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in = None


def wrong_forms(page: str, harmless: Iterable[str] = HARMLESS) -> list[str]:
    """Actions that Enter in a field would set going, and may not."""
    forms = Forms()
    forms.feed(page)
    wrong = []
    for form in forms.found:
        if not form["fields"] or not form["buttons"]:
            continue
        does, disabled = form["buttons"][0]
        if not disabled and not str(does).endswith(tuple(harmless)):
            wrong.append(str(does))
    return wrong


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("<form action='/soan'><input name=a><button>Gửi</button></form>", ["/soan"]),
        ("<form action='/soan'><button disabled></button><input name=a><button>Gửi</button></form>", []),
        ("<form action='/x/dung'><input type=hidden><button>Rút</button></form>", []),
        ("<form action='/soan'><input name=a><button type=button></button><button>Gửi</button></form>", ["/soan"]),
        ("<form action='/dang-nhap'><input name=a><button>Vào</button></form>", []),
    ],
)
def test_what_enter_would_press_is_seen(form: str, wrong: list[str]) -> None:
    assert wrong_forms(form) == wrong


def test_enter_in_a_field_sends_withdraws_and_orders_nothing(
    browser: Any, new_browser: Any, device: Any, office_world: Any
) -> None:
    office_world.office.alarms.urgent("Lũ quét.", targets=["*"], by="van-thu")
    paper = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), b"%PDF-1.7 x", "hs-9")
    pages = {path: browser.get(path).text for path in (*PAGES, f"/giay-to/{paper}/luu-tru")}
    pages["/dang-nhap"] = new_browser().get("/dang-nhap").text
    assert {path: wrong for path, text in pages.items() if (wrong := wrong_forms(text))} == {}


def test_enter_in_a_proof_does_what_is_asked_there_and_nothing_else(
    browser: Any, new_browser: Any, accounts: Any, password: str, office_world: Any
) -> None:
    accounts.add("Văn thư xã", password)
    clerk = new_browser()
    clerk.login(CLERK, password)
    fill(office_world.office, office_world.reporter)
    pages = {**to_confirm(office_world.office), **seal_desk(office_world.office)}
    found = {path: wrong_forms(clerk.get(path).text) for path in pages.values()}
    asked = {does for all in found.values() for does in all}
    assert {end for end in PROOFS for does in asked if does.endswith(end)} == {*PROOFS} - {"/cau-mat-khau"}
    assert {
        path: wrong for path in pages.values() if (wrong := wrong_forms(clerk.get(path).text, (*HARMLESS, *PROOFS)))
    } == {}
