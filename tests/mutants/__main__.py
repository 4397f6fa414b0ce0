"""`make mutants`: does a test fail where a rule is changed a little? A sample of changes, a table, what survived.

python -m tests.mutants                  300 of six rooms (rooms.py), the same ones for the same seed
python -m tests.mutants --room trust     all of the sample that are in one room
python -m tests.mutants --key TEXT       every change whose key has this in it, of the sample or not
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import coverage

from tests.mutants.changes import ROOT, Change, changes_of
from tests.mutants.rooms import ROOMS
from tests.mutants.running import Outcome, Warm, cold, record, work

EXPLAINED = Path(__file__).with_name("equivalent.toml")
WANTED = 0.9
TESTS_S = 10.0
WAITS_S = 60.0
"""Of the tests that run a line, the quickest are tried, so many that they keep a processor busy for TESTS_S together
and take no longer than WAITS_S by the clock.
"""
DEAD = ("killed", "timed out")
Job = tuple[Change, list[str], float]


def main() -> int:
    """0: at least nine in ten were killed, and what survived is explained."""
    asked = _arguments()
    begun = time.monotonic()
    rooms = [room for room in ROOMS if asked.room in (None, room.name)]
    chosen = {}
    for room in rooms:
        changes = [one for file in room.files() for one in changes_of(file)]
        named = [one for one in changes if asked.key in one.key]
        chosen[room.name] = named if asked.key else _sample(changes, asked.seed, asked.count // len(ROOMS))
    mutants = [one for some in chosen.values() for one in some]
    sources = sorted({one.file for one in mutants})
    tests = sorted({file for room in rooms if chosen[room.name] for file in room.test_files()})
    folder = Path(asked.folder)
    if not asked.again:
        _each(asked.jobs, folder, lambda n: record(tests, sources, folder / str(n), (n, asked.jobs)))
    jobs, unread = _jobs(mutants, [folder / str(n) for n in range(asked.jobs)])
    print(f"{len(mutants)} mutants; which test runs which line took {time.monotonic() - begun:.0f} s", flush=True)
    outcomes = {one.key: Outcome(one.key, "lost") for one in mutants}
    outcomes |= {one.key: Outcome(one.key, "unread") for one in unread}
    outcomes |= {one.key: one for one in _worked(jobs, sources, folder, asked.jobs)}
    status = _report(chosen, outcomes, tomllib.loads(EXPLAINED.read_text(encoding="utf-8")))
    print(f"{(time.monotonic() - begun) / 60:.1f} minutes")
    return status


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--room", choices=[room.name for room in ROOMS])
    parser.add_argument("--key", default="")
    parser.add_argument("--seed", default="langso")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", default=str(ROOT / "build/mutants"))
    parser.add_argument("--again", action="store_true", help="with what was recorded the last time")
    return parser.parse_args()


def _sample(changes: list[Change], seed: str, count: int) -> list[Change]:
    """By each change's own hash: one more line in a file leaves all others as they were in or out."""
    ranked = sorted(changes, key=lambda one: hashlib.sha256(f"{seed} {one.key}".encode()).digest())
    return sorted(ranked[:count], key=lambda one: (one.file, one.line))


def _jobs(changes: list[Change], folders: list[Path]) -> tuple[list[Job], list[Change]]:
    """Each mutant with its tests, and how long they may take; and those that no test runs."""
    seconds: dict[str, list[float]] = {}
    lines: dict[tuple[str, int], set[str]] = {}
    for folder in folders:
        seconds |= json.loads((folder / "seconds.json").read_text(encoding="utf-8"))
        data = coverage.CoverageData(str(folder / "lines"))
        data.read()
        for path in data.measured_files():
            for line, names in data.contexts_by_lineno(path).items():
                lines.setdefault((path, line), set()).update(names)
    jobs, unread = [], []
    for change in changes:
        path = str(ROOT / change.file)
        names = set().union(*(lines.get((path, line), set()) for line in range(change.statement, change.line + 1)))
        if change.function is None or not names - {""}:
            # Read once: whatever runs the file may tell.
            names = set().union(*(some for (other, _), some in lines.items() if other == path)) if names else set()
        told = sorted(names & seconds.keys(), key=lambda name: seconds[name])
        some, busy, waits = [], 0.0, 0.0
        for name in told:
            worked, took = seconds[name]
            if some and (busy + worked > TESTS_S or waits + took > WAITS_S):
                break
            some.append(name)
            busy, waits = busy + worked, waits + took
        if some:
            jobs.append((change, some, 20 + 8 * min(waits, WAITS_S / 3)))
        else:
            unread.append(change)
    return jobs, unread


