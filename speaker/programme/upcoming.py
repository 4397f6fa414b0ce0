"""The next broadcasts that a loudspeaker holds, and what would keep each from playing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from langso.contract import Media, Plan
from langso.trust import Keeper
from speaker.programme.policy import Policy
from speaker.programme.shows import Show, shows_of_plan

LISTED = 3


@dataclass(frozen=True)
class Upcoming:
    """One broadcast to come. `missing`: how many of its sounds are not here yet; `refusal`: why policy forbids it."""

    title: str
    start: datetime
    missing: int = 0
    refusal: str = ""


def scheduled(keeper: Keeper, device: str, village: str | None) -> tuple[list[Show], Policy]:
    """All shows of the plans held, by audible start, and the rules they are played under."""
    policy = Policy.of(keeper.trust, village, 100)
    shows: list[Show] = []
    for taken in keeper.all_held("plan"):
        if isinstance(taken.document, Plan):
            rule = policy.rule(taken.document.issuer)
            wide = rule is not None and "*" in rule.places
            shows += shows_of_plan(taken.document, device, wide=wide, relay_hosts=policy.relay_hosts)
    return sorted(shows, key=lambda show: (show.audible, show.id)), policy


def upcoming(
    shows: Collection[Show],
    policy: Policy,
    now: datetime,
    *,
    ready: Callable[[Media], bool],
    begun: Collection[str] = (),
    heard_ms: Mapping[str, int] | None = None,
    count: int = LISTED,
) -> tuple[Upcoming, ...]:
    """The next `count` shows that have not begun. `begun`: ids that are recorded; `heard_ms`: as
    `Ledger.heard_today`.
    """
    coming = [show for show in shows if show.start > now and show.id not in begun][:count]

    def refusal(show: Show) -> str:
        reason = policy.refusal(show, show.audible, heard_ms or {})
        return "" if reason is None else reason.why

    return tuple(
        Upcoming(
            show.title,
            show.start,
            sum(not ready(medium) for medium in dict.fromkeys(show.wanted)),
            refusal(show),
        )
        for show in coming
    )


def in_library(folder: Path) -> Callable[[Media], bool]:
    """A test whether a sound file is here whole, by its name and size only: hashing all files would take minutes."""

    def there(medium: Media) -> bool:
        try:
            return (folder / medium.sha256).stat().st_size == medium.size
        except OSError:
            return False

    return there
