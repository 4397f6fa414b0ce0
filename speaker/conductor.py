"""The loop that plays, on one thread: looks at the situation, does what `timeline.decide` says, waits."""

from __future__ import annotations

import dataclasses
import functools
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from langso.contract import Media
from langso.contract.health import Check
from langso.durable.errors import StoreError
from langso.timekeeping.clock import Clock, ClockTrust
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import t
from speaker.media.library import Library
from speaker.programme.identity import Identified, identify
from speaker.programme.orders import Orders
from speaker.programme.shows import Show
from speaker.programme.situation import Begin, Cut, Decision, Entry, Playing, Situation
from speaker.programme.timeline import decide
from speaker.programme.window import ProgrammeWindow
from speaker.record.journal import Journal
from speaker.record.plays import Ledger
from speaker.sound.amplifier import Amplifier
from speaker.sound.performance import Performance
from speaker.sound.sounds import AnyPlayer

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 1.0
HANGS_S = 30.0
FIRST_S = 0.1
"""So long what is not urgent waits for what is to begin."""
WAITED_S = 5.0
"""So long an urgent order's own sound is waited for before its substitute is heard."""
SOON = timedelta(minutes=5)
SOON_S = 60.0


class _Compared:
    """Orders and what is recorded of them, compared: some thousand shows, several times a second, so what has not
    changed since `before` is taken from it.
    """

    def __init__(self, orders: Orders, entries: Mapping[str, Entry], before: _Compared | None) -> None:
        self._sides = orders.scheduled, orders.urgent, entries
        same = before is not None and before._sides[2] is entries
        self.scheduled: Identified
        if before is not None and same and before._sides[0] is orders.scheduled:
            self.scheduled = before.scheduled
        else:
            self.scheduled = identify(orders.scheduled, entries)
        self.urgent = identify(orders.urgent, entries)
        self.reused = frozenset(show.play for show in (*self.scheduled.reused, *self.urgent.reused))
        self.window: ProgrammeWindow
        if before is not None and before.scheduled is self.scheduled:
            self.window = before.window.beside(self.urgent.shows)
        else:
            self.window = ProgrammeWindow(self.scheduled.shows, self.urgent.shows, entries)

    def of(self, orders: Orders, entries: Mapping[str, Entry]) -> bool:
        """Whether it is of these."""
        sides = (orders.scheduled, orders.urgent, entries)
        return all(new is old for new, old in zip(sides, self._sides, strict=True))


