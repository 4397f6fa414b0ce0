"""`make bench`: every tests/**/bench_*.py in turn, each printing its own table. Figures depend on the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run each benchmark in a process of its own, so that none warms another's caches; 1 if any failed."""
    failed = []
    for file in sorted((ROOT / "tests").rglob("bench_*.py")):
        name = file.relative_to(ROOT).as_posix()
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, str(file)], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print("did not end well: " + ", ".join(failed))
    return 1 if failed else 0


sys.exit(main())
