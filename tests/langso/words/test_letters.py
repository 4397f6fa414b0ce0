"""Which letters are Vietnamese."""

from __future__ import annotations

import unicodedata

import pytest

from langso.words.letters import is_vietnamese

APART = unicodedata.normalize("NFD", "Huệ Đường")


@pytest.mark.parametrize("text", ["", "Xã Hoa Sơn, 8.000", "ĐƯỜNG Nguyễn Huệ", APART])
def test_vietnamese_words_are_told_composed_or_not(text: str) -> None:
    assert is_vietnamese(text)


@pytest.mark.parametrize("text", ["ﾄ雪・Th盻", "Straße", "Ã©", "Đỗ\u0308", "8.000 đ…", "щ"])
def test_one_strange_letter_is_enough(text: str) -> None:
    assert not is_vietnamese(text)
