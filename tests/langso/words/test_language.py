"""Whose language is spoken: the terminal's, the browser's, a request's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from langso.words.language import (
    Language,
    in_language,
    known_language,
    language,
    language_of_environment,
    language_of_header,
    use_language,
)


@pytest.fixture(autouse=True)
def vietnamese_again() -> Iterator[None]:
    yield
    use_language("vi")


def test_vietnamese_is_spoken_until_another_is_chosen() -> None:
    assert language() == "vi"
    use_language("en")
    assert language() == "en"


def test_a_request_has_its_own_language_and_leaves_the_process_its() -> None:
    with in_language("en"):
        assert language() == "en"
        with in_language("vi"):
            assert language() == "vi"
        assert language() == "en"
    assert language() == "vi"


def test_a_thread_speaks_the_language_of_the_process_not_of_the_request_beside_it() -> None:
    heard: list[str] = []
    with in_language("en"):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
    assert heard == ["vi"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "vi"),
        ({"LANG": "C"}, "vi"),
        ({"LANG": "C.UTF-8"}, "vi"),
        ({"LANG": "POSIX"}, "vi"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "vi"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN"}, "vi"),
        ({"LANG": "vi_VN", "LC_MESSAGES": "vi_VN", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_ALL": ""}, "en"),
        ({"LANG": "vi_VN", "LANGSO_LANGUAGE": "qps"}, "qps"),
        ({"LANG": "en" * 10_000}, "vi"),
    ],
)
def test_a_terminal_is_answered_in_its_language(environment: dict[str, str], expected: Language) -> None:
    assert language_of_environment(environment) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("vi-VN,vi;q=0.9,en;q=0.5", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("en;q=0.3, vi;q=0.7", "vi"),
        ("fr-FR,fr;q=0.9", None),
        ("fr, en;q=0.1", "en"),
        ("en;q=0, vi;q=0.1", "vi"),
        ("en;q=much, vi", "vi"),
        ("qps", None),
        ("*", None),
        ("," * 100_000 + "en", None),
    ],
)
def test_a_browser_is_answered_in_its_language(header: str, expected: Language | None) -> None:
    assert language_of_header(header) == expected


def test_a_language_we_do_not_speak_is_told_apart() -> None:
    assert [known_language(name) for name in ("VI", "en-GB", "qps", "tay", "", "english")] == [
        "vi", "en", "qps", None, None, None,
    ]  # fmt: skip
