"""The village head's talk key: who may speak now, how long; what is heard of it is a show like any other.

Opened by the PIN (`talk_door`), held down to speak; three short presses play the last announcement once more.
"""

from __future__ import annotations

import dataclasses
import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from firmware_bridge.switchboard import LINE_SOURCE, Switchboard
from langso.contract import Order
from langso.contract.health import Check
from langso.contract.outcomes import Ending, Reason
from langso.durable.errors import StoreError
from langso.timekeeping.clock import Clock, ClockTrust
from langso.timekeeping.worker_thread import WorkerThread
from langso.trust import Keeper
from langso.words.catalogue import Sentence, t
from speaker.programme.orders import Orders
from speaker.programme.shows import AGAIN, Show
from speaker.programme.talking import Granted, bound_of, talk_show
from speaker.record.plays import Ledger
from speaker.record.talk_book import TalkBook
from speaker.talk_door import TalkDoor

log = logging.getLogger(__name__)

KEY_S, IDLE_S = 0.03, 0.25
"""How often the key is looked at while the door is open, and while it is shut."""
MEANT_S = 0.4
"""Held so long it is meant to speak; shorter presses are counted."""
PRESSES, WITHIN_S = 3, 3.0
RELEASED_S = 0.8
"""A board that has just come tells a held key within a fifth of a second: one not told for so long is let go."""
BEGINS_S = 8.0
"""A talk that has not begun by then is judged anew: something else plays."""
AGAIN_LIFE = timedelta(minutes=5)
TOLD_S = 900.0


