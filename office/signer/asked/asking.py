"""A person's word, taken: what he orders is proven to be his, and written down before anything is signed for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from langso.words.catalogue import Sentence
from office.signer.asked.book import Book, KnownPlay, PlayKind
from office.signer.asked.follows import REGRET, check_meanings, plays_of
from office.signer.asked.orders import (
    Asked,
    AskedAlarm,
    AskedApproval,
    AskedBroadcast,
    AskedEnding,
    AskedSettings,
    AskedTalk,
    hash_of,
)
from office.signer.asked.people import ROOT, People
from office.signer.asked.second_person import SECOND_RULES, SecondPerson, SecondRule, seconded
from office.signer.errors import SignerRefused


@dataclass(frozen=True)
class PlaysStanding:
    """`known`: may be signed; `waiting`: would, had a second person said yes; `ended`: taken back (of either kind);
    `still`: all that was signed and may not be left out.
    """

    known: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    still: tuple[str, ...] = ()


class Asking:
    """The caller takes turns."""

    def __init__(self, book: Book, people: People) -> None:
        self._book = book
        self._people = people

    def take(self, asked: Asked, person: str, now: datetime, *, code: str = "", passkey: str = "") -> None:
        """From now on the signer signs what this order says. `person` ROOT: the caller knows that it is root.

        Raises SignerRefused, and then nothing was ordered.
        """
        kind: PlayKind = "alarm" if isinstance(asked, AskedAlarm) else "play"
        plays, sha256 = plays_of(asked), hash_of(asked)
        # Before a code is used up for what cannot be.
        check_meanings(plays, self._book.known(kind, (play.id for play in plays)))
        if isinstance(asked, AskedApproval):
            self._check_approval(asked, person)
        how = "root"
        if person != ROOT:
            alarm = isinstance(asked, AskedAlarm) and asked.order.sounds
            if alarm and not self._people.may_alarm(person):
                raise SignerRefused(Sentence("signer-person-no-alarm", person=person))
            how = self._people.prove(person, sha256, now, code=code, passkey=passkey)
        with self._book.transaction():
            self._book.remember(kind, plays, now, by=person)
            if isinstance(asked, AskedApproval):
                self._book.approve((time.id for one in asked.broadcasts for time in one.times), person)
            elif isinstance(asked, AskedEnding):
                self._book.end("play", asked.plays, now)
                self._book.end("alarm", asked.alarms, now)
            elif isinstance(asked, AskedSettings):
                self._book.keep_settings(asked.device, sha256)
            elif isinstance(asked, AskedTalk):
                self._book.talk_asked(asked.talk.village, sha256)
            self._book.note(now, person, how, _told(asked), sha256)

    def _check_approval(self, asked: AskedApproval, person: str) -> None:
        """Raises SignerRefused unless this person may approve, and somebody else asked for just this."""
        if person != ROOT and not self._people.may_approve(person):
            raise SignerRefused(Sentence("signer-person-no-approval", person=person))
        for one in asked.broadcasts:
            plays = plays_of(one)
            known = self._book.known("play", (play.id for play in plays))
            check_meanings(plays, known)
            if any(play.id not in known or known[play.id].ended is not None for play in plays):
                raise SignerRefused(Sentence("signer-approval-not-asked", title=one.title))
            if any(known[play.id].by == person for play in plays):
                raise SignerRefused(Sentence("signer-approval-own", title=one.title))

    def standing(
        self,
        kind: PlayKind,
        ids: Sequence[str],
        now: datetime,
        second: SecondRule = "never",
        loudspeakers: Collection[str] = (),
    ) -> PlaysStanding:
        """How these ids stand, in a commune of these loudspeakers by this rule."""
        known = self._book.known(kind, ids)
        others = self._book.known("play" if kind == "alarm" else "alarm", ids)
        good = tuple(id for id, play in known.items() if play.ended is None or now - play.ended <= REGRET)
        ended = tuple(play.id for play in (*known.values(), *others.values()) if play.ended is not None)
        waiting = _waiting([known[id] for id in good], second, loudspeakers) if kind == "play" else frozenset()
        return PlaysStanding(
            known=tuple(id for id in good if id not in waiting),
            waiting=tuple(id for id in good if id in waiting),
            ended=ended,
            still=tuple(play.id for play in self._book.open_plays(kind, now)),
        )

    def set_second(self, rule: str, now: datetime) -> None:
        """Root says which broadcasts need two people. Raises SignerRefused for no such rule."""
        if rule not in SECOND_RULES:
            raise SignerRefused(Sentence("signer-second-unknown", known=", ".join(SECOND_RULES)))
        with self._book.transaction():
            self._book.keep("second", rule)
            self._book.note(now, ROOT, "root", f"second {rule}")

    def note(self, now: datetime, person: str, how: str, act: str) -> None:
        """One line of the signer's own log."""
        with self._book.transaction():
            self._book.note(now, person, how, act)

    def release(self, now: datetime) -> int:
        """Root lets go of all that is still to be played, so that an office that lost its plan may sign another;
        returns how many plays.
        """
        with self._book.transaction():
            gone = [play.id for play in self._book.open_plays("play", now)]
            self._book.end("play", gone, now)
            self._book.note(now, ROOT, "root", f"release {len(gone)}")
        return len(gone)


def _waiting(plays: Sequence[KnownPlay], second: SecondRule, loudspeakers: Collection[str]) -> frozenset[str]:
    if second == "never" or all(map(seconded, plays)):
        return frozenset()
    bodies = {play.id: AskedBroadcast.model_validate_json(play.body) for play in plays}
    rule = SecondPerson(second, loudspeakers, bodies.values())
    return frozenset(play.id for play in plays if not seconded(play) and rule.needed(bodies[play.id]))


def _told(asked: Asked) -> str:
    if isinstance(asked, AskedBroadcast):
        return f"broadcast {asked.id}"
    if isinstance(asked, AskedAlarm):
        return f"{asked.order.action} {asked.order.id}"
    if isinstance(asked, AskedEnding):
        return f"end {' '.join((*asked.plays, *asked.alarms))}"[:500]
    if isinstance(asked, AskedTalk):
        return f"talk {asked.talk.village} {asked.talk.minutes_a_day} {asked.talk.minutes_a_month}"
    if isinstance(asked, AskedApproval):
        return f"approve {' '.join(one.id for one in asked.broadcasts)}"[:500]
    return f"settings {asked.device}"
