"""Whether a commit's message can be read in a list and says why.

`python -m deploy.documentation.commit_message FILE`, called by pre-commit.
"""

from __future__ import annotations

import sys
from pathlib import Path

LONGEST_SUBJECT = 72


def faults(message: str) -> list[str]:
    """What is wrong with a message; comment lines do not count, merges and reverts need no body."""
    lines = [line.rstrip() for line in message.splitlines() if not line.startswith("#")]
    subject, body = (lines[0] if lines else ""), lines[1:]
    found = []
    if not subject:
        found.append("the first line is empty: say what the commit does")
    if len(subject) > LONGEST_SUBJECT:
        found.append(f"the first line has {len(subject)} letters; {LONGEST_SUBJECT} fit in a list")
    if body and body[0]:
        found.append("leave the second line empty")
    if not any(body) and not subject.startswith(("Merge ", "Revert ")):
        found.append("say below the first line why it was needed")
    return found


def main() -> None:
    """Exit status 1 where something is wrong."""
    found = faults(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for fault in found:
        print(fault, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