class TalkKey:
    """Its own thread looks at the key; the loop that plays asks `orders`. `orders_at`: what the documents ask;
    `playing`: what sounds now; `muted`: whether silence is wanted on the spot; `look`: something has changed.
    """

    def __init__(
        self,
        board: Switchboard,
        keeper: Keeper,
        ledger: Ledger,
        book: TalkBook,
        door: TalkDoor,
        clock: Clock,
        *,
        clock_trust: Callable[[], ClockTrust],
        orders_at: Callable[[datetime | None], Orders],
        playing: Callable[[], Show | None],
        muted: Callable[[], bool],
        lead_s: float,
        look: Callable[[], None],
    ) -> None:
        self._board, self._keeper, self._ledger, self._book, self._door = board, keeper, ledger, book, door
        self._clock = clock
        self._clock_trust = clock_trust
        self._orders_at = orders_at
        self._playing = playing
        self._muted = muted
        self._lead = timedelta(seconds=lead_s)
        self._look = look
        self._lock = threading.Lock()
        self._show: Show | None = None
        self._under: Granted | None = None
        self._listed = 0.0
        self._began: float | None = None
        self._again: tuple[Show, ...] = ()
        self._let_go: tuple[str, ...] = ()
        self._joined: tuple[tuple[Show, ...], tuple[Show, ...], tuple[Show, ...]] | None = None
        self._pressed: float | None = None
        self._presses: list[float] = []
        self._spent = False
        # Held since before anybody looked, by this program or by this board, it was pressed for something else.
        self._armed = False
        self._loose_since: float | None = None
        self._told: tuple[float, Sentence | Reason] | None = None
        self._thread = WorkerThread("talk", self._run)

    def start(self) -> None:
        """Begins to look at the key."""
        self._thread.start()

    def stop(self) -> None:
        """A talk ends with the program."""
        self._thread.stop()

    def granted(self) -> Granted | None:
        """Whose right is in force here: what the newest order of an issuer gives."""
        orders = [taken.document for taken in self._keeper.all_held("order") if isinstance(taken.document, Order)]
        given = [order for order in orders if order.talk is not None]
        newest = max(given, key=lambda order: order.issued, default=None)
        if newest is None or newest.talk is None:
            return None
        return Granted(newest.talk, newest.issuer, newest.epoch)

    def orders(self, now: datetime | None) -> Orders:
        """What the documents ask, and beside it the talk and what is to be heard again."""
        orders = self._orders_at(now)
        with self._lock:
            own = (*(() if self._show is None else (self._show,)), *self._again)
            let_go = self._let_go
        if not own and not let_go:
            return orders
        if self._joined is None or self._joined[0] is not orders.urgent or self._joined[1] != own:
            self._joined = orders.urgent, own, (*orders.urgent, *own)
        return dataclasses.replace(orders, urgent=self._joined[2], let_go=frozenset(let_go))

    @property
    def armed(self) -> bool:
        """Whether the key was seen let go, so that holding it is a press: not one that was held all along."""
        return self._armed

    def check(self) -> list[Check]:
        """Health line `talk` where somebody may speak here: how many minutes are left, and what was in the way."""
        granted = self.granted()
        if granted is None:
            return []
        talked, right = self._book.talked(self._clock.now()), granted.right
        day = _whole(timedelta(minutes=right.minutes_a_day) - talked.day)
        month = _whole(timedelta(minutes=right.minutes_a_month) - talked.month)
        told = self._told
        if LINE_SOURCE not in self._board.sources():
            return [Check.warning("talk", t("talk-no-line"), t("talk-no-line-fix"))]
        if told is not None and self._clock.monotonic() - told[0] < TOLD_S:
            why = told[1].sentence if isinstance(told[1], Reason) else told[1]
            return [Check.good("talk", t("talk-was-refused", why=why, day=day, month=month))]
        return [Check.good("talk", t("talk-ready", day=day, month=month))]

    def step(self) -> float:
        """One look at the key; returns seconds until the next. Called by its thread, and by tests."""
        now, held = self._clock.monotonic(), self._board.talk_held()
        self._look_whether_loose(held, now)
        opened = self._door.left_s() > 0
        if opened:
            self._asked_again(self._door.again)
        self._forget_again()
        if self._show is not None:
            self._tend(self._show, held, now)
        elif held:
            self._pressed = now if self._pressed is None else self._pressed
            if self._armed and not self._spent and now - self._pressed >= MEANT_S:
                self._try(opened)
        else:
            if self._pressed is not None and not self._spent and opened:
                self._count(now)
            self._pressed, self._spent = None, False
        return KEY_S if opened or held or self._show is not None else IDLE_S

    def _look_whether_loose(self, held: bool, now: float) -> None:
        if not self._board.sources():
            self._armed, self._loose_since = False, None
        elif held:
            self._loose_since = None
        elif self._loose_since is None:
            self._loose_since = now
        elif now - self._loose_since >= RELEASED_S:
            self._armed = True

    def _run(self) -> None:
        while not self._thread.stopping:
            wait = 1.0
            try:
                wait = self.step()
            except StoreError:
                # Nobody speaks uncounted; the card is told elsewhere.
                log.exception("the talk key stumbled")
            self._thread.sleep(wait)

    def _try(self, opened: bool) -> None:
        if not opened:
            self._refuse(Sentence("talk-needs-pin"))
        elif LINE_SOURCE not in self._board.sources():
            self._refuse(Sentence("talk-no-line"))
        elif self._muted():
            self._refuse(Reason(Ending.MUTED_WHEN_DUE))
        elif self._playing() is None:
            self._begin()

    def _begin(self) -> None:
        now, granted = self._clock.now(), self.granted()
        orders = self._orders_at(now if self._clock_trust().trusted else None)
        bound = bound_of(
            granted,
            orders.policy,
            self._book.talked(now),
            now=now,
            heard_ms=self._ledger.heard_today(now),
            following=self._following(orders, now),
            lead=self._lead,
        )
        title = t("talk-title")
        show = None
        if granted is not None:
            show = talk_show(granted, bound, now, id=_new_id("talk"), title=title, lead=self._lead)
        if show is None:
            self._refuse(bound.why)
            return
        self._book.begin(show.play, now)
        self._under, self._listed, self._began, self._told = granted, self._clock.monotonic(), None, None
        with self._lock:
            self._show = show
        log.info("%s: the talk key is held, until %s (%s)", show.id, show.expires, bound.why.code)
        self._look()

    def _tend(self, show: Show, held: bool, now: float) -> None:
        entry = self._ledger.entries().get(show.play)
        if entry is not None and self._began is None:
            self._began = now + (entry.began - self._clock.now()).total_seconds()
        used = timedelta(seconds=0 if self._began is None else max(0.0, now - self._began))
        if entry is not None and entry.state == "ended":
            self._over(show, used, spent=held)
        elif not held:
            self._over(show, used, let_go=True)
        elif not self._may_go_on():
            log.warning("%s: the right to speak is withdrawn", show.id)
            self._over(show, used, spent=True)
        elif entry is None and now - self._listed > BEGINS_S:
            self._over(show, timedelta(0))
        else:
            self._book.goes_on(show.play, self._clock.now(), used)

    def _may_go_on(self) -> bool:
        granted = self.granted()
        if granted == self._under:
            return True
        now = self._clock.now()
        bound = bound_of(granted, self._orders_at(None).policy, self._book.talked(now), now=now)
        return bound.at > now

    def _over(self, show: Show, used: timedelta, *, let_go: bool = False, spent: bool = False) -> None:
        with self._lock:
            self._show = None
            if let_go:
                self._let_go = (*self._let_go, show.play)[-8:]
        self._spent, self._pressed = spent, None
        self._look()
        self._book.end(show.play, self._clock.now(), used)

    def _following(self, orders: Orders, now: datetime) -> Show | None:
        if not self._clock_trust().trusted:
            return None
        entries = self._ledger.entries()
        since = now - AGAIN_LIFE
        return next((one for one in orders.scheduled if one.audible > since and one.play not in entries), None)

    def _count(self, now: float) -> None:
        self._presses = [*(at for at in self._presses if now - at < WITHIN_S), now]
        if len(self._presses) >= PRESSES:
            self._presses = []
            self._asked_again(_new_id("key"))

    def _asked_again(self, word: str) -> None:
        if not word or not self._ledger.do_once(f"{AGAIN}:{word}"):
            return
        last = self._ledger.last_played()
        orders = self._orders_at(None)
        found = next((show for show in (*orders.scheduled, *orders.urgent) if show.play == last), None)
        if found is None or found.relayed:
            self._refuse(Sentence("talk-nothing-again"))
            return
        now = self._clock.now()
        again = dataclasses.replace(
            found, id=_new_id(AGAIN), start=now, urgent=True, expires=now + AGAIN_LIFE, kind=AGAIN
        )
        log.info("%s: %s is to be heard again", again.id, found.id)
        with self._lock:
            self._again = (*self._again[-2:], again)
        self._look()

    def _forget_again(self) -> None:
        if self._again:
            entries, now = self._ledger.entries(), self._clock.now()
            kept = tuple(
                show
                for show in self._again
                if (entry := entries.get(show.play)) is None or entry.state != "ended"
                if show.expires is None or now < show.expires + AGAIN_LIFE
            )
            with self._lock:
                self._again = kept

    def _refuse(self, why: Sentence | Reason) -> None:
        self._spent = True
        self._told = self._clock.monotonic(), why
        log.info("the talk key opens nothing: %s", why.why if isinstance(why, Reason) else why)
        self._look()


def _whole(left: timedelta) -> int:
    return max(0, int(left.total_seconds() // 60))


def _new_id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(8)}"
