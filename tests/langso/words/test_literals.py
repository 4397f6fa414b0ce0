"""No sentence stands outside the catalogue, but for those that are still listed; the list only gets shorter."""

from __future__ import annotations

from pathlib import Path

import literals


def test_no_file_has_more_sentences_of_its_own_than_are_listed() -> None:
    allowed = literals.allowed()
    wrong = [
        f"{where}: {len(here)} Vietnamese literals, {allowed.get(where, 0)} are listed; last: {here[-1]}"
        for where, here in literals.found().items()
        if len(here) > allowed.get(where, 0)
    ]
    assert not wrong, "\n".join([*wrong, "Put them in the catalogue (docs/words.md)."])


def test_what_is_listed_still_exists() -> None:
    gone = [where for where in (*literals.allowed(), *literals.DATA) if not (literals.ROOT / where).is_file()]
    assert not gone, "write the list anew: python tests/shared/literals.py"


def test_a_sentence_is_found_wherever_it_hides() -> None:
    python = '''
"""Tài liệu."""
def f(name):
    """Tài liệu của hàm."""
    say(f"Xin chào {name}")
    return {"khoá": "ghi"}, f"{name:>3}", "plain", f"{'đúng' if name else ''}"
'''
    assert [text for _, text in literals.literals(Path("a.py"), python)] == ["Xin chào ", "khoá", "đúng"]
    html = '<p>Đăng\nnhập</p>\n{# ghi chú: đăng nhập #}\n<input title="{{ t("desk-name") }}">'
    assert [line for line, _ in literals.literals(Path("a.html"), html)] == [1, 2]
    script = 'say("Đang gửi"); // đang gửi\n/* đăng\nnhập */ fetch("https://…");'
    assert [line for line, _ in literals.literals(Path("a.js"), script)] == [1]


def test_english_with_foreign_letters_is_not_taken_for_vietnamese() -> None:
    assert [literals.is_vietnamese(text) for text in ("naïve über façade — …", "đ", "ĐT", "hồ sơ", "Hồ sơ")] == [
        False, True, True, True, True,
    ]  # fmt: skip
