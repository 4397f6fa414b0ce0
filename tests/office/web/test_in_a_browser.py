"""Every page in a real browser, on an office PC and on a small phone: nothing sticks out, axe finds nothing wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from filled_office import DESK_PHRASE, TEXT, fill, on_their_way, seal_desk, to_approve, to_confirm
from real_browser import NARROW, REAL_BROWSER, WIDE, sticking_out, violations

from office.people.accounts import Accounts

pytestmark = REAL_BROWSER
PAGES = ("/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan", "/khong-co")


class Look:
    """Somebody's browser, and what is wrong with the pages that it was shown. `axe_at`: the widths at which axe looks
    too, half a second each; whether something sticks out is looked at in both.
    """

    def __init__(self, visit: Any, axe_at: tuple[int, ...] = (WIDE,), **more: Any) -> None:
        self.page = visit.page(**more)
        self.axe_at = axe_at
        self.wrong: list[str] = []

    def at(self, *paths: str, then: Callable[[Any], None] = lambda page: None) -> None:
        """Goes to each path, does `then` with the page, and looks."""
        for path in paths:
            self.page.goto(path)
            then(self.page)
            for width in (WIDE, NARROW):
                self.page.set_viewport_size({"width": width, "height": 800})
                out = sticking_out(self.page)
                self.wrong += [f"{path} at {width}: sticks out: {out}"] if out else []
                if width in self.axe_at:
                    self.wrong += [f"{path} at {width}: {one}" for one in violations(self.page)]
            self.page.set_viewport_size({"width": WIDE, "height": 800})


@pytest.fixture
def look(visit: Any) -> Iterator[Callable[..., Look]]:
    """Makes a Look; at the end everything that is wrong is told at once."""
    made: list[Look] = []

    def make(*axe_at: tuple[int, ...], **more: Any) -> Look:
        made.append(Look(visit, *axe_at, **more))
        return made[-1]

    yield make
    wrong = dict.fromkeys(one for each in made for one in each.wrong)
    wrong |= dict.fromkeys(one for one in visit.complaints if "Failed to load resource" not in one)
    assert not wrong, "\n".join(wrong)


def test_what_is_wrong_with_a_page_is_seen(visit: Any) -> None:
    page = visit.page(NARROW, login=False)
    page.set_content(
        "<html lang=vi><title>x</title><main><h1>Một</h1><h3>Ba</h3><p style='width:500px'>quá rộng</p>"
        "<button></button><input><p style='color:#bbb;background:#fff'>mờ</p></main>"
    )
    assert sticking_out(page)[1:] == ["quá rộng"]
    rules = {one.split(" ")[0] for one in violations(page)}
    assert rules == {"button-name", "color-contrast", "heading-order", "label", "target-size"}
    page.set_content("<html lang=vi><title>x</title><main><h1>Một</h1><p>vừa</p></main>")
    assert sticking_out(page) == []
    assert violations(page) == []


def test_pages_of_the_first_day(look: Callable[..., Look], visit: Any) -> None:
    both = (WIDE, NARROW)
    look(both).at(*PAGES)
    stranger = look(both, login=False)
    guide = f"http://127.0.0.1:{visit.doors.port('guide')}/cai-chung-thu"
    stranger.at("/dang-nhap", "/lich", "/cai-chung-thu", guide)

    def wrong_password(page: Any) -> None:
        page.fill("[name=name]", "van-thu")
        page.fill("[name=password]", "sai")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")

    stranger.at("/dang-nhap", then=wrong_password)


def test_pages_of_a_working_day(look: Callable[..., Look], visit: Any) -> None:
    office = visit.office
    pages = fill(office, visit.doors.world.reporter)
    clerk = look()
    clerk.at(*pages.values(), *on_their_way(office).values())

    def heard(page: Any) -> None:
        page.fill("[name=text]", TEXT)
        page.click("[formaction='/soan/nghe']")
        page.wait_for_selector("audio")

    clerk.at("/soan", then=heard)
    order = office.alarms.urgent(
        "Lũ quét. Bà con khu suối đi lên nhà văn hóa ngay.", targets=["loa-thon-7", "loa-thon-4"], by="van-thu"
    )
    clerk.at("/lich", "/khan-cap")
    visit.doors.world.stop_signer()
    office.alarms.all_clear(order.id, "van-thu")
    clerk.at("/lich", "/soan", "/khan-cap")


def test_pages_of_who_confirms_and_opens_papers(look: Callable[..., Look], visit: Any, password: str) -> None:
    office = visit.office
    accounts = Accounts(office.store, office.clock, office.settings.office)
    accounts.add("Văn thư xã", password)
    fill(office, visit.doors.world.reporter)
    pages = to_confirm(office)
    look(name="van-thu-xa").at(*pages.values())
    sealed = seal_desk(office).values()
    # Who is enrolled nowhere, and opens no papers; then who does.
    look().at(pages["khan-cap-confirm"], pages["rut-confirm"], *sealed)
    officer = look(name="van-thu-xa")
    officer.at(*sealed)
    office.desk.key.unlock("van-thu-xa", DESK_PHRASE)
    officer.at(*sealed, *to_approve(office).values())
    look().at(*sealed)


def test_pages_of_who_may_not_and_who_is_new(look: Callable[..., Look], visit: Any, password: str) -> None:
    accounts = Accounts(visit.office.store, visit.office.clock, visit.office.settings.office)
    accounts.add("Một cửa", password, ("desk",))
    desk = look(name="mot-cua")
    desk.at("/lich", "/soan", "/khan-cap")
    once = accounts.add("Người mới")
    look(name="nguoi-moi", password=once).at("/tai-khoan")


def test_strong_contrast_and_english_fit_too(look: Callable[..., Look], visit: Any) -> None:
    fill(visit.office, visit.doors.world.reporter)
    look(contrast="more").at("/lich", "/soan", "/loa", "/khan-cap")
    look((), locale="en-GB").at("/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan")
