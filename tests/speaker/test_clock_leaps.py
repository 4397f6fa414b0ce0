"""A clock that leaps under a fortnight's plan: nothing that was due is lost, and each play has one final ending."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conducted import RULE, SOUND
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from paper_library import PaperLibrary

from langso.contract import Caps, EndedReceipt, Late, StartedReceipt
from langso.durable.store import Store
from langso.timekeeping.clock import ClockEvidence, ClockTrust, HandSet
from langso.timekeeping.proven_clock import SETTLE_S, ProvenClock
from speaker.conductor import Conductor
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.sound.amplifier import Amplifier

DAY_S = 86400.0
DAYS = 14
NETWORK = ClockEvidence(ntp_synchronised=True)
NOTHING = ClockEvidence()


class Pole:
    """A loudspeaker on simulated time with a plan of two broadcasts a day; its wall clock may be made to leap."""

    def __init__(self, stage: Any, folder: Path, evidence: ClockEvidence = NETWORK) -> None:
        self.stage, self.clock = stage, stage.clock
        self.begin: datetime = self.clock.now()
        self.evidence = evidence
        self.proven = ProvenClock(self.clock)
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self.shows = tuple(
            self.show(f"{day:02}-{hour}", self.begin + timedelta(days=day, hours=hour))
            for day, hour in itertools.product(range(DAYS), (1, 9))
        )
        self.at_work()

    def at_work(self) -> None:
        """Also after a restart: what a process remembers is gone."""
        self.journal = Journal(self.store, self.proven, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, self.journal, self.proven)
        self.conductor = Conductor(
            clock=self.proven,
            clock_trust=self.trust,
            doubtful_after=lambda: self.proven.doubt,
            orders_at=lambda now: Orders(scheduled=self.shows, policy=Policy(Caps(), (RULE,), None, 70)),
            player=self.stage.player,
            library=PaperLibrary(),  # type: ignore[arg-type]
            amplifier=Amplifier(self, self.proven, lead_ms=100, tail_ms=100),  # type: ignore[arg-type]
            ledger=self.ledger,
            journal=self.journal,
        )

    def restart(self) -> None:
        """Reboots."""
        self.proven = ProvenClock(self.clock)
        self.at_work()

    def trust(self) -> ClockTrust:
        return self.proven.judge(self.evidence, self.begin - timedelta(days=1))

    def show(self, id: str, start: datetime, **more: Any) -> Show:
        options: dict[str, Any] = {"sources": files((SOUND,)), "kind": "plan", "epoch": 1} | more
        return Show(id=id, title=id, issuer="office", broadcast_class="normal", start=start, **options)

    def set_output(self, name: str, on: bool) -> None: ...

    def hold_until(self, moment: float) -> None: ...

    def close(self) -> None: ...

    def health(self) -> Any: ...

    def run(self, seconds: float) -> None:
        """Second by second, as its own thread does."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            wait = self.conductor.step()
            self.clock.advance(min(wait, 1.0, max(0.001, end - self.clock.monotonic())))
            for voice in self.stage.player.voices:
                voice.live()

    def pass_by(self, seconds: float) -> None:
        """Quickly, where nothing is due."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            self.conductor.step()
            self.clock.advance(min(300.0, end - self.clock.monotonic()))
        self.conductor.step()

    def play_the_rest(self, seconds: float, *, of: tuple[Show, ...] = ()) -> None:
        """On to so much later: slowly where something is due, quickly between."""
        end = self.clock.monotonic() + seconds
        true = [(show.start - self.begin).total_seconds() for show in of or self.shows]
        while self.clock.monotonic() < end:
            now = self.clock.monotonic()
            coming = min((at for at in true if at + 8 > now), default=end)
            if coming - 10 > now:
                self.pass_by(min(coming - 10, end) - now)
            else:
                self.run(min(20.0, end - now))

    def endings(self) -> list[EndedReceipt]:
        return [line.body for line in self.journal.lines() if isinstance(line.body, EndedReceipt)]

    def outcomes(self) -> dict[str, str]:
        """Of the final endings; exactly one each."""
        final = [ended for ended in self.endings() if ended.final]
        assert max(Counter(ended.occurrence for ended in final).values(), default=0) <= 1
        return {ended.occurrence: ended.outcome for ended in final}


@pytest.fixture
def pole(stage: Any, tmp_path: Path) -> Pole:
    return Pole(stage, tmp_path)


@pytest.mark.parametrize("days", [20.0, -20.0, 4000.0, -7168.0])
def test_a_lie_of_ten_seconds_ends_nothing_and_what_is_due_meanwhile_plays(pole: Pole, days: float) -> None:
    """Before: each occurrence of fourteen days was told as missed, for good."""
    pole.pass_by(SETTLE_S)
    pole.play_the_rest(3600 - SETTLE_S - 5)
    pole.clock.jump(days * DAY_S)
    pole.run(10)
    pole.clock.jump(-days * DAY_S)
    pole.run(20)
    assert pole.outcomes() == {"00-1": "played"}
    assert [ended.final for ended in pole.endings()] == [True]
    pole.play_the_rest(2 * DAY_S)
    assert pole.outcomes() == dict.fromkeys(("00-1", "00-9", "01-1", "01-9", "02-1"), "played")
    assert pole.ledger.confirm(pole.proven.now(), frozenset()) == 0


def test_what_the_networks_first_word_burnt_is_played_and_each_ending_replaced_once(pole: Pole) -> None:
    """Just booted, nothing else is known: the lie is heard, the verdicts are provisional."""
    pole.clock.jump(20 * DAY_S)
    pole.run(10)
    burnt = pole.endings()
    assert {ended.occurrence for ended in burnt} == {show.id for show in pole.shows}
    assert {(ended.outcome, ended.final) for ended in burnt} == {("missed", False)}
    assert pole.journal.born is None, "nor is the journal dated by it"
    numbers = {
        line.body.occurrence: line.number for line in pole.journal.lines() if isinstance(line.body, EndedReceipt)
    }
    pole.clock.jump(-20 * DAY_S)
    pole.run(5)
    assert pole.ledger.entries() == {}
    pole.play_the_rest(DAY_S + 2 * 3600)
    assert pole.outcomes() == dict.fromkeys(("00-1", "00-9", "01-1"), "played")
    for ended in pole.endings():
        if ended.final:
            assert ended.replaces == numbers[ended.occurrence]
    # What left the plan meanwhile is not left open for ever.
    gone = frozenset(show.play for show in pole.shows[:-1])
    assert pole.ledger.confirm(pole.proven.now(), gone) == 1
    assert pole.outcomes()[pole.shows[-1].id] == "missed"


@pytest.mark.parametrize("days", [20.0, 3650.0])
def test_what_a_lie_kept_from_being_heard_is_final_26_hours_after_it_not_after_its_false_hour(
    pole: Pole, days: float
) -> None:
    """Its hour passed while the lie held, so nothing takes its ending back."""
    first = dataclasses.replace(pole.shows[0], late=Late(rule="drop"))
    pole.shows = (first, *pole.shows[1:])
    pole.pass_by(3600 - 60)
    pole.restart()
    pole.clock.jump(days * DAY_S)
    pole.run(300)
    pole.clock.jump(-days * DAY_S)
    pole.run(5)
    assert set(pole.ledger.entries()) == {pole.shows[0].play}, "the others are taken back"
    listed = frozenset(show.play for show in pole.shows)
    confirmed = []
    for hour in range(30):
        if pole.ledger.confirm(pole.proven.now(), listed):
            confirmed.append(hour)
        pole.play_the_rest(3600)
    assert confirmed == [26]
    assert pole.outcomes() == {"00-1": "missed", "00-9": "played", "01-1": "played"}


def test_what_two_lies_judged_is_not_final_before_its_own_hour(pole: Pole) -> None:
    show = pole.shows[9]
    pole.clock.jump(20 * DAY_S)
    assert pole.ledger.end(show.play, "missed", None, show=show, provisional=True)
    pole.clock.jump(-40 * DAY_S)
    assert pole.ledger.confirm(pole.clock.now(), frozenset()) == 0
    pole.clock.jump(20 * DAY_S)
    assert pole.ledger.confirm(pole.clock.now(), frozenset()) == 0
    pole.clock.jump((show.start - pole.clock.now()).total_seconds() + 26 * 3600 - 1)
    assert pole.ledger.confirm(pole.clock.now(), frozenset()) == 0
    pole.clock.jump(1)
    assert pole.ledger.confirm(pole.clock.now(), frozenset()) == 1


def test_a_leap_that_was_true_is_confirmed_after_26_hours(pole: Pole) -> None:
    """Switched on after a night off: by the card's clock it is still yesterday."""
    pole.evidence = NOTHING
    pole.run(5)
    pole.clock.jump(10 * 3600)
    pole.evidence = NETWORK
    pole.run(5)
    assert [(e.occurrence, e.outcome, e.final) for e in pole.endings()] == [
        ("00-1", "missed", False),
        ("00-9", "missed", False),
    ]
    pole.pass_by(12 * 3600)
    assert pole.ledger.confirm(pole.proven.now(), frozenset()) == 0
    pole.pass_by(15 * 3600)
    assert pole.ledger.confirm(pole.proven.now(), frozenset()) == 2
    assert pole.ledger.confirm(pole.proven.now(), frozenset()) == 0
    outcomes = pole.outcomes()
    assert (outcomes["00-1"], outcomes["00-9"]) == ("missed", "missed")
    # And then it is over, whatever the clock does.
    pole.evidence = NOTHING
    pole.clock.jump(-37 * 3600)
    pole.restart()
    pole.evidence = NETWORK
    pole.run(5)
    assert "00-1" in {entry.id for entry in pole.ledger.entries().values()}