def _worked(jobs: list[Job], sources: list[str], folder: Path, workers: int) -> list[Outcome]:
    ways = {
        "cold": [one for one in jobs if one[0].function is None],
        "warm": [one for one in jobs if one[0].function],
    }
    taken = {way: multiprocessing.Value("i", 0) for way in ways}

    def next_of(way: str) -> Job | None:
        with taken[way].get_lock():
            taken[way].value += 1
            number = taken[way].value
        return ways[way][number - 1] if number <= len(ways[way]) else None

    def worker(number: int) -> None:
        with (folder / f"outcomes-{number}").open("w", encoding="utf-8") as file:

            def done(outcome: Outcome) -> None:
                file.write(json.dumps(asdict(outcome)) + "\n")
                file.flush()

            while (job := next_of("cold")) is not None:
                done(cold(*job))
            tests = sorted({name.split("::")[0] for _, names, _ in ways["warm"] for name in names})
            if tests:
                work(tests, sources, Warm(lambda: next_of("warm"), done))

    _each(workers, folder, worker)
    files = [folder / f"outcomes-{number}" for number in range(workers)]
    return [Outcome(**json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _each(workers: int, folder: Path, do: Callable[[int], None]) -> None:
    """Runs it in as many processes, that have imported nothing of ours, with their numbers; waits for all."""
    folder.mkdir(parents=True, exist_ok=True)

    def silently(number: int) -> None:
        log = os.open(folder / f"log-{number}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        do(number)

    started = [multiprocessing.get_context("fork").Process(target=silently, args=(n,)) for n in range(workers)]
    for one in started:
        one.start()
    for one in started:
        one.join()


def _report(chosen: dict[str, list[Change]], outcomes: dict[str, Outcome], explained: dict[str, str]) -> int:
    columns = "{:10} {:>8} {:>8} {:>10} {:>10} {:>10} {:>8}"
    print("\n" + columns.format("room", "mutants", "killed", "timed out", "explained", "survived", "dead"))
    left: list[Change] = []
    total: Counter[str] = Counter()
    for name, changes in chosen.items():
        ends = Counter(outcomes[one.key].end for one in changes)
        alive = [one for one in changes if outcomes[one.key].end not in DEAD]
        unexplained = [one for one in alive if one.key not in explained]
        left += unexplained
        counts = {"mutants": len(changes), "killed": ends["killed"], "timed out": ends["timed out"]}
        counts |= {"explained": len(alive) - len(unexplained), "survived": len(unexplained)}
        total.update(counts)
        print(columns.format(name, *counts.values(), _share(counts)))
    print(columns.format("all", *total.values(), _share(total)))
    for one in left:
        told = outcomes[one.key]
        print(f"{told.end}: {one.file}:{one.line} {told.by}\n    {one.key.split('::', 1)[1]}")
    for key in explained.keys() & outcomes.keys():
        if outcomes[key].end in DEAD:
            print(f"explained, and yet dead by {outcomes[key].by or 'its time'}: {key}")
    return 0 if not left and _dead(total) >= WANTED * total["mutants"] else 1


def _dead(counts: Mapping[str, int]) -> int:
    return counts["killed"] + counts["timed out"]


def _share(counts: Mapping[str, int]) -> str:
    return f"{_dead(counts) / max(counts['mutants'], 1):.1%}"


if __name__ == "__main__":
    sys.exit(main())
