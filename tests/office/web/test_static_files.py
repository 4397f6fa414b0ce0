"""Pages and files on an old PC and a bad line: compressed, named by their content, kept for ever, small."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from fetched import FETCHED
from hypothesis import given
from hypothesis import strategies as st
from real_browser import NARROW, REAL_BROWSER, WIDE

from office.web.compressing import takes_gzip

FIRST_LOAD_BYTES = 150_000


def named(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


@FETCHED
def test_each_file_has_a_name_for_its_content_and_is_kept_for_ever(browser: Any) -> None:
    found = named(browser.get("/lich").text)
    style = next(one for one in found if one.endswith(".css"))
    found += re.findall(r"url\((/static/[^)]+)\)", browser.get(style).text)
    assert len(found) == 9
    for path in found:
        assert re.fullmatch(r"/static/[a-z0-9.-]+\.[0-9a-f]{12}\.(css|js|svg|woff2)", path), path
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = browser.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        plain = re.sub(r"\.[0-9a-f]{12}\.", ".", path)
        assert browser.get(plain).headers["cache-control"] == "public, max-age=86400"
        wrong = re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", path)
        assert browser.get(wrong).status_code == 404


def test_what_is_text_goes_as_gzip_to_whoever_takes_it(browser: Any) -> None:
    style = next(one for one in named(browser.get("/lich").text) if one.endswith(".css"))
    for path in ("/lich", style):
        plain = browser.get(path, headers={"Accept-Encoding": "identity"})
        packed = browser.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content
        assert "Accept-Encoding" in plain.headers["vary"]
        assert "Accept-Encoding" in packed.headers["vary"]
        length = int(packed.headers["content-length"])
        assert length < 0.6 * len(plain.content)
        assert length == len(gzip.compress(plain.content, 5, mtime=0)) or path == style
    assert browser.get("/lich").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("deflate, GZIP ;q=1.0", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("", False),
        ("xgzip", False),
    ],
)
def test_gzip_is_for_those_who_say_so(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


@given(st.text(max_size=3000))
def test_no_accept_encoding_breaks_anything(accepted: str) -> None:
    assert takes_gzip(accepted) in (True, False)


@REAL_BROWSER
@FETCHED
def test_the_first_load_is_small(visit: Any, password: str) -> None:
    """Login page and the first page after it, by a browser that was never here: all that came over the wire."""
    for width in (WIDE, NARROW):
        page = visit.page(width, login=False)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        came: list[float] = []
        wire.on("Network.loadingFinished", lambda told, came=came: came.append(told["encodedDataLength"]))
        page.goto("/dang-nhap")
        page.wait_for_load_state("networkidle")
        page.fill("[name=name]", "van-thu")
        page.fill("[name=password]", password)
        page.click("button")
        page.wait_for_url("**/lich")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("[...document.fonts].filter(one => one.status === 'error').length") == 0
        assert page.evaluate("document.fonts.check('20px MS', 'event') && document.fonts.check('700 20px BVP', 'ệ')")
        print(f"{width}: {sum(came):.0f} bytes in {len(came)} answers")
        assert len(came) > 5
        assert sum(came) <= FIRST_LOAD_BYTES
