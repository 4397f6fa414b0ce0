"""docs/ says what the code is: drawn parts are as the code would draw them, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.documentation.__main__ import BEGIN, END, with_drawn
from deploy.documentation.command_pages import command_pages
from deploy.documentation.commit_message import faults

ROOT = Path(__file__).resolve().parents[3]


def test_what_is_drawn_from_the_code_is_as_the_code_is() -> None:
    # In a process of its own: Click keeps parts of a page as the first call in a process made them.
    asked = [sys.executable, "-m", "deploy.documentation", "--check"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"run: python -m deploy.documentation\n{done.stdout}{done.stderr}"


def test_only_what_lies_between_the_marks_is_replaced() -> None:
    assert with_drawn(f"a\n{BEGIN}\nold\n{END}\nb\n", "new\n\n") == f"a\n{BEGIN}\nnew\n{END}\nb\n"
    with pytest.raises(ValueError, match="lacks"):
        with_drawn(f"a\n{END}\n{BEGIN}\n", "new")


def test_every_command_has_its_page() -> None:
    pages = command_pages()
    for name in ("langso office say", "langso root sign", "langso scan pdf", "langso setup"):
        assert f" {name}\n" in pages
    assert "Tuỳ chọn:" in pages


def test_links_between_pages_lead_to_a_file() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Short\n\nBecause.\n", 0),
        ("x" * 72 + "\n\nBecause.\n", 0),
        ("x" * 73 + "\n\nBecause.\n", 1),
        ("Short\n", 1),
        ("Short\n\n# only a comment\n", 1),
        ("Short\nBecause.\n", 1),
        ("Merge branch a\n", 0),
        ("\n\nBecause.\n", 1),
    ],
)
def test_a_commit_has_a_short_subject_and_a_reason(message: str, said: int) -> None:
    assert len(faults(message)) == said
