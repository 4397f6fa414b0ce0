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
from deploy.documentation.house import ROLES

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


def paths_named(page: str) -> set[str]:
    """What a page calls a path of the repository: in backticks, below a folder of ours, with no name left open."""
    tops = "|".join((*ROLES, "tests", "docs", "requirements"))
    named = re.findall(rf"`((?:{tops})/[^`\s]*)`", page)
    return {path for path in named if not re.search(r"[…*<>{}]|NAME", path)}


def test_paths_that_pages_name_are_there() -> None:
    gone = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named = paths_named(page.read_text(encoding="utf-8"))
        gone += [f"{page.relative_to(ROOT)}: {path}" for path in sorted(named) if not (ROOT / path).exists()]
    assert not gone, "\n".join(gone)


def test_every_room_says_its_subject_in_one_line() -> None:
    """The page shows the first line of a room's docstring: half a sentence tells a newcomer nothing."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split(BEGIN)[1]
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row[0] for row in rows if not row[1].endswith((".", ")"))] == []


def test_a_path_is_told_from_an_example() -> None:
    page = "`langso/words/say.py`, `kiosk/NAME.py`, `langso/<vi|en>/x`, `say.py`, `langso pair x`"
    assert paths_named(page) == {"langso/words/say.py"}


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
