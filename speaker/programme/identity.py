"""Which recorded play a show is: by kind, issuer, epoch and id, and by what it said when it was claimed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from speaker.programme.shows import Show
from speaker.programme.situation import Entry


@dataclass(frozen=True)
class Identified:
    """`shows`: those that may be played, as the plays they are; `reused`: those under an id that was claimed for
    something else, which are refused.
    """

    shows: tuple[Show, ...]
    reused: tuple[Show, ...] = ()


def identify(shows: Iterable[Show], entries: Mapping[str, Entry]) -> Identified:
    """Compares shows with what is recorded, `entries` by play.

    After a key exchange a document says the same things in another epoch: what has the same start and the same media
    is the play of before, and not played again. What release 0.1.0 recorded has no epoch: its ids hold for all.
    """
    earlier: dict[tuple[str | None, str, str], list[Entry]] = {}
    for entry in entries.values():
        earlier.setdefault((entry.kind, entry.issuer, entry.id), []).append(entry)
    good: list[Show] = []
    reused: list[Show] = []
    for show in shows:
        own = entries.get(show.play)
        if own is None:
            found = _earlier(show, earlier.get((show.kind, show.issuer, show.id), ()))
            if found is not None:
                show = replace(show, epoch=found.epoch)
            elif (old := _of_0_1_0(show, earlier.get((None, show.issuer, show.id), ()))) is not None:
                own, show = old, replace(show, kind=None, epoch=None)
        (good if own is None or _same(own, show) else reused).append(show)
    return Identified(tuple(good), tuple(reused))


def _earlier(show: Show, entries: Iterable[Entry]) -> Entry | None:
    """The newest earlier epoch's play of this id that said the same."""
    said = {e.epoch: e for e in entries if e.epoch is not None and _same(e, show, targets=False)}
    before = [epoch for epoch in said if show.epoch is not None and epoch < show.epoch]
    return said[max(before)] if before else None


def _of_0_1_0(show: Show, entries: Iterable[Entry]) -> Entry | None:
    return next((entry for entry in entries if entry.urgent == show.urgent), None)


def _same(entry: Entry, show: Show, *, targets: bool = True) -> bool:
    """Whether the show is what was claimed; what an earlier release did not record cannot differ."""
    return (
        entry.start in (None, show.start)
        and entry.content in (None, show.content)
        and (not targets or entry.aim in (None, show.aim))
    )
