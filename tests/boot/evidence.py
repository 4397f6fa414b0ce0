"""What a run of the boot test saw: every step with its seconds and figures, told at the end and kept as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Step:
    """One thing done: what, on which Debian, how long, and figures worth keeping."""

    release: str
    what: str
    seconds: float = 0.0
    ok: bool = False
    figures: dict[str, Any] = field(default_factory=dict)


class Evidence:
    """Steps in order; `folder`: where report.json goes after each, so that a broken run leaves its trace too."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.steps: list[Step] = []

    @contextmanager
    def step(self, release: str, what: str) -> Iterator[dict[str, Any]]:
        """Times what is done within; the dictionary takes figures."""
        step = Step(release, what)
        self.steps.append(step)
        begin = time.monotonic()
        try:
            yield step.figures
            step.ok = True
        finally:
            step.seconds = round(time.monotonic() - begin, 2)
            report = json.dumps([asdict(one) for one in self.steps], ensure_ascii=False, indent=1)
            (self.folder / "report.json").write_text(report, encoding="utf-8")

    def table(self) -> str:
        """The whole as lines of text."""
        return "\n".join(
            f"{'ok  ' if step.ok else 'FAIL'} {step.release:<9} {step.seconds:7.1f} s  {step.what}"
            + (f"  {json.dumps(step.figures, ensure_ascii=False)}" if step.figures else "")
            for step in self.steps
        )
