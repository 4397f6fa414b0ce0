"""Lives of a loudspeaker on simulated time: `python -m tests.torture.occurrences [--occurrences 1000000]`.

Its real conductor, ledger and journal, with a player on paper, live through power cuts, lost sound devices, clocks
that leap or that nobody proves, mutes, withdrawals and emergencies. Each play ends, in exactly one final way.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from langso.contract import Caps, EndedReceipt, IssuerRule, Late, Media, StartedReceipt, Threshold
from langso.durable.store import Store
from langso.timekeeping.clock import ClockEvidence, ClockTrust
from langso.timekeeping.proven_clock import ProvenClock
from speaker.conductor import Conductor
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.sound.amplifier import Amplifier
from tests.conftest import ROOT
from tests.shared.paper_library import PaperLibrary
from tests.speaker.conftest import PaperPlayer, Stage

DAY_S = 86400.0
SHOWS = 40
SPAN_S = 240.0
"""The plan of one life: in it there is always something that plays or waits."""
BEFORE_S = 900.0
"""Until the clock is settled and the journal has begun."""
OVER_S = 3 * 3600.0
DOUBT_H = 28
"""A clock is in doubt for 26, and each hour it is looked whether it still is."""
NETWORK, NOTHING = ClockEvidence(ntp_synchronised=True), ClockEvidence()
RULE = IssuerRule(
    name="office",
    signers=Threshold(keys=("0" * 64,), threshold=1),
    epoch=1,
    kinds=("plan", "urgent"),
    classes=("normal", "priority", "emergency"),
)
LEAPS_S = (90.0, -90.0, 150.0, -150.0, 3600.0, -3600.0, 20 * DAY_S, -20 * DAY_S, -7168 * DAY_S)


@dataclass
class Tally:
    """What came of some lives."""

    occurrences: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Life:
    """One, by its dice."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self._dice = dice
        stage = Stage()
        self.clock = stage.clock
        self.evidence = NETWORK
        self.begin: datetime = self.clock.now()
        self.scheduled = tuple(sorted((self._show(n) for n in range(SHOWS)), key=lambda show: show.start))
        self.urgent: tuple[Show, ...] = ()
        self.withdrawn: set[str] = set()
        self.ordered = {show.id for show in self.scheduled}
        self._leapt = 0.0
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self._at_work()

    def live(self) -> None:
        """To its end, and until no clock is in doubt any more."""
        self._pass_by(BEFORE_S - 10)
        while self.clock.monotonic() < BEFORE_S + SPAN_S:
            self._run(self._dice.uniform(0.5, 12))
            getattr(self, self._dice.choice(EVENTS))()
        self._mend()
        # What may come late comes now, and what waits for a leap to be believed.
        self._run(60)
        self._pass_by(OVER_S)
        for _ in range(DOUBT_H):
            self._pass_by(3600.0, 3600.0)
            self._keep_house()
        self.ledger.confirm(self.proven.now(), frozenset())

    def faults(self) -> Iterator[str]:
        """What does not hold, a sentence each."""
        endings = [line.body for line in self.journal.lines() if isinstance(line.body, EndedReceipt)]
        final = Counter(ended.occurrence for ended in endings if ended.final is not False)
        # What left the plan before anything was told of it has nothing to end.
        told = Counter(
            line.body.occurrence
            for line in self.journal.lines()
            if isinstance(line.body, EndedReceipt | StartedReceipt)
        )
        for id in sorted(self.ordered):
            unheard = id in self.withdrawn and not told[id]
            if final[id] != 1 and not unheard:
                yield f"{id}: {final[id]} final endings"
        for id, many in Counter(ended.occurrence for ended in endings).items():
            if many > 2:
                yield f"{id}: {many} endings"
        started = Counter(
            line.body.occurrence for line in self.journal.lines() if isinstance(line.body, StartedReceipt)
        )
        yield from (f"{id}: {many} starts" for id, many in started.items() if many > 1)
        silent = {ended.occurrence for ended in endings if ended.outcome == "played"} - started.keys()
        yield from (f"{id}: played, never started" for id in sorted(silent))

    def outcomes(self) -> Counter[str]:
        """How many ended how."""
        bodies = (line.body for line in self.journal.lines())
        return Counter(
            f"{body.outcome} {body.code or ''}".strip()
            for body in bodies
            if isinstance(body, EndedReceipt) and body.final is not False
        )

    # --- what may happen

    def cut(self) -> None:
        """The power fails: what the process remembers is gone, and some time."""
        self.clock.advance(self._dice.choice((0.5, 3, 20, 100)))
        self._at_work()

    def lose_sound(self) -> None:
        """The device goes away, and comes back in a while."""
        for voice in self.player.voices:
            if voice.state in ("waiting", "playing"):
                voice.state, voice.why, voice.lost = "failed", "gone", True
        self.player.broken = True
        self._run(self._dice.choice((0.3, 2, 15)))
        self.player.broken = False

    def break_a_file(self) -> None:
        """What plays stops at half."""
        for voice in self.player.voices:
            if voice.state == "playing":
                voice.state, voice.why = "failed", "broken"

    def leap(self) -> None:
        """A time server lies for a while."""
        by = self._dice.choice(LEAPS_S)
        self.clock.jump(by)
        self._leapt += by
        self._run(self._dice.choice((1, 10, 30)))
        if self._dice.random() < 0.8:
            self.clock.jump(-self._leapt)
            self._leapt = 0.0

    def doubt(self) -> None:
        """Nothing speaks for the clock, or the network does again."""
        self.evidence = NOTHING if self.evidence is NETWORK else NETWORK

    def mute(self) -> None:
        """Somebody turns the key, and back."""
        self.ledger.set_switch("muted", "1")
        self._run(self._dice.choice((1, 10)))
        self.ledger.set_switch("muted", "0")

    def withdraw(self) -> None:
        """One leaves the plan."""
        gone = self._dice.choice(self.scheduled)
        self.withdrawn.add(gone.id)
        self.scheduled = tuple(show for show in self.scheduled if show is not gone) or self.scheduled

    def warn(self) -> None:
        """An emergency."""
        id = f"lu-{len(self.ordered)}"
        now = self.proven.now()
        more: dict[str, Any] = {
            "urgent": True,
            "start": now,
            "expires": now + timedelta(minutes=10),
            "kind": "urgent",
        }
        self.urgent = (*self.urgent, self._made(id, "emergency", self._dice.uniform(1, 8), **more))
        self.ordered.add(id)

    def _show(self, number: int) -> Show:
        dice = self._dice
        late = dice.choice((Late(rule="drop"), Late(), Late(rule="within", minutes=1), Late(rule="always")))
        more: dict[str, Any] = {"late": late, "after_cut": dice.choice(("resume", "restart", "stay_cut"))}
        start = self.begin + timedelta(seconds=BEFORE_S + dice.uniform(0, SPAN_S))
        kind = dice.choice(("normal", "normal", "priority"))
        return self._made(f"phat-{number}", kind, dice.uniform(0.5, 6), start=start, kind="plan", **more)

    @staticmethod
    def _made(id: str, broadcast_class: Any, seconds: float, **more: Any) -> Show:
        sound = Media(sha256=f"{abs(hash(id)):064x}"[:64], size=1, duration_ms=int(seconds * 1000), codec="wav")
        options: dict[str, Any] = {"epoch": 1, "sources": files((sound,))} | more
        return Show(id=id, title=id, issuer="office", broadcast_class=broadcast_class, **options)

    # --- how it goes on

    def _at_work(self) -> None:
        self.player = PaperPlayer(self.clock)
        self.proven = ProvenClock(self.clock)
        self.journal = Journal(self.store, self.proven, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, self.journal, self.proven)
        self.conductor = Conductor(
            clock=self.proven,
            clock_trust=self._trust,
            doubtful_after=lambda: self.proven.doubt,
            orders_at=lambda now: self._orders(),
            player=self.player,
            library=PaperLibrary(),  # type: ignore[arg-type]
            amplifier=Amplifier(_NoBoard(), self.proven, lead_ms=100, tail_ms=100),  # type: ignore[arg-type]
            ledger=self.ledger,
            journal=self.journal,
        )
        self._policy = Policy(Caps(), (RULE,), None, 70)

    def _trust(self) -> ClockTrust:
        return self.proven.judge(self.evidence, self.begin - timedelta(days=1))

    def _orders(self) -> Orders:
        return Orders(scheduled=self.scheduled, urgent=self.urgent, policy=self._policy)

    def _keep_house(self) -> None:
        """As the agent does every hour."""
        listed = frozenset(show.play for show in (*self.scheduled, *self.urgent))
        if self._trust().trusted:
            self.ledger.confirm(self.proven.now(), listed)

    def _mend(self) -> None:
        self.clock.jump(-self._leapt)
        self._leapt = 0.0
        self.evidence = NETWORK

    def _run(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 0:
            wait = self.conductor.step()
            self.clock.advance(min(wait, max(0.001, left)))
            for voice in self.player.voices:
                voice.live()
            self.player.voices = [voice for voice in self.player.voices if voice.state in ("waiting", "playing")]

    def _pass_by(self, seconds: float, at_once: float = 300.0) -> None:
        """Quickly, where little is due."""
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 0:
            wait = self.conductor.step()
            busy = self.conductor.playing is not None
            self.clock.advance(min(wait if busy else at_once, max(0.001, left)))
            for voice in self.player.voices:
                voice.live()
        self.conductor.step()


class _NoBoard:
    """A board that switches nothing."""

    def set_output(self, name: str, on: bool) -> None: ...

    def hold_until(self, moment: float) -> None: ...


EVENTS = (
    *("cut",) * 4,
    *("warn",) * 3,
    *("leap",) * 2,
    *("lose_sound", "break_a_file", "doubt", "mute", "withdraw"),
)


def lives(piece: tuple[int, int]) -> Tally:
    """So many lives, from this number on."""
    first, many = piece
    tally = Tally()
    logging.disable(logging.WARNING)
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="lives-", dir=memory) as folder:
        for number in range(first, first + many):
            place = Path(folder) / str(number)
            place.mkdir()
            life = Life(place, random.Random(f"life {number}"))
            try:
                life.live()
                tally.faults += [f"life {number}: {fault}" for fault in life.faults()]
                tally.outcomes += life.outcomes()
            except Exception as error:  # noqa: BLE001 - the loop would have gone on; that it stumbled is the fault
                tally.faults.append(f"life {number}: {type(error).__name__}: {error}")
            tally.occurrences += len(life.ordered)
            life.store.close()
            shutil.rmtree(place)
    return tally


