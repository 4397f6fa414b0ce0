"""The order of a run of everything leaves no worker alone at its end, whatever files are called tomorrow."""

from __future__ import annotations

from pathlib import Path

from longest_first import LONGEST, TOGETHER, place

ROOT = Path(__file__).parents[1]


def test_each_file_that_is_called_long_is_there() -> None:
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_the_loudspeakers_go_first_together_then_the_longest_then_the_rest() -> None:
    files = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    order = sorted(files, key=place)
    theirs = [name for name in files if name.startswith(TOGETHER)]
    assert order[: len(theirs)] == theirs
    assert order[len(theirs) :][: len(LONGEST)] == list(LONGEST)
