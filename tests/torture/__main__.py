"""`make torture`: power cuts at each flush and between, replayed from a disk's own journal. Needs root and FUSE.

For each way of writing, ext4 on a recorded disk is written to; then disks are made as a cut would have left them
(all that was flushed, and of what came after any part, in any order), mounted, and asked for all that had been
acknowledged. Controls that do not sync must lose, or the harness proves nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.torture.recorded_disk import FLUSH, WRITE, records
from tests.torture.workloads import CONTROLS, DURABLE, held

HERE = Path(__file__).parent
SIZE = 24 << 20
TRIES = 10


@dataclass(frozen=True)
class Recording:
    """A disk's journal, and from where in it on each number had been acknowledged."""

    journal: bytes
    acknowledged: Sequence[tuple[int, int]]
    begun: int


@dataclass(frozen=True)
class Cut:
    """A cut after record `after`: `kept`, of the writes since the last flush before it."""

    at: int
    after: int
    kept: frozenset[int]


def record(name: str, room: Path, count: int) -> Recording:
    """Runs one way of writing on ext4 on a recorded disk."""
    fuse, mounted, journal = room / "fuse", room / "ext4", room / "journal"
    for folder in (fuse, mounted):
        folder.mkdir(exist_ok=True)
    serving = subprocess.Popen(
        [sys.executable, str(HERE / "recorded_disk.py"), str(fuse), str(SIZE), str(journal)], stdout=subprocess.PIPE
    )
    assert serving.stdout is not None
    serving.stdout.readline()
    loop = ""
    try:
        loop = _run("losetup", "-f", "--show", str(fuse / "disk"))
        _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", loop)
        _run("mount", loop, str(mounted))
        _run("sync", "-f", str(mounted))
        begun = journal.stat().st_size
        command = [sys.executable, "-m", "tests.torture.workloads", name, str(mounted), str(journal), str(count)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        # As it is now: what unmounting writes comes after the cut.
        raw = journal.read_bytes()
    finally:
        for undo in (["umount", str(mounted)], *([["losetup", "-d", loop]] if loop else []), ["umount", str(fuse)]):
            subprocess.run(undo, capture_output=True, check=False)
        serving.wait(30)
    return Recording(raw, [(int(line.split()[0]), int(line.split()[1])) for line in lines], begun)


def cuts(recording: Recording, many: int, dice: random.Random) -> Iterator[Cut]:
    """At flushes, between, and at the end: with everything since the flush, nothing of it, or any part of it."""
    done = list(records(recording.journal))
    first = next(index for index, one in enumerate(done) if one[3] >= recording.begun)
    points = list(range(first, len(done)))
    flushes = [index for index in points if done[index][0] == FLUSH]
    chosen = flushes if len(flushes) <= many // 2 else dice.sample(flushes, many // 2)
    # A quarter at the very end, when everything has been acknowledged.
    chosen += [points[-1]] * (many // 4)
    chosen = sorted(chosen + [dice.choice(points) for _ in range(many - len(chosen))])
    for after in chosen:
        begin = max((index for index in range(after + 1) if done[index][0] == FLUSH), default=0)
        since = [index for index in range(begin, after + 1) if done[index][0] == WRITE]
        share = dice.choice((0.0, 0.5, 1.0))
        yield Cut(done[after][3], after, frozenset(index for index in since if dice.random() < share or share == 1.0))


def survives(name: str, recording: Recording, cut: Cut, room: Path) -> bool:
    """Whether a machine that starts with this disk has all that had been acknowledged, and nothing damaged."""
    mounted = room / "after"
    mounted.mkdir(exist_ok=True)
    # A file of its own for each: whoever looks at a loop device at the wrong moment (blkid, another mount) keeps it
    # from being given back, and the next mount of the same file would show what the last cut left of it.
    descriptor, named = tempfile.mkstemp(prefix="image-", dir=room)
    os.close(descriptor)
    image = Path(named)
    done = list(records(recording.journal))
    begin = max((index for index in range(cut.after + 1) if done[index][0] == FLUSH), default=0)
    with image.open("wb") as file:
        file.truncate(SIZE)
        for index, (kind, place, data, _) in enumerate(done[: cut.after + 1]):
            if kind == WRITE and (index < begin or index in cut.kept):
                file.seek(place)
                file.write(data)
    promised = max((number for number, at in recording.acknowledged if at <= cut.at), default=0)
    _mount(image, mounted)
    try:
        return held(name, mounted) >= promised
    finally:
        _unmount(mounted)
        image.unlink()


def _mount(image: Path, mounted: Path) -> None:
    """Loop devices are all machines': one that is taken meanwhile is no loss. RuntimeError where it cannot be."""
    tried = None
    for _ in range(TRIES):
        tried = subprocess.run(
            ["mount", "-o", "loop", str(image), str(mounted)], capture_output=True, text=True, check=False
        )
        if tried.returncode == 0:
            return
        time.sleep(0.2)
    raise RuntimeError(f"a disk after a cut cannot be mounted: {tried.stderr if tried else ''}")


def _unmount(mounted: Path) -> None:
    """What was asked may hold a file of it until the collector comes. RuntimeError where it stays mounted."""
    for _ in range(TRIES):
        gc.collect()
        if subprocess.run(["umount", str(mounted)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise RuntimeError(f"{mounted} stays mounted")


def torture(names: Sequence[str], many: int, seed: int) -> int:
    """Prints a line for each way of writing; 1 where one lost something, or a control nothing."""
    wrong = 0
    for name in names:
        dice = random.Random(f"{seed} {name}")
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            room = Path(folder)
            recording = record(name, room, 40)
            tried = [survives(name, recording, cut, room) for cut in cuts(recording, many, dice)]
        lost = tried.count(False)
        bad = lost == 0 if name in CONTROLS else lost > 0
        wrong |= bad
        print(f"{'WRONG' if bad else 'ok':6} {name}: {len(tried)} cuts, {lost} with a loss", flush=True)
    return wrong


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cuts", type=int, default=150, help="disks for each way of writing")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(torture([*DURABLE, *CONTROLS], given.cuts, given.seed))


if __name__ == "__main__":
    main()