def run(occurrences: int, seed: int, jobs: int = 1) -> int:
    """Prints what came of them; 1 where something does not hold."""
    many = -(-occurrences // SHOWS)
    pieces = [(seed * 10_000_000 + at, min(50, many - at)) for at in range(0, many, 50)]
    total, begun, told = Tally(), time.monotonic(), 0
    with ProcessPoolExecutor(jobs) as pool:
        for tally in pool.map(lives, pieces) if jobs > 1 else map(lives, pieces):
            total.occurrences += tally.occurrences
            total.outcomes += tally.outcomes
            total.faults += tally.faults
            if total.occurrences - told >= 10_000:
                told = total.occurrences
                print(f"{told} occurrences, {time.monotonic() - begun:.0f} s, {len(total.faults)} faults", flush=True)
            if total.occurrences >= occurrences:
                break
    print(f"{total.occurrences} occurrences in {time.monotonic() - begun:.0f} s:")
    for outcome, count in total.outcomes.most_common():
        print(f"{count:9} {outcome}")
    for fault in total.faults[:30]:
        print("WRONG", fault)
    return int(bool(total.faults))


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--occurrences", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    os.chdir(ROOT)
    sys.exit(run(given.occurrences, given.seed, given.jobs))


if __name__ == "__main__":
    main()
