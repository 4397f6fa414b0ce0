"""One agent for an hour: `python -m tests.torture.soak [--minutes 60]`. Memory, descriptors and threads each minute.

A broadcast each fifteen seconds, an emergency each second minute, plans and orders to the device anew each minute,
broker killed or frozen each fifth, forged documents all the time. Ends with 1 where a receipt was not true, a play
has no ending, or something grows.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langso.contract import DeviceOrder, Order
from langso.trust import SigningKey
from tests.torture.compared import Show, compare, endings_of, tell_and_exit, two_tongues
from tests.torture.marked_sound import MARKS
from tests.torture.pole import Pole

EACH_S = 15
MS = 3000
WARM_MINUTES = 5
MOST_GROWTH_MB = 12.0
"""An hour's worth of rows in memory and of Python's arenas, less than a leak of any use."""


@dataclass(frozen=True)
class Reading:
    """One minute of a process: what it holds."""

    minute: int
    resident_mb: float
    private_mb: float
    descriptors: int
    threads: int
    children: int
    processor_s: float
    state_kb: int
    plays: int


def read(pid: int, minute: int, state: Path, plays: int) -> Reading:
    """Of a process that runs now."""
    place = Path(f"/proc/{pid}")
    told = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
    rollup = dict(line.split(":", 1) for line in (place / "smaps_rollup").read_text().splitlines()[1:] if ":" in line)
    private = sum(int(rollup[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))
    ticks = [int(word) for word in (place / "stat").read_text().rpartition(")")[2].split()[11:13]]
    return Reading(
        minute,
        int(told["VmRSS"].split()[0]) / 1024,
        private / 1024,
        len(list((place / "fd").iterdir())),
        int(told["Threads"]),
        sum(len((task / "children").read_text().split()) for task in (place / "task").iterdir()),
        sum(ticks) / 100,
        sum(file.stat().st_size for file in state.glob("speaker.sqlite*")) // 1024,
        plays,
    )


HEAD = " min  RSS MB  own MB  fds  thr kids   cpu s  rows kB  ended"


def line(one: Reading) -> str:
    """A row of the table."""
    return (
        f"{one.minute:4} {one.resident_mb:7.1f} {one.private_mb:7.1f} {one.descriptors:4} {one.threads:4} "
        f"{one.children:4} {one.processor_s:7.1f} {one.state_kb:8} {one.plays:6}"
    )


class Soak:
    """The office's side of the hour."""

    def __init__(self, pole: Pole, minutes: int, seed: int) -> None:
        self.pole = pole
        self.minutes = minutes
        self._dice = random.Random(seed)
        self._forger = SigningKey.generate()
        self._orders: list[tuple[str, int, datetime]] = []
        self._begun = datetime.now(UTC)
        first = self._begun + timedelta(seconds=20)
        # The upper marks are for emergencies.
        self.shows = [
            (f"phat-{number}", number % (MARKS - 8), first + timedelta(seconds=EACH_S * number))
            for number in range((minutes * 60 - 40) // EACH_S)
        ]

    def run(self) -> list[Reading]:
        """An hour, printed as it goes."""
        pole = self.pole
        pole.publish_trust()
        pole.office.publish(pole.office.topics.plan, pole.plan(self.shows))
        print(HEAD, flush=True)
        readings = []
        begun = time.monotonic()
        for minute in range(1, self.minutes + 1):
            self._minute(minute, begun + 60 * minute)
            assert pole.agent is not None
            if pole.agent.poll() is not None:
                raise SystemExit(f"the agent ended: {pole.agent.returncode}\n{pole.log.read_text()[-3000:]}")
            readings.append(read(pole.agent.pid, minute, pole.commune.state, len(self.endings())))
            print(line(readings[-1]), flush=True)
        return readings

    def endings(self) -> dict[str, list[Any]]:
        """The endings by id, as the office has them."""
        return endings_of(self.pole.office)

    def ordered(self) -> list[Show]:
        """All that was ordered, programme and emergencies."""
        return [Show(id, mark, int(at.timestamp() * 1e9)) for id, mark, at in [*self.shows, *self._orders]]

    def _minute(self, minute: int, end: float) -> None:
        pole, office = self.pole, self.pole.office
        cut = self._dice.choice(("kill", "freeze", "no")) if minute % 5 == 0 else "no"
        self._rest(end - 55)
        if cut == "no":
            office.publish(office.topics.plan, pole.plan(self.shows))
            order = Order(
                **pole.commune.head("order", audience=pole.commune.device),
                settings={"volume": 100},
                orders=(
                    DeviceOrder(
                        id=f"bao-{minute}", action="republish_state", expires=datetime.now(UTC) + timedelta(minutes=5)
                    ),
                ),
            )
            office.publish(office.topics.device(pole.commune.device, "order"), pole.commune.seal(order))
            for _ in range(30):
                forged = pole.commune.seal(Order(**pole.commune.head("order", version=minute)), self._forger)
                office.publish(office.topics.device(pole.commune.device, "order"), forged)
            # So that what is retained is the last true one.
            office.publish(office.topics.device(pole.commune.device, "order"), pole.commune.seal(order))
        elif cut == "kill":
            pole.broker.kill()
            self._rest(end - 25)
            pole.broker.start()
        else:
            pole.broker.freeze()
            self._rest(end - 15)
            pole.broker.thaw()
        if minute % 2 == 0 and cut == "no" and minute < self.minutes:
            # Into the middle of a broadcast, wherever that is.
            self._rest(end - 40 + self._dice.uniform(0, 15))
            self._orders.append((f"khan-{minute}", MARKS - 8 + minute // 2 % 8, datetime.now(UTC)))
            office.publish(office.topics.urgent("office"), pole.urgent(self._orders[-3:]))
        self._rest(end - 2)
        if office.link.connected and office.receipts():
            office.acknowledge(max(office.receipts()))
        self._rest(end)

    @staticmethod
    def _rest(end: float) -> None:
        time.sleep(max(0.0, end - time.monotonic()))


def grown(readings: list[Reading]) -> list[str]:
    """What grows after the first minutes, a sentence each."""
    warm = readings[min(WARM_MINUTES, len(readings) - 1) :]
    third = max(1, len(warm) // 3)
    first, last = warm[:third], warm[-third:]
    faults = []
    for name, most in (("private_mb", MOST_GROWTH_MB), ("descriptors", 3), ("threads", 3), ("children", 1)):
        low = sorted(getattr(one, name) for one in first)[len(first) // 2]
        high = sorted(getattr(one, name) for one in last)[len(last) // 2]
        if high - low > most:
            faults.append(f"{name}: {low:g}, then {high:g}")
    return faults


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, Pole(Path(folder), ms=MS) as pole:
        pole.begin()
        soak = Soak(pole, given.minutes, given.seed)
        readings = soak.run()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(soak.endings()) < len(soak.ordered()):
            time.sleep(0.5)
        pole.end()
        compared = compare(soak.ordered(), soak.endings(), pole.heard(), ms=MS)
        told_twice = two_tongues(pole.office)
        said = pole.log.read_text()
    print(f"{len(soak.ordered())} plays ordered: {dict(compared.outcomes)}; Traceback: {'Traceback' in said}")
    faults = [*compared.faults, *told_twice, *grown(readings)]
    tell_and_exit(faults, said)


if __name__ == "__main__":
    main()
