"""What becomes of each press of the talk key, step by step, with a board and a clock of the test's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from firmware_bridge.switchboard import NoSwitchboard
from langso.contract import Caps, IssuerRule, Media, Order, TalkRight, Threshold
from langso.contract.outcomes import Ending
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import AGAIN, Show
from speaker.programme.sources import files
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.record.talk_book import TALK_MIGRATION, TalkBook
from speaker.talk_door import TalkDoor
from speaker.talk_key import BEGINS_S, MEANT_S, RELEASED_S, TalkKey

NOW = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
FIVE = TalkRight(village="thon-1", minutes_a_day=5, minutes_a_month=9)
MEDIUM = Media(sha256="ab" * 32, size=1, duration_ms=30_000, codec="wav")


class Board(NoSwitchboard):
    held = False
    there = ("fm", "ip", "line")

    def talk_held(self) -> bool:
        return self.held

    def sources(self) -> tuple[str, ...]:
        return self.there


class Desk:
    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(NOW)
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, TALK_MIGRATION))
        journal = Journal(self.store, self.clock, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, journal, self.clock)
        self.book = TalkBook(self.store)
        self.door = TalkDoor(folder)
        self.board = Board()
        self.held: list[Order] = []
        self.playing: Show | None = None
        keys = Threshold(keys=("ab" * 32,), threshold=1)
        rule = IssuerRule(name="office", signers=keys, epoch=1, kinds=("order", "plan"), classes=("normal",))
        self.orders = Orders(policy=Policy(Caps(), (rule,), "thon-1"))
        keeper: Any = SimpleNamespace(all_held=lambda kind: [SimpleNamespace(document=one) for one in self.held])
        self.key = TalkKey(
            self.board,
            keeper,
            self.ledger,
            self.book,
            self.door,
            self.clock,
            clock_trust=lambda: SimpleNamespace(trusted=True),  # type: ignore[arg-type,return-value]
            orders_at=lambda now: self.orders,
            playing=lambda: self.playing,
            muted=lambda: self.ledger.muted,
            lead_s=1.5,
            look=lambda: None,
        )
        self.grant()

    def grant(self, talk: TalkRight | None = FIVE) -> None:
        fields = {"issuer": "office", "audience": "loa-1", "commune": "xa", "epoch": 1, "version": 1}
        self.held = [
            Order.model_validate({**fields, "issued": NOW, "expires": NOW + timedelta(days=1), "talk": talk})
        ]

    def hold(self, seconds: float, *, held: bool = True) -> None:
        self.board.held = held
        for _ in range(round(seconds / 0.05)):
            self.key.step()
            self.clock.advance(0.05)
        self.key.step()

    def tap(self) -> None:
        self.hold(0.1)
        self.hold(0.1, held=False)

    @property
    def talk(self) -> Show | None:
        return next((show for show in self.key.orders(None).urgent if show.live), None)

    @property
    def told(self) -> str:
        return self.key.check()[0].why

    def begins(self) -> Show:
        self.hold(MEANT_S + 0.1)
        show = self.talk
        assert show is not None
        self.ledger.claim(show, self.clock.now(), unproven=False)
        return show


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    made = Desk(tmp_path)
    made.hold(1, held=False)
    yield made
    made.store.close()


def test_a_key_that_the_pin_has_not_opened_says_so_and_opens_nothing(desk: Desk) -> None:
    desk.hold(2)
    assert desk.talk is None
    assert "mã PIN" in desk.told
    assert desk.book.talked(NOW).day == timedelta(0)


def test_only_a_key_that_is_held_is_meant_to_speak(desk: Desk) -> None:
    desk.door.open()
    desk.hold(MEANT_S - 0.1)
    assert desk.talk is None
    desk.hold(0.2)
    assert desk.talk is not None


def test_a_key_held_since_before_the_program_began_opens_nothing_until_pressed_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.door.open()
    desk.board.held = True
    desk.hold(30)
    assert desk.talk is None
    desk.hold(RELEASED_S - 0.1, held=False)
    desk.hold(2)
    assert desk.talk is None, "a board that has just come may not have told of it yet"
    desk.hold(RELEASED_S + 0.1, held=False)
    desk.hold(2)
    assert desk.talk is not None
    desk.store.close()


def test_a_board_that_was_away_under_a_held_key_opens_nothing_by_itself(desk: Desk) -> None:
    desk.door.open()
    show = desk.begins()
    desk.hold(5)
    desk.board.there = ()
    desk.hold(1, held=False)
    assert show not in desk.key.orders(None).urgent
    desk.board.there = Board.there
    desk.hold(0.1, held=False)
    desk.hold(20)
    assert desk.talk is None
    desk.hold(1, held=False)
    desk.hold(2)
    assert desk.talk is not None


def test_what_was_spoken_is_counted_from_the_first_sound_to_letting_go(desk: Desk) -> None:
    desk.door.open()
    show = desk.begins()
    desk.hold(20)
    assert desk.key.orders(None).urgent == (show,)
    assert desk.key.orders(None).urgent is desk.key.orders(None).urgent, "compared by identity, many times a second"
    desk.hold(0, held=False)
    assert desk.talk is None
    assert show.play in desk.key.orders(None).let_go
    assert desk.book.talked(NOW).day == pytest.approx(timedelta(seconds=20), abs=timedelta(seconds=0.2))
    assert "còn 4 phút hôm nay, 8 phút tháng này" in desk.told


def test_a_withdrawn_right_ends_a_talk_and_is_not_told_as_letting_go(desk: Desk) -> None:
    desk.door.open()
    show = desk.begins()
    desk.grant(None)
    desk.hold(0)
    assert desk.talk is None
    assert show.play not in desk.key.orders(None).let_go
    assert desk.key.check() == []
    desk.hold(2)
    assert desk.talk is None


def test_another_right_that_still_holds_ends_nothing(desk: Desk) -> None:
    desk.door.open()
    show = desk.begins()
    desk.grant(TalkRight(village="thon-1", minutes_a_day=3, minutes_a_month=9))
    desk.hold(1)
    assert desk.talk == show
    desk.grant(TalkRight(village="thon-2", minutes_a_day=3, minutes_a_month=9))
    desk.hold(0)
    assert desk.talk is None


def test_one_that_something_else_has_ended_needs_another_press(desk: Desk) -> None:
    desk.door.open()
    show = desk.begins()
    desk.ledger.end(show.play, "cut", None)
    desk.hold(5)
    assert desk.talk is None
    desk.hold(0.1, held=False)
    desk.hold(MEANT_S + 0.1)
    assert desk.talk is not None
    assert desk.talk.id != show.id


def test_it_waits_while_a_broadcast_plays_and_begins_after_it(desk: Desk) -> None:
    desk.door.open()
    desk.playing = Show("a", "", "office", "normal", NOW, files((MEDIUM,)))
    desk.hold(3)
    assert desk.talk is None
    desk.playing = None
    desk.hold(0.1)
    assert desk.talk is not None


def test_one_that_never_began_is_judged_anew_and_costs_nothing(desk: Desk) -> None:
    desk.door.open()
    desk.hold(MEANT_S + 0.1)
    first = desk.talk
    assert first is not None
    assert desk.book.talked(NOW).day > timedelta(0)
    desk.playing = Show("a", "", "office", "normal", NOW, files((MEDIUM,)))
    desk.hold(BEGINS_S + MEANT_S + 1)
    assert desk.talk is None
    assert desk.book.talked(NOW).day == timedelta(0)


def test_a_muted_loudspeaker_and_a_board_without_a_line_are_told(desk: Desk) -> None:
    desk.door.open()
    desk.ledger.set_switch("muted", "1")
    desk.hold(1)
    assert desk.talk is None
    assert "tắt tiếng" in desk.told
    desk.ledger.set_switch("muted", "0")
    desk.board.there = ("fm", "ip")
    desk.hold(1, held=False)
    desk.hold(1)
    assert desk.talk is None
    assert [check.level for check in desk.key.check()] == ["warn"]


def test_a_talk_ends_before_what_is_planned_and_none_begins_just_before_it(desk: Desk) -> None:
    desk.door.open()
    coming = Show("a", "Bản tin", "office", "normal", NOW + timedelta(seconds=60), files((MEDIUM,)), kind="plan")
    desk.orders = Orders(scheduled=(coming,), policy=desk.orders.policy)
    show = desk.begins()
    assert show.expires is not None
    assert show.expires < coming.start - timedelta(seconds=5)
    assert show.why_until is not None
    assert show.why_until.code is Ending.BUSY
    desk.ledger.end(show.play, "played", None)
    desk.hold(42, held=False)
    desk.hold(1)
    assert desk.talk is None
    assert "Bản tin" in desk.told


def test_three_short_presses_play_the_last_announcement_once_more(desk: Desk) -> None:
    news = Show("a", "Bản tin", "office", "normal", NOW, files((MEDIUM,)), kind="plan", epoch=1)
    alarm = Show("b", "Lũ", "office", "emergency", NOW, files((MEDIUM,)), kind="urgent", epoch=1, urgent=True)
    desk.orders = Orders(scheduled=(news,), urgent=(alarm,), policy=desk.orders.policy)
    for show in (news, alarm):
        desk.ledger.claim(show, NOW, unproven=False)
        desk.ledger.end(show.play, "played", None)
        desk.clock.advance(1)

    def agains() -> list[Show]:
        return [show for show in desk.key.orders(None).urgent if show.kind == AGAIN]

    for _ in range(4):
        desk.tap()
    assert agains() == [], "the door is shut"
    desk.door.open()
    desk.tap()
    desk.tap()
    assert agains() == []
    desk.tap()
    (again,) = agains()
    assert (again.title, again.sources, again.emergency, again.urgent) == ("Bản tin", news.sources, False, True)
    assert again.play != news.play
    desk.ledger.claim(again, NOW, unproven=False)
    desk.ledger.end(again.play, "played", None)
    desk.hold(0, held=False)
    assert agains() == []


def test_a_word_of_the_command_asks_once_also_over_a_restart(desk: Desk) -> None:
    news = Show("a", "Bản tin", "office", "normal", NOW, files((MEDIUM,)), kind="plan", epoch=1)
    desk.orders = Orders(scheduled=(news,), policy=desk.orders.policy)
    desk.ledger.claim(news, NOW, unproven=False)
    desk.ledger.end(news.play, "played", None)
    desk.door.open(again="w1")
    desk.hold(0.2, held=False)
    desk.hold(0.2, held=False)
    assert len([show for show in desk.key.orders(None).urgent if show.kind == AGAIN]) == 1
    assert not desk.ledger.do_once(f"{AGAIN}:w1")
