"""What the held documents ask of this loudspeaker, as one value. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from langso.contract import Media
from speaker.programme.policy import Policy
from speaker.programme.shows import Show, Stop


@dataclass(frozen=True)
class Orders:
    """Shows to play, stops in force, and the policy that judges them; `let_go`: plays whose talk key was let go;
    `kept`: media that always lie here.
    """

    scheduled: tuple[Show, ...] = ()
    urgent: tuple[Show, ...] = ()
    stops: tuple[Stop, ...] = ()
    cleared: frozenset[str] = frozenset()
    policy: Policy = field(default_factory=Policy)
    let_go: frozenset[str] = frozenset()
    kept: tuple[Media, ...] = ()

    def media(self) -> list[Media]:
        """All media of the scheduled shows, the soonest needed first."""
        return [medium for show in self.scheduled for medium in show.wanted]

    def media_from(self, moment: datetime) -> Iterator[Media]:
        """The media of what is in force, what is always kept, then of what comes after this moment, in order."""
        yield from self.urgent_media()
        yield from self.kept
        for show in self.scheduled:
            if show.start > moment:
                yield from show.wanted

    @property
    def shows(self) -> tuple[Show, ...]:
        """All that are to play."""
        return (*self.scheduled, *self.urgent)

    def urgent_media(self) -> list[Media]:
        """Media of urgent orders, then those that are played instead."""
        stand_ins = [show.stand_in for show in self.urgent if show.fallback]
        return [medium for show in (*self.urgent, *stand_ins) for medium in show.media]