class Conductor:
    """Performs the orders. `orders_at(now)` reads the held documents (None: untrusted clock); `clock_trust` judges
    the clock, `doubtful_after` says what it has just leapt over; `unplayable`: why a medium is passed over, or "";
    `muted`: whether somebody wants silence on the spot; `on_change` is called when what plays or what was noted has
    changed, `turned` after every round, `ended` with a play that sounded and the monotonic seconds between which it
    did.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        clock_trust: Callable[[], ClockTrust],
        orders_at: Callable[[datetime | None], Orders],
        doubtful_after: Callable[[], datetime | None] = lambda: None,
        player: AnyPlayer,
        library: Library,
        amplifier: Amplifier,
        ledger: Ledger,
        journal: Journal,
        unplayable: Callable[[Media], str] = lambda medium: "",
        on_change: Callable[[], None] = lambda: None,
        turned: Callable[[], None] = lambda: None,
        muted: Callable[[], bool] | None = None,
        ended: Callable[[str, float, float], None] = lambda _play, _begin, _end: None,
    ) -> None:
        self._clock = clock
        self._clock_trust = clock_trust
        self._orders_at = orders_at
        self._doubtful_after = doubtful_after
        self._player = player
        self._library = library
        self._amplifier = amplifier
        self._ledger = ledger
        self._journal = journal
        self._unplayable = unplayable
        self._on_change = on_change
        self._turned = turned
        self._muted = muted or (lambda: ledger.muted)
        self._ended = ended
        self._performances: list[Performance] = []
        self._soon_at = float("-inf")
        self._seen_urgent: dict[str, float] = {}
        self._thread = WorkerThread("timeline", self._run)
        self.beat = clock.monotonic()
        self.trouble = ""
        self._unrecorded: set[str] = set()
        self._by_hand = False
        self._compared: _Compared | None = None
        self._round = threading.Condition()
        self._rounds = 0

    def start(self) -> None:
        """Begins; plays that were claimed before a crash are settled at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stops; what plays stays claimed, and goes on by its rule at the next start."""
        self._thread.stop()

    def look(self) -> None:
        """Something has changed: decide again now."""
        self._thread.wake()

    def look_first(self) -> None:
        """As `look`; returns once that was decided and begun, or after a moment in which it was not."""
        with self._round:
            goal = self._rounds + 1
            self._thread.wake()
            self._round.wait_for(lambda: self._rounds >= goal, FIRST_S)

    @property
    def playing(self) -> Show | None:
        """What sounds now, or is about to."""
        performances = tuple(self._performances)
        return performances[0].show if performances else None

    def checks(self) -> list[Check]:
        """Health line `timeline`, only where the loop hangs or stumbles."""
        if self._clock.monotonic() - self.beat > HANGS_S:
            return [Check.bad("timeline", t("speaker-player-hangs"), t("speaker-restart-service"))]
        if self.trouble:
            return [Check.bad("timeline", self.told_trouble, t("speaker-card-space"))]
        return []

    def next_start(self) -> datetime | None:
        """Planned start of the next show that has not begun, as of the last pass."""
        return None if self._compared is None else self._compared.window.next_start(self._clock.now())

    @property
    def told_trouble(self) -> str:
        """What it stumbles over, as a sentence; "" where it does not."""
        return t("speaker-player-trouble", trouble=self.trouble) if self.trouble else ""

    def step(self) -> float:
        """One pass; returns seconds to wait. Called by the loop, and by tests with their own clock."""
        self.beat = self._clock.monotonic()
        self._amplifier.beat()
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
            with self._round:
                self._rounds += 1
                self._round.notify_all()
            self._thread.sleep(wait)
        for performance in self._performances:
            performance.cut()

    def _situation(self) -> tuple[Situation, Orders]:
        # Judged first: the clock tells the time by it.
        trust = self._clock_trust()
        now, trusted = self._clock.now(), trust.trusted
        self._by_hand = trust.reason == "hand"
        doubtful = self._doubtful_after()
        orders = self._orders_at(now if trusted else None)
        born = self._journal.born
        if trusted and doubtful is None:
            self._journal.be_born(now)
            born = self._journal.born
        elif trusted and born is None:
            born = self._journal.would_be_born(now)
        self._tell_what_is_soon(orders, now)
        entries = self._ledger.entries()
        compared = self._identified(orders, entries)
        orders = dataclasses.replace(orders, scheduled=compared.scheduled.shows, urgent=compared.urgent.shows)
        window = compared.window
        lead_ready = timedelta(seconds=self._amplifier.lead_s)
        heard = self._ledger.heard_today(now)
        performing = {performance.show.play for performance in self._performances}
        return (
            Situation(
                now=now,
                trusted=trusted,
                scheduled=window.at(now, lead_ready, stops=bool(orders.stops)),
                urgent=self._urgent(orders, now, trusted),
                stops=orders.stops,
                cleared=orders.cleared,
                entries={play: entry for play, entry in window.entries.items() if play not in performing},
                listed=window.plays,
                reused=compared.reused,
                playing=tuple(
                    Playing(p.show, p.begins, p.ends, p.instead, p.stalled(self._clock.monotonic()))
                    for p in self._performances
                ),
                ready=self._ready,
                instead=self._may_stand_in,
                refusal=lambda show, at: orders.policy.refusal(show, at, heard),
                born=born,
                doubtful_after=doubtful,
                taken_back=self._ledger.taken_back(),
                let_go=orders.let_go,
                muted=self._muted(),
                lead_ready=lead_ready,
            ),
            orders,
        )

    def _ready(self, show: Show) -> bool:
        return all(self._library.ready(medium) for medium in show.media)

    def _may_stand_in(self, show: Show) -> bool:
        """Whether its substitute is here, and it has been waited for the rest."""
        waited = self._clock.monotonic() - self._seen_urgent.get(show.play, self._clock.monotonic())
        return bool(show.fallback) and (show.relayed or waited >= WAITED_S) and self._ready(show.stand_in)

    def _tell_what_is_soon(self, orders: Orders, now: datetime) -> None:
        if self._clock.monotonic() >= self._soon_at:
            self._soon_at = self._clock.monotonic() + SOON_S
            soon = [show for show in orders.scheduled if now <= show.audible <= now + SOON]
            self._library.soon(medium for show in soon for medium in show.wanted)

    def _identified(self, orders: Orders, entries: Mapping[str, Entry]) -> _Compared:
        """The orders as the plays they are; what comes under an id that was claimed for something else is refused."""
        if self._compared is None or not self._compared.of(orders, entries):
            self._compared = _Compared(orders, entries, self._compared)
            self._ledger.refuse_reused((*self._compared.scheduled.reused, *self._compared.urgent.reused))
        return self._compared

    def _urgent(self, orders: Orders, now: datetime, trusted: bool) -> tuple[Show, ...]:
        """Without a trusted clock an order lasts `expires - issued` from when this process first saw it."""
        monotonic = self._clock.monotonic()
        listed = {show.play for show in orders.urgent}
        self._seen_urgent = {play: seen for play, seen in self._seen_urgent.items() if play in listed}
        shows = []
        performing = {performance.show.play for performance in self._performances}
        for show in orders.urgent:
            if show.play in self._unrecorded and show.play not in performing:
                continue
            seen = self._seen_urgent.setdefault(show.play, monotonic)
            if not trusted and show.expires is not None:
                left = (show.expires - show.start).total_seconds() - (monotonic - seen)
                show = dataclasses.replace(show, expires=now + timedelta(seconds=left))
            shows.append(show)
        return tuple(shows)

    def _do(self, decision: Decision, orders: Orders, situation: Situation) -> None:
        for cut in decision.cuts:
            self._cut(cut)
        if decision.take_back:
            log.warning("the clock was wrong: %d endings are taken back", len(decision.take_back))
            self._ledger.take_back(decision.take_back)
        shows = {show.play: show for show in (*orders.scheduled, *orders.urgent)}
        with self._ledger.together():
            for finish in decision.finishes:
                log.info("%s: %s (%s)", finish.play, finish.outcome, finish.reason.code)
                self._ledger.end(
                    finish.play,
                    finish.outcome,
                    finish.reason,
                    show=shows.get(finish.play),
                    provisional=finish.provisional,
                    by_hand=self._by_hand,
                )
        for show in decision.silenced:
            log.warning("%s: the mute on the spot keeps an emergency silent", show.id)
            self._ledger.silence(show, unproven=not situation.trusted, by_hand=self._by_hand)
        if decision.begin is not None:
            self._begin(decision.begin, orders, situation)
        self._on_change()

    def _begin(self, begin: Begin, orders: Orders, situation: Situation) -> None:
        show = begin.show
        sounding = any(performance.first_sound <= self._clock.monotonic() for performance in self._performances)
        ready = self._amplifier.power()
        not_before = 0.0 if sounding else ready
        # Without a proven hour an emergency is as loud as it ever may be.
        loud = orders.policy.loudness(show)
        performance = Performance(
            show,
            self._player,
            self._library.path,
            self._clock,
            at=None if begin.at is None else begin.at + timedelta(milliseconds=begin.position_ms),
            position_ms=begin.position_ms,
            chime=begin.chime,
            volume=functools.partial(orders.policy.loudness, show) if situation.trusted else lambda *_: loud,
            not_before=not_before,
            unplayable=self._unplayable,
            instead=begin.instead,
        )
        # The claim is on disk before the player is given the first sample.
        try:
            self._ledger.claim(show, performance.begins, unproven=not situation.trusted, by_hand=self._by_hand)
        except StoreError:
            if not show.emergency:
                raise
            # A full card must not silence a flood warning; this process remembers that it was heard.
            log.exception("an emergency plays without its claim")
            self._unrecorded.add(show.play)
        self._performances.append(performance)
        log.info("%s begins at %s", show.id, performance.begins.isoformat())

    def _cut(self, cut: Cut) -> None:
        performance = next((p for p in self._performances if p.show.play == cut.show.play), None)
        if performance is None:
            return
        position = performance.cut()
        self._performances.remove(performance)
        now = self._clock.monotonic()
        self._note_start(performance)
        heard = performance.heard_ms(now)
        log.info("%s is cut at %d ms (%s)", cut.show.id, position, cut.reason.code)
        stood_in = performance.stood_in_ms(now)
        if cut.keep:
            position = 0 if performance.instead else position
            self._ledger.interrupt(cut.show.play, position, heard, cut.leaves, fallback_ms=stood_in)
        else:
            self._ledger.end(cut.show.play, cut.outcome, cut.reason, heard_ms=heard, fallback_ms=stood_in)

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
            self._ledger.started(performance.show.play, performance.error_ms)

    def _settle(self, performance: Performance) -> None:
        now = self._clock.monotonic()
        heard = performance.heard_ms(now)
        outcome, reason = performance.ending(now)
        if performance.instead:
            # What was ordered may still come.
            self._ledger.interrupt(performance.show.play, 0, heard, "stood_in", fallback_ms=heard)
            self._on_change()
            return
        stood_in = performance.stood_in_ms(now)
        self._ledger.end(performance.show.play, outcome, reason, heard_ms=heard, fallback_ms=stood_in)
        log.info("%s: %s, %d ms heard", performance.show.id, outcome, heard)
        if heard and not performance.show.live:
            self._ended(performance.show.play, performance.first_sound, self._clock.monotonic())
        self._on_change()
