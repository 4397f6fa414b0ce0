"""What a clerk does in a day, in a real browser, with the keyboard alone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from real_browser import REAL_BROWSER, focused
from waiting import until

from langso.words.catalogue import t

pytestmark = REAL_BROWSER
MANY = 60
"""Presses of Tab after which a page of ours has been gone round."""


def reach(page: Any, name: str) -> None:
    """Presses Tab until the focus is at what is called so."""
    passed = []
    for _ in range(MANY):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if name in passed[-1]:
            return
    raise AssertionError(f"Tab never comes to «{name}» but to {dict.fromkeys(passed)}")


def press(page: Any, name: str, key: str = "Enter") -> None:
    """Goes to it by Tab and presses it."""
    reach(page, name)
    page.keyboard.press(key)


def test_focus_is_seen_wherever_it_is(visit: Any) -> None:
    visit.doors.world.reporter()
    page = visit.page()
    for path in ("/lich", "/soan", "/loa", "/khan-cap", "/tai-khoan"):
        page.goto(path)
        names = []
        for _ in range(MANY):
            page.keyboard.press("Tab")
            name = focused(page)
            if not name or name in names:
                break
            names.append(name)
            seen = page.evaluate(_RING)
            assert seen, f"{path}: nobody sees that the keyboard is at «{name}»"
        assert len(names) > 5, names


# A ring of its own, a coloured edge, or the ring of what a hidden box is drawn as; and within the window.
_RING = """() => {
  const one = document.activeElement, told = getComputedStyle(one);
  const shown = parseFloat(told.opacity) === 0 && one.nextElementSibling ? one.nextElementSibling : one;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const paper = one.closest(".paper"), other = document.querySelector(".box:not(:focus-within)");
  const edge = paper && getComputedStyle(paper).borderColor !== getComputedStyle(other).borderColor;
  return (ring || edge) && box.right > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
}"""


def test_a_broadcast_is_written_scheduled_and_taken_back(visit: Any, password: str) -> None:
    visit.doors.world.reporter("loa-1")
    page = visit.page(login=False)
    page.goto("/lich")
    assert focused(page) == t("console-login-name")
    page.keyboard.type("van-thu")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lich")
    press(page, t("console-write"))
    page.wait_for_url("**/soan")
    reach(page, t("console-title"))
    page.keyboard.type("Họp thôn")
    page.keyboard.press("Enter")
    assert focused(page) == t("console-content")
    page.keyboard.type("Mời bà con đi họp.")
    press(page, t("shows-everywhere"), "Space")
    press(page, t("shows-class-normal"), "ArrowRight")
    assert page.is_checked("[name=broadcast_class][value=priority]")
    press(page, t("console-send"))
    page.wait_for_url(re.compile("/ban-tin/"))
    id = urlsplit(page.url).path.rpartition("/")[2]
    assert until(lambda: visit.office.broadcasts.get(id).signed)
    assert visit.office.broadcasts.get(id).show.broadcast_class == "priority"
    page.reload()
    press(page, t("console-withdraw"))
    page.wait_for_url("**/dung")
    assert visit.office.broadcasts.get(id).ended is None
    press(page, t("console-withdraw"))
    page.wait_for_url(re.compile("/ban-tin/[^/]+$"))
    assert visit.office.broadcasts.get(id).ended is not None


def test_an_emergency_is_given_and_ended(visit: Any, password: str) -> None:
    visit.doors.world.reporter("loa-1")
    page = visit.page()
    page.goto("/lich")
    press(page, t("console-emergency"))
    page.wait_for_url("**/khan-cap")
    reach(page, t("console-content"))
    page.keyboard.type("Nước lên. Bà con lên chỗ cao.")
    press(page, t("shows-everywhere"), "Space")
    reach(page, t("console-password-again"))
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    assert visit.office.alarms.in_force() == []
    press(page, t("console-give-now"))
    assert until(lambda: len(visit.office.alarms.in_force()) == 1)
    page.wait_for_selector(".alarm")
    press(page, t("console-all-clear"))
    assert until(lambda: not visit.office.alarms.in_force())


def test_the_first_press_of_tab_offers_to_leap_over_the_menu(visit: Any) -> None:
    page = visit.page()
    page.goto("/tai-khoan")
    page.keyboard.press("Tab")
    assert focused(page) == t("console-to-content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
