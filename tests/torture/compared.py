"""What receipts claim held against what a recorder heard."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from langso.contract import Receipt, Receipts
from langso.trust import open_sealed
from tests.torture.marked_sound import Stretch

CLOSE_MS = 250
"""What a receipt may claim beyond what was recorded: a fade, blocks on their way, the edges of a stretch."""
SEAM_MS = 120


@dataclass(frozen=True)
class Show:
    """A play that was ordered: its id, the mark of its sound, when it was due (ns of wall time)."""

    id: str
    mark: int
    due_ns: int


@dataclass
class Comparison:
    """`outcomes`: how many ended how; `faults`: a sentence each."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def compare(
    shows: Sequence[Show],
    endings: Mapping[str, Sequence[Any]],
    heard: Iterable[Stretch],
    *,
    ms: int,
    killed_ns: Sequence[int] = (),
) -> Comparison:
    """`endings`: the bodies of `ended` receipts by id; `ms`: how long each sound is. What sounded before one of
    `killed_ns` may be forgotten, but not be claimed.

    The shows of one mark have to be due further apart than anything of them may sound.
    """
    found = Comparison()
    by_show = _given(shows, heard, found)
    for show in shows:
        ends, pieces = endings.get(show.id, ()), by_show[show.id]
        sounded = sum(piece.ms for piece in pieces)
        if len(ends) != 1:
            found.faults.append(f"{show.id}: {len(ends)} endings")
            continue
        (end,) = ends
        found.outcomes[f"{end.outcome} {end.code or ''}".strip()] += 1
        claimed = end.heard_ms or 0
        if claimed > sounded + CLOSE_MS:
            found.faults.append(f"{show.id}: {end.outcome}, {claimed} ms claimed, {sounded} ms recorded")
        if claimed < sounded - CLOSE_MS and not _killed(pieces, killed_ns):
            found.faults.append(f"{show.id}: {end.outcome}, only {claimed} ms claimed, {sounded} ms recorded")
        if end.outcome in ("missed", "refused") and sounded > CLOSE_MS:
            found.faults.append(f"{show.id}: {end.outcome} ({end.code}), yet {sounded} ms recorded")
        if end.outcome == "played" and sounded == 0:
            found.faults.append(f"{show.id}: played, yet nothing recorded")
        if (twice := _twice(pieces, ms)) > SEAM_MS:
            found.faults.append(f"{show.id}: {twice} ms of it were heard twice")
    return found


def endings_of(office: Any) -> dict[str, list[Any]]:
    """The endings that an office has heard of, by id."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for body in office.events("ended"):
        found[body.occurrence].append(body)
    return found


def two_tongues(office: Any) -> list[str]:
    """Receipts that were told with one number and different words."""
    told: dict[tuple[str, int], str] = {}
    faults = []
    for topic, raw in tuple(office.heard):
        if topic.endswith("/receipts"):
            batch = Receipts.model_validate_json(open_sealed(raw, "receipts", [office.public]))
            for line in batch.lines:
                number = Receipt.model_validate_json(line).number
                if told.setdefault((batch.journal, number), line) != line:
                    faults.append(f"receipt {number} was told twice with different words")
    return faults


def tell_and_exit(faults: Sequence[str], said: str) -> NoReturn:
    """Prints what is wrong, and where the agent's log (`said`) broke off; the status is 1 where anything is."""
    for fault in faults:
        print("WRONG", fault)
    if "Traceback" in said:
        print(said[said.index("Traceback") - 500 :][:4000])
    sys.exit(bool(faults))


def _killed(pieces: Sequence[Stretch], killed_ns: Sequence[int]) -> bool:
    """Whether the agent was killed while these sounded, or before they were written down."""
    begin = min(piece.begin_ns for piece in pieces)
    end = max(piece.begin_ns + piece.ms * 1_000_000 for piece in pieces)
    return any(begin - 1e9 <= killed <= end + 2e9 for killed in killed_ns)


def _given(shows: Sequence[Show], heard: Iterable[Stretch], found: Comparison) -> defaultdict[str, list[Stretch]]:
    """Each stretch to the last show of its mark that was due by then."""
    given: defaultdict[str, list[Stretch]] = defaultdict(list)
    for stretch in heard:
        due = [show for show in shows if show.mark == stretch.mark and show.due_ns <= stretch.begin_ns + 500_000_000]
        if due:
            given[max(due, key=lambda show: show.due_ns).id].append(stretch)
        elif stretch.ms > SEAM_MS:
            found.faults.append(f"{stretch.ms} ms of sound {stretch.mark} were heard that nobody had ordered by then")
    return given


def _twice(pieces: Sequence[Stretch], ms: int) -> int:
    """How many ms of a sound were heard more than once."""
    times = Counter(at for piece in pieces for at in range(piece.from_ms // 10, piece.to_ms // 10))
    return 10 * sum(many - 1 for at, many in times.items() if many > 1 and at < ms // 10)
