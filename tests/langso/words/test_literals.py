"""No sentence stands outside the catalogue."""

from __future__ import annotations

from pathlib import Path

import literals


def test_no_sentence_stands_outside_the_catalogue() -> None:
    wrong = [f"{where}:{line}: {text.strip()}" for where, here in literals.found().items() for line, text in here]
    assert not wrong, "\n".join([*wrong, "Put them in the catalogue (docs/words.md)."])


def test_files_that_are_about_vietnamese_still_exist() -> None:
    assert not [where for where in literals.DATA if not (literals.ROOT / where).is_file()]


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
