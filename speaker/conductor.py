"""The timeline's loop: looks at the situation, does what `decide` says, waits. One thread; all else wakes it."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from langso.contract.outcomes import Ending, Reason
from langso.durable.errors import StoreError
from langso.timekeeping.clock import Clock, ClockTrust
from langso.timekeeping.worker_thread import WorkerThread
from speaker.media.library import Library
from speaker.programme.orders import Orders
from speaker.programme.shows import Show
from speaker.programme.timeline import Begin, Cut, Decision, Outcome, Playing, Situation, decide
from speaker.record.journal import Journal
from speaker.record.plays import Ledger
from speaker.sound.amplifier import Amplifier
from speaker.sound.performance import Performance
from speaker.sound.sounds import Player

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 1.0
ENOUGH = 0.9


class Conductor:
    """Performs the orders. `orders_at(now)` reads the held documents (None: untrusted clock); `clock_trust` judges
    the clock; `on_change` is called when what plays or what was noted has changed, `turned` after every round.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        clock_trust: Callable[[], ClockTrust],
        orders_at: Callable[[datetime | None], Orders],
        player: Player,
        library: Library,
        amplifier: Amplifier,
        ledger: Ledger,
        journal: Journal,
        on_change: Callable[[], None] = lambda: None,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._clock_trust = clock_trust
        self._orders_at = orders_at
        self._player = player
        self._library = library
        self._amplifier = amplifier
        self._ledger = ledger
        self._journal = journal
        self._on_change = on_change
        self._turned = turned
        self._performances: list[Performance] = []
        self._seen_urgent: dict[str, float] = {}
        self._thread = WorkerThread("timeline", self._run)
        self.beat = clock.monotonic()
        self.trouble = ""
        self._unrecorded: set[str] = set()

    def start(self) -> None:
        """Begins; what was claimed before a crash is settled at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stops; what plays is left claimed and goes on, by its rule, at the next start."""
        self._thread.stop()
        for performance in self._performances:
            performance.cut()

    def look(self) -> None:
        """Something has changed: decide again now."""
        self._thread.wake()

    @property
    def playing(self) -> Show | None:
        """What sounds now, or is about to."""
        performances = tuple(self._performances)
        return performances[0].show if performances else None

    def step(self) -> float:
        """One pass; returns seconds to wait. Called by the loop, and by tests with their own clock."""
        self.beat = self._clock.monotonic()
        next_tick = self._tend()
        for _ in range(100):
            situation, orders = self._situation()
            decision = decide(situation)
            if decision.idle:
                break
            self._do(decision, orders, situation)
            next_tick = min(next_tick, self._tend())
        if not self._performances:
            self._amplifier.rest()
        wait = min(LONGEST_WAIT_S, next_tick - self._clock.monotonic())
        if decision.wake is not None:
            wait = min(wait, (decision.wake - situation.now).total_seconds())
        return max(0.005, wait)

    def _run(self) -> None:
        while not self._thread.stopping:
            try:
                wait = self.step()
                self.trouble = ""
            except Exception as error:
                # A loudspeaker that stops deciding is silent for ever: say it, and go on.
                log.exception("the timeline stumbled")
                self.trouble = str(error)
                wait = 1.0
            self._turned()
            self._thread.sleep(wait)

    def _situation(self) -> tuple[Situation, Orders]:
        now = self._clock.now()
        trusted = self._clock_trust().trusted
        orders = self._orders_at(now if trusted else None)
        if trusted:
            self._journal.be_born(now)
        entries = self._ledger.entries()
        heard = self._ledger.heard_today(now)
        performing = {performance.show.id for performance in self._performances}
        return (
            Situation(
                now=now,
                trusted=trusted,
                scheduled=orders.scheduled,
                urgent=self._urgent(orders, now, trusted),
                stops=orders.stops,
                cleared=orders.cleared,
                entries={id: entry for id, entry in entries.items() if id not in performing},
                playing=tuple(Playing(p.show, p.begins, p.ends) for p in self._performances),
                ready=lambda show: all(self._library.ready(medium) for medium in show.media),
                refusal=lambda show, at: orders.policy.refusal(show, at, heard),
                born=self._journal.born,
                muted=self._ledger.switch("muted") == "1",
                lead_ready=timedelta(seconds=self._amplifier.lead_s),
            ),
            orders,
        )

    def _urgent(self, orders: Orders, now: datetime, trusted: bool) -> tuple[Show, ...]:
        """Without a trusted clock an order lasts `expires - issued` from when this process first saw it."""
        monotonic = self._clock.monotonic()
        listed = {show.id for show in orders.urgent}
        self._seen_urgent = {id: seen for id, seen in self._seen_urgent.items() if id in listed}
        shows = []
        performing = {performance.show.id for performance in self._performances}
        for show in orders.urgent:
            if show.id in self._unrecorded and show.id not in performing:
                continue
            seen = self._seen_urgent.setdefault(show.id, monotonic)
            if not trusted and show.expires is not None:
                left = (show.expires - show.start).total_seconds() - (monotonic - seen)
                show = dataclasses.replace(show, expires=now + timedelta(seconds=left))
            shows.append(show)
        return tuple(shows)

    def _do(self, decision: Decision, orders: Orders, situation: Situation) -> None:
        for cut in decision.cuts:
            self._cut(cut)
        shows = {show.id: show for show in (*orders.scheduled, *orders.urgent)}
        with self._ledger.together():
            for finish in decision.finishes:
                log.info("%s: %s (%s)", finish.id, finish.outcome, finish.reason.code)
                self._ledger.end(finish.id, finish.outcome, finish.reason, show=shows.get(finish.id))
        if decision.begin is not None:
            self._begin(decision.begin, orders, situation)
        self._on_change()

    def _begin(self, begin: Begin, orders: Orders, situation: Situation) -> None:
        show = begin.show
        sounding = any(performance.first_sound <= self._clock.monotonic() for performance in self._performances)
        ready = self._amplifier.power()
        not_before = 0.0 if sounding else ready
        performance = Performance(
            show,
            self._player,
            self._library.path,
            self._clock,
            at=None if begin.at is None else begin.at + timedelta(milliseconds=begin.position_ms),
            position_ms=begin.position_ms,
            chime=begin.chime,
            volume=orders.policy.loudness(show),
            not_before=not_before,
        )
        # The claim is on disk before the player is given the first sample.
        try:
            self._ledger.claim(show, performance.begins, unproven=not situation.trusted)
        except StoreError:
            if not show.emergency:
                raise
            # A full card must not silence a flood warning; this process remembers that it was heard.
            log.exception("an emergency plays without its claim")
            self._unrecorded.add(show.id)
        self._performances.append(performance)
        log.info("%s begins at %s", show.id, performance.begins.isoformat())

    def _cut(self, cut: Cut) -> None:
        performance = next((p for p in self._performances if p.show.id == cut.show.id), None)
        if performance is None:
            return
        position = performance.cut()
        self._performances.remove(performance)
        now = self._clock.monotonic()
        self._note_start(performance)
        heard = performance.heard_ms(now)
        log.info("%s is cut at %d ms (%s)", cut.show.id, position, cut.reason.code)
        if cut.keep:
            self._ledger.interrupt(cut.show.id, position, heard)
        else:
            self._ledger.end(cut.show.id, cut.outcome, cut.reason, heard_ms=heard)

    def _tend(self) -> float:
        """Lets every performance go on; settles those that are over. Returns the next monotonic tick."""
        wake = self._clock.monotonic() + LONGEST_WAIT_S
        for performance in tuple(self._performances):
            wake = min(wake, performance.tick())
            self._note_start(performance)
            if performance.finished:
                self._performances.remove(performance)
                self._settle(performance)
        return wake

    def _note_start(self, performance: Performance) -> None:
        if performance.error_ms is not None and not performance.noted:
            performance.noted = True
            self._ledger.started(performance.show.id, performance.error_ms)

    def _settle(self, performance: Performance) -> None:
        heard = performance.heard_ms(self._clock.monotonic())
        outcome: Outcome = "played"
        reason = None
        if performance.fault and heard < performance.expected_ms * ENOUGH:
            outcome = "cut" if heard else "missed"
            reason = Reason(Ending.SOUND, {"detail": performance.fault[:200]}, performance.fault)
        self._ledger.end(performance.show.id, outcome, reason, heard_ms=heard)
        log.info("%s: %s, %d ms heard", performance.show.id, outcome, heard)
        self._on_change()
