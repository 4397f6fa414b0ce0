"""Sounds by their content: whole, in pieces, for ever."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sent_sounds import as_sent


@pytest.fixture
def sound(office_world: Any) -> tuple[str, bytes]:
    data = bytes(range(256)) * 40
    name = hashlib.sha256(data).hexdigest()
    office_world.home.media.mkdir(parents=True, exist_ok=True)
    (office_world.home.media / name).write_bytes(data)
    return as_sent(office_world.office, name), data


def test_the_whole_is_kept_for_ever_and_needs_no_login(new_browser: Any, sound: tuple[str, bytes]) -> None:
    path, data = sound
    answer = new_browser().get(path)
    assert answer.content == data
    assert answer.headers["etag"] == f'"{path[7:]}"'
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "audio/ogg"


@pytest.mark.parametrize(
    ("wanted", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=100-", 100, 10239), ("bytes=-10", 10230, 10239)]
)
def test_a_range_gives_exactly_that_piece(
    new_browser: Any, sound: tuple[str, bytes], wanted: str, first: int, last: int
) -> None:
    path, data = sound
    answer = new_browser().get(path, headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.content == data[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(data)}"


def test_a_range_beyond_the_end_is_refused(new_browser: Any, sound: tuple[str, bytes]) -> None:
    assert new_browser().get(sound[0], headers={"Range": "bytes=99999-"}).status_code == 416


def test_an_interrupted_fetch_goes_on_under_the_same_etag_only(new_browser: Any, sound: tuple[str, bytes]) -> None:
    path, data = sound
    browser = new_browser()
    same = browser.get(path, headers={"Range": "bytes=50-", "If-Range": f'"{path[7:]}"'})
    other = browser.get(path, headers={"Range": "bytes=50-", "If-Range": '"other"'})
    assert (same.status_code, same.content) == (206, data[50:])
    assert (other.status_code, other.content) == (200, data)


def test_head_tells_the_size_without_the_bytes(new_browser: Any, sound: tuple[str, bytes]) -> None:
    answer = new_browser().client.head(sound[0])
    assert (answer.content, answer.headers["content-length"]) == (b"", str(len(sound[1])))


def test_who_has_it_is_told_so(new_browser: Any, sound: tuple[str, bytes]) -> None:
    path, _ = sound
    assert new_browser().get(path, headers={"If-None-Match": f'"{path[7:]}"'}).status_code == 304


@pytest.mark.parametrize("name", ["0" * 64, "A" * 64, "x", "%2e%2e%2foffice.db"])
def test_any_other_name_is_not_found(new_browser: Any, name: str) -> None:
    assert new_browser().get(f"/media/{name}").status_code == 404
