"""The examination as a technician reads it: what is broken and what to do, what to mind, what is well."""

from __future__ import annotations

from collections.abc import Iterable

import click

from deploy.doctor.examining import Examination
from deploy.doctor.outcome import SEE_MORE
from deploy.doctor.words import ROLE_NAMES, label
from langso.health import Check

_HEADS = {"bad": ("HỎNG", "✗", "red"), "warn": ("CẦN ĐỂ Ý", "!", "yellow"), "ok": ("TỐT", "✓", "green")}


def lines(examination: Examination) -> Iterable[str]:
    """The report, a line each, with colours that click removes where nobody sees them."""
    yield _title(examination)
    hidden = [check for check in examination.checks if check.fix == SEE_MORE]
    for level, (head, mark, colour) in _HEADS.items():
        found = [check for check in examination.checks if check.level == level and check not in hidden]
        if not found:
            continue
        yield ""
        yield click.style(f"{head} ({len(found)})", fg=colour, bold=True)
        for check in found:
            yield from _told(check, click.style(mark, fg=colour, bold=True))
    if hidden:
        yield ""
        yield f"Không xem được với quyền này: {', '.join(label(check.name) for check in hidden)}."
        yield f"  → {SEE_MORE}"
    if examination.skipped:
        yield ""
        causes: dict[str, list[str]] = {}
        for one in examination.skipped:
            causes.setdefault(one.why, []).append(label(one.name))
        for why, names in causes.items():
            yield f"Chưa khám {', '.join(names)}: {why}."


def _title(examination: Examination) -> str:
    settings = examination.settings
    if settings is None:
        return "Khám máy này:"
    role = ROLE_NAMES.get(settings.device.role, settings.device.role)
    return f"Khám {role} {settings.device.id}, {settings.commune.name} ({examination.seconds:.1f} giây):"


def _told(check: Check, mark: str) -> Iterable[str]:
    yield f"  {mark} {label(check.name)}: {check.why}"
    if check.fix and check.level != "ok":
        yield f"      → {check.fix}"
