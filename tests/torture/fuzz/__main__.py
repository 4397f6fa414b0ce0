"""`make fuzz`: every parser of what comes from outside is fed damaged inputs, and a device forged documents.

Each run is repeatable: a fault names door and dice, `--door NAME --dice NUMBER` shows its input again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.torture.fuzz import envelopes
from tests.torture.fuzz.doors import Door, doors

RUNS, ENVELOPES = 10_000_000, 200_000
CHUNK = 5000
TOLD_EACH, TOLD_EACH_FORGED = 500_000, 20_000
SLOW_S = 1.0
"""Of the processor for one input: a door that takes longer is a way to stop the program."""


@dataclass(frozen=True)
class Found:
    """A fault: what to tell, which input."""

    door: str
    dice: int
    what: str
    input: bytes = b""


@dataclass(frozen=True)
class Fed:
    """One piece of work: how many inputs, how many of them were taken, and at most a few faults."""

    door: str
    runs: int
    taken: int
    seconds: float
    faults: tuple[Found, ...] = ()


def feed(name: str, dice: int, runs: int) -> Fed:
    """So many inputs to one door."""
    door = next(one for one in doors() if one.name == name)
    rolls = random.Random(f"{name} {dice}")
    begun, taken, faults = time.process_time(), 0, []
    for _ in range(runs):
        raw = door.input(rolls)
        before = time.thread_time()
        fault = one_run(door, raw)
        taken += fault is None
        if fault:
            faults.append(Found(name, dice, fault, raw))
        if (took := time.thread_time() - before) > SLOW_S:
            faults.append(Found(name, dice, f"{took:.1f} s of the processor", raw))
        if len(faults) >= 3:
            break
    return Fed(name, runs, taken, time.process_time() - begun, tuple(faults))


def one_run(door: Door, raw: bytes) -> str | None:
    """None where it was taken, "" where it was refused as it should be, else what went wrong."""
    try:
        door.feed(raw)
    except door.refusals:
        return ""
    except Exception:  # noqa: BLE001 - whatever else a parser raises is the fault that is looked for
        return traceback.format_exc(limit=-4)
    return None


def pieces(runs: int, seed: int, only: str | None) -> Iterator[tuple[str, int, int]]:
    """(door, dice, runs) for the workers."""
    number = seed * 1_000_000
    for door in doors():
        left = runs if only else runs * door.share // 1000
        while left > 0 and only in (None, door.name):
            number += 1
            yield door.name, number, min(left, CHUNK)
            left -= CHUNK


def fuzz(runs: int, forged: int, seed: int = 1, *, jobs: int = 1, only: str | None = None) -> int:
    """Prints a line a door, and each fault; 1 where there is one."""
    faults: list[Found] = []
    counts, taken, seconds = Counter[str](), Counter[str](), Counter[str]()
    work = list(pieces(runs, seed, only))
    # Whoever breaks it off has fed every door.
    random.Random(seed).shuffle(work)
    batches = [] if only else list(envelopes.pieces(forged, seed))
    with _pool(jobs) as run:
        for fed in run(_feed, work):
            counts[fed.door] += fed.runs
            taken[fed.door] += fed.taken
            seconds[fed.door] += fed.seconds
            faults += fed.faults
            if (done := sum(counts.values())) // TOLD_EACH > (done - fed.runs) // TOLD_EACH:
                print(f"{done} parser runs, {len(faults)} faults", flush=True)
        tried, reasons = 0, Counter[str]()
        for tally in run(envelopes.attack, batches):
            tried += tally.tried
            reasons.update(tally.reasons)
            if tried % TOLD_EACH_FORGED == 0:
                print(f"{tried} forged documents, {len(faults)} faults", flush=True)
            faults += [Found("forged documents", dice, what, raw) for dice, what, raw in tally.faults]
    for name, many in counts.items():
        print(f"{name:22} {many:9} runs, {taken[name]:9} taken, {1e6 * seconds[name] / many:7.1f} us each")
    if batches:
        told = ", ".join(f"{reason} {many}" for reason, many in reasons.most_common())
        print(f"{'forged documents':22} {tried:9} tried: {told}")
    print(f"{sum(counts.values())} parser runs, {tried} envelopes, {len(faults)} faults")
    for fault in faults[:20]:
        print(f"\nWRONG {fault.door} (dice {fault.dice}): {fault.what}\n  {fault.input[:2000]!r}")
    return int(bool(faults))


def _feed(piece: tuple[str, int, int]) -> Fed:
    return feed(*piece)


@contextlib.contextmanager
def _pool(jobs: int) -> Iterator[object]:
    if jobs < 2:
        yield map
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield lambda work, piece: pool.map(work, piece, chunksize=1)


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS)
    options.add_argument("--envelopes", type=int, default=ENVELOPES)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--door", help="this one alone")
    options.add_argument("--dice", type=int, help="the piece of a fault that was told")
    given = options.parse_args()
    if given.dice is not None and given.door:
        fed = feed(given.door, given.dice, CHUNK)
        for fault in fed.faults:
            print(fault.what, fault.input)
        sys.exit(bool(fed.faults))
    sys.exit(fuzz(given.runs, given.envelopes, given.seed, jobs=given.jobs, only=given.door))


if __name__ == "__main__":
    main()
