"""The character set a code names is used; where it names none, valid UTF-8 is UTF-8."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scanner.codes.texts import of_zxing

WORDS = "Đỗ Thị"


def result(identifier: str, raw: bytes, guessed: str) -> SimpleNamespace:
    return SimpleNamespace(symbology_identifier=identifier, bytes=raw, text=guessed)


@pytest.mark.parametrize("identifier", ["]Q0", "]Q1", "]Q3", "]Q5"])
def test_bytes_without_a_named_set_are_utf_8_where_they_can_be(identifier: str) -> None:
    assert of_zxing(result(identifier, WORDS.encode(), "ﾄ雪・Th盻")) == WORDS
    assert of_zxing(result(identifier, b"caf\xe9", "café")) == "café"


@pytest.mark.parametrize("identifier", ["]Q2", "]Q4", "]Q6"])
def test_a_named_set_is_believed(identifier: str) -> None:
    assert of_zxing(result(identifier, "Ã©".encode(), "Ã©")) == "Ã©"
    assert of_zxing(result(identifier, b"\xe9", "щ")) == "щ"
