"""Every route says whom it is for; whoever has no such role is refused, and the refusal is logged."""

from __future__ import annotations

from typing import Any

import pytest
from app_routes import leaves
from fastapi import APIRouter
from starlette.routing import BaseRoute

from office.people.audit import Audit
from office.people.roles import ROLES, Role
from office.web.app import make_app
from office.web.permits import OpenToAll, Permit

# What gives nothing that is secret, or proves otherwise who asks.
OPEN_PATHS = ("/dang-nhap", "/media/", "/static/", "/desk/uploads", "/devices/", "/cai-chung-thu")


def permits(route: BaseRoute) -> list[object]:
    return [
        one.dependency for one in getattr(route, "dependencies", []) if isinstance(one.dependency, Permit | OpenToAll)
    ]


def test_every_route_says_whom_it_is_for(office_world: Any) -> None:
    routes = list(leaves(make_app(office_world.office).routes))
    assert len(routes) > 40
    undeclared = [getattr(route, "path", repr(route)) for route in routes if len(permits(route)) != 1]
    assert undeclared == []
    open_ones = {
        str(route.path)  # type: ignore[attr-defined]
        for route in routes
        if isinstance(permits(route)[0], OpenToAll)
    }
    assert [path for path in open_ones if not path.startswith(OPEN_PATHS)] == []


def test_the_check_sees_a_route_without() -> None:
    router = APIRouter()

    @router.get("/trong")
    def forgotten() -> None:
        """Nobody said whom this is for."""

    assert [permits(route) for route in leaves(router.routes)] == [[]]


@pytest.fixture
def as_role(new_browser: Any, accounts: Any, password: str) -> Any:
    def make(*roles: Role) -> Any:
        accounts.add("Người mới", password, roles)
        browser = new_browser()
        assert browser.login("nguoi-moi").status_code == 303
        return browser

    return make


@pytest.mark.parametrize(
    ("path", "form", "roles"),
    [
        ("/soan", None, {"writer"}),
        ("/soan", {"text": "Tin."}, {"writer"}),
        ("/soan/doc", {"text": "Tin."}, {"writer"}),
        ("/khan-cap", {"text": "Lũ."}, {"approver"}),
        ("/ban-tin/b1/dung", {}, {"writer", "approver"}),
        ("/khan-cap/u1/bao-yen", {}, {"writer", "approver"}),
        ("/giay-to", None, {"desk"}),
        ("/giay-to/x/tep", None, {"desk"}),
        ("/giay-to/x/luu-tru", {"code": "H"}, {"desk"}),
        ("/giay-to/mo-khoa", {"passphrase": "x"}, {"desk"}),
        ("/giay-to/khoa-lai", {}, {"desk"}),
        ("/giay-to/cau-mat-khau", {"new": "x", "again": "x"}, {"desk"}),
        ("/loa/loa-1/khoi-dong-lai", {}, {"admin"}),
        ("/loa/loa-1/da-xem", {}, {"admin"}),
        ("/lich", None, set(ROLES)),
        ("/loa", None, set(ROLES)),
        ("/khan-cap", None, set(ROLES)),
        ("/tai-khoan", None, set(ROLES)),
    ],
)
def test_a_role_opens_what_it_is_for_and_nothing_else(
    as_role: Any, office_world: Any, path: str, form: dict[str, str] | None, roles: set[str]
) -> None:
    audit = Audit(office_world.office.store, office_world.office.clock)
    for role in ROLES:
        browser = as_role(role)
        answer = browser.get(path) if form is None else browser.post(path, form, page="/tai-khoan")
        assert (answer.status_code == 403) == (role not in roles), (role, answer.status_code)
        if role not in roles:
            assert "Việc này dành cho" in answer.text
            newest = audit.newest(1)[0]
            assert (newest.who, newest.action, newest.subject) == ("nguoi-moi", "forbidden", path)
    assert audit.verify().broken is None


def test_nothing_is_shown_that_one_may_not_do(as_role: Any) -> None:
    desk = as_role("desk")
    assert 'href="/soan"' not in desk.get("/lich").text
    assert 'href="/giay-to"' in desk.get("/lich").text
    assert 'name="password"' not in desk.get("/khan-cap").text
    assert "Chỉ người duyệt phát khẩn được" in desk.get("/khan-cap").text
    writer = as_role("writer")
    assert 'href="/soan"' in writer.get("/lich").text
    assert 'href="/giay-to"' not in writer.get("/lich").text
    assert "người soạn" in writer.get("/tai-khoan").text


def test_a_role_taken_away_is_gone_with_the_next_click(as_role: Any, accounts: Any) -> None:
    browser = as_role("writer", "desk")
    assert browser.get("/soan").status_code == 200
    accounts.give("Người mới", ("desk",), "van-thu")
    assert browser.get("/soan").status_code == 403
    assert browser.get("/giay-to").status_code == 200