def test_a_step_of_a_minute_and_back_plays_what_it_jumped_over(pole: Pole) -> None:
    pole.shows = (pole.show("dung", pole.begin + timedelta(hours=1), late=Late(rule="drop")),)
    pole.pass_by(3600 - 60)
    pole.clock.jump(90)
    pole.run(5)
    (missed,) = pole.endings()
    assert (missed.occurrence, missed.outcome, missed.final) == ("dung", "missed", False)
    pole.clock.jump(-90)
    pole.run(80)
    assert pole.outcomes() == {"dung": "played"}


def test_an_item_that_may_come_late_comes_late_after_a_lie(pole: Pole) -> None:
    late = pole.show("tre", pole.begin + timedelta(seconds=5), late=Late(rule="within", minutes=15))
    pole.shows = (late, *pole.shows)
    pole.clock.jump(20 * DAY_S)
    pole.run(10)
    pole.clock.jump(-20 * DAY_S)
    pole.run(20)
    assert pole.outcomes()["tre"] == "played"


def test_just_after_a_boot_what_is_due_by_a_lie_sounds_once_and_nothing_else_is_lost(pole: Pole) -> None:
    """Nothing else is known then; two minutes later neither that one plays again nor is another told as over."""
    pole.clock.jump(3 * DAY_S + 3590)
    pole.run(30)
    pole.clock.jump(-3 * DAY_S - 3590)
    pole.run(30)
    assert pole.outcomes() == {"03-1": "played"}
    pole.play_the_rest(3600)
    assert pole.outcomes() == {"03-1": "played", "00-1": "played"}


