"""`kill -9` at random moments: `python -m tests.torture.kills [--kills 200]`, receipts held against recordings.

A broadcast each dozen seconds, now and then an emergency, through GStreamer into a pipe that a recorder reads; the
agent is killed and begun again all the time. No play may lack an ending, nothing may sound twice, and no receipt may
claim what was not heard.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.shared.waiting import until
from tests.torture.compared import Comparison, Show, compare, endings_of, tell_and_exit, two_tongues
from tests.torture.marked_sound import MARKS
from tests.torture.pole import Pole

MS = 8000
EACH_S = 12
URGENT_MARKS = 8
LIVES_S = (0.0, 12.0)
"""How long the agent lives once it has reached the broker; one in four does not live so long."""
UNBORN_S = (0.3, 3.0)
EACH_URGENT = 7
PATIENCE_S = 240.0


class Kills:
    """The office's side, and the hand that kills."""

    def __init__(self, pole: Pole, many: int, seed: int) -> None:
        self.pole = pole
        self.many = many
        self.killed_ns: list[int] = []
        self._dice = random.Random(seed)
        self._urgent: list[tuple[str, int, datetime]] = []
        first = datetime.now(UTC) + timedelta(seconds=15)
        self._shows = [
            (f"phat-{number}", number % (MARKS - URGENT_MARKS), first + timedelta(seconds=EACH_S * number))
            for number in range(2000)
        ]

    def run(self) -> Comparison:
        """All of them; then what was due ends, and is compared."""
        pole, topics = self.pole, self.pole.office.topics
        pole.publish_trust()
        pole.office.publish(topics.plan, self._plan())
        pole.begin()
        for number in range(1, self.many + 1):
            self._let_live()
            if number % EACH_URGENT == 0:
                mark = MARKS - URGENT_MARKS + number // EACH_URGENT % URGENT_MARKS
                self._urgent.append((f"khan-{number}", mark, datetime.now(UTC)))
                pole.office.publish(topics.urgent("office"), pole.urgent(self._urgent[-3:]))
                time.sleep(self._dice.uniform(0, 4))
            pole.kill()
            self.killed_ns.append(time.time_ns())
            if number % 20 == 0:
                pole.office.acknowledge(max(pole.office.receipts()))
                print(f"{number} kills, {len(endings_of(pole.office))} endings", flush=True)
            pole.begin()
        last = datetime.now(UTC) + timedelta(seconds=EACH_S)
        self._shows = [show for show in self._shows if show[2] <= last]
        pole.office.publish(topics.plan, self._plan())
        self._settle()
        pole.end()
        found = compare(self._ordered(), endings_of(pole.office), pole.heard(), ms=MS, killed_ns=self.killed_ns)
        found.faults += two_tongues(pole.office)
        return found

    def _let_live(self) -> None:
        """For a while; sometimes not even until it has begun."""
        if self._dice.random() < 0.25:
            time.sleep(self._dice.uniform(*UNBORN_S))
            return
        seen = len(self.pole.office.heard)
        until(lambda: any(topic.endswith("/state") for topic, _ in self.pole.office.heard[seen:]))
        time.sleep(self._dice.uniform(*LIVES_S))

    def _plan(self) -> bytes:
        return self.pole.plan(self._shows, late={"rule": "within", "minutes": 1})

    def _settle(self) -> None:
        end = time.monotonic() + PATIENCE_S
        wanted = {show.id for show in self._ordered()}
        while time.monotonic() < end and wanted - endings_of(self.pole.office).keys():
            time.sleep(0.5)

    def _ordered(self) -> list[Show]:
        return [Show(id, mark, int(at.timestamp() * 1e9)) for id, mark, at in (*self._shows, *self._urgent)]


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, Pole(Path(folder), ms=MS) as pole:
        found = Kills(pole, given.kills, given.seed).run()
        said = pole.log.read_text()
    print(f"{given.kills} kills, {sum(found.outcomes.values())} plays ended: {dict(found.outcomes)}")
    tell_and_exit(found.faults, said)


if __name__ == "__main__":
    main()
