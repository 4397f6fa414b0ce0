"""`python -m deploy.documentation`: writes the drawn parts of docs/; `--check` says what is old, `--sizes` counts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.documentation.command_pages import command_pages
from deploy.documentation.house import House, drawn, sizes

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- drawn: begin -->", "<!-- drawn: end -->"


def with_drawn(page: str, part: str) -> str:
    """The page with what lies between its two marks replaced. Raises ValueError where a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{begin}\n{part.rstrip()}\n{end}{after}"


def pages(root: Path) -> dict[Path, str]:
    """Each page that is drawn, as it should be now."""
    parts = {"architecture.md": drawn(House.at(root)), "commands.md": command_pages()}
    docs = root / "docs"
    return {docs / name: with_drawn((docs / name).read_text(encoding="utf-8"), part) for name, part in parts.items()}


def main() -> None:
    """Exit status 1 with `--check` where a page is old."""
    parser = argparse.ArgumentParser(prog="python -m deploy.documentation", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sizes", action="store_true")
    asked = parser.parse_args()
    if asked.sizes:
        print(sizes(House.at(ROOT)))
        return
    old = {file: page for file, page in pages(ROOT).items() if file.read_text(encoding="utf-8") != page}
    for file, page in old.items():
        if not asked.check:
            file.write_text(page, encoding="utf-8")
        print(f"{'old' if asked.check else 'written'}: {file.relative_to(ROOT)}")
    sys.exit(1 if old and asked.check else 0)


if __name__ == "__main__":
    main()