def test_what_another_rule_ended_is_not_judged_anew_while_the_clock_stands(pole: Pole) -> None:
    """Only a clock that went back was wrong: unmuted, the loudspeaker does not catch up on what it refused."""
    muted = pole.show("tat", pole.begin + timedelta(seconds=5), late=Late(rule="within", minutes=15))
    pole.shows = (muted,)
    pole.ledger.set_switch("muted", "1")
    pole.run(20)
    pole.ledger.set_switch("muted", "0")
    pole.run(20)
    assert [(ended.outcome, ended.final) for ended in pole.endings()] == [("refused", False)]


def test_receipts_say_that_a_person_set_the_time(pole: Pole) -> None:
    pole.evidence = NOTHING
    true = pole.begin
    pole.clock.jump(-400 * DAY_S)
    pole.run(5)
    assert pole.conductor.playing is None
    assert not pole.journal.lines()
    set_at = true.timestamp() + 3590 - pole.clock.monotonic()
    pole.evidence = dataclasses.replace(NOTHING, by_hand=HandSet(set_at, 300 * DAY_S, "1"))
    pole.run(30)
    bodies: list[Any] = [line.body for line in pole.journal.lines()]
    assert [(body.event, body.time_by_hand) for body in bodies] == [("started", True), ("ended", True)]
    assert bodies[-1].outcome == "played"


_LEAPS = st.lists(
    st.tuples(
        st.sampled_from((20 * DAY_S, -20 * DAY_S, 3 * DAY_S, 90.0, -90.0, 2 * 3600.0, -7168 * DAY_S)),
        st.floats(1, 120),
        st.floats(1, 3 * 3600),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(leaps=_LEAPS)
def test_whatever_leaps_each_play_has_one_final_ending_and_days_ahead_are_kept(
    make_pole: Callable[[], Pole], leaps: list[tuple[float, float, float, bool]]
) -> None:
    pole = make_pole()
    for seconds, lasts, truth, reboot in leaps:
        pole.clock.jump(seconds)
        pole.run(lasts)
        if reboot:
            pole.restart()
            pole.run(5)
        pole.clock.jump(-seconds)
        pole.run(5)
        pole.pass_by(truth)
    pole.run(5)
    pole.outcomes()
    ahead = {show.id for show in pole.shows if show.start > pole.clock.now() + timedelta(hours=1)}
    ended = {entry.id for entry in pole.ledger.entries().values() if entry.state == "ended"}
    # Just after a boot the lie is all that is known: what is due by it sounds, and has sounded.
    sounded = {line.body.occurrence for line in pole.journal.lines() if isinstance(line.body, StartedReceipt)}
    assert not ahead & ended - sounded
    counts = Counter(ended.occurrence for ended in pole.endings())
    assert max(counts.values(), default=0) <= 2
    again = [ended for ended in pole.endings() if ended.replaces is not None]
    assert all(ended.final for ended in again)


@pytest.fixture
def make_pole(tmp_path_factory: pytest.TempPathFactory, stage: Any) -> Callable[[], Pole]:
    return lambda: Pole(type(stage)(), tmp_path_factory.mktemp("pole"))
