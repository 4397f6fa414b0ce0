"""Whether the card takes what is to be kept, as health lines: the first of all, since a dying card takes all else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from langso.contract.health import Check
from langso.durable.memory_first import MemoryFirstStore
from langso.durable.owed_files import OwedFiles
from langso.words.catalogue import t

_OF_CARD = ("storage", "disk", "card_errors", "card_write", "database")


def storage_checks(store: MemoryFirstStore, files: OwedFiles) -> list[Check]:
    """Health line `storage`, only where the card does not have all that a running service holds."""
    trouble = store.trouble
    if trouble is not None and trouble.full:
        return [Check.bad("storage", t("machine-card-full"), t("machine-card-full-do"))]
    if trouble is not None and trouble.hangs:
        return [Check.bad("storage", t("machine-card-hangs"), t("machine-card-hangs-do"))]
    why = trouble.why if trouble is not None and trouble.why else files.trouble
    if trouble is None and not files.owed:
        return []
    return [Check.bad("storage", t("machine-card-fails", why=why or "?"), t("machine-card-fails-do"))]


def card_first(checks: Iterable[Check]) -> tuple[list[Check], list[Check]]:
    """The lines that speak of the card, and the others."""
    seen = list(checks)
    return [one for one in seen if one.name in _OF_CARD], [one for one in seen if one.name not in _OF_CARD]


def set_aside(state: Path) -> Check:
    """Health line `database`: a database that was found damaged, and begun anew, until somebody takes it away."""
    found: list[str] = []
    for pattern in ("*.corrupt-*Z", "*/*.corrupt-*Z"):
        with contextlib.suppress(OSError):
            found += [path.name for path in state.glob(pattern)]
    if not found:
        return Check.good("database", t("machine-none-set-aside"))
    named = sorted(found)[-1]
    return Check.warning("database", t("machine-set-aside", named=named, count=len(found)), t("machine-set-aside-do"))
