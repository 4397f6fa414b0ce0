"""The examination as a technician reads it: what is broken and what to do, what to mind, what is well."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.examining import Examination
from deploy.doctor.outcome import SEE_MORE
from deploy.doctor.words import ROLE_NAMES, label
from langso.contract.health import Check, Level
from langso.words.harmless import harmless

_HEADS: dict[Level, tuple[str, str]] = {"bad": ("HỎNG", "✗"), "warn": ("CẦN ĐỂ Ý", "!"), "ok": ("TỐT", "✓")}
_COLOURED: dict[Level, str] = {"bad": "bad", "warn": "warn", "ok": "good"}


def lines(examination: Examination) -> Iterable[tuple[str, str]]:
    """The report, a line each, and the `mark` that it is said with."""
    yield _title(examination), ""
    hidden = [check for check in examination.checks if check.fix == SEE_MORE]
    for level, (head, _) in _HEADS.items():
        found = [check for check in examination.checks if check.level == level and check not in hidden]
        if not found:
            continue
        yield "", ""
        yield f"{head} ({len(found)})", _COLOURED[level]
        for check in found:
            yield from told(check)
    if hidden:
        yield "", ""
        yield f"Không xem được với quyền này: {', '.join(label(check.name) for check in hidden)}.", ""
        yield f"  → {SEE_MORE}", ""
    if examination.skipped:
        yield "", ""
        causes: dict[str, list[str]] = {}
        for one in examination.skipped:
            causes.setdefault(one.why, []).append(label(one.name))
        for why, names in causes.items():
            yield f"Chưa khám {', '.join(names)}: {harmless(why)}.", ""


def told(check: Check) -> Iterable[tuple[str, str]]:
    """One check in a line, with what to do in another where it is not well; and the `mark` of each."""
    well = check.level == "ok"
    # What programs and devices say of themselves is in it.
    yield (
        f"  {_HEADS[check.level][1]} {label(check.name)}: {harmless(check.why)}",
        "" if well else _COLOURED[check.level],
    )
    if check.fix and not well:
        yield f"      → {harmless(check.fix)}", ""


def _title(examination: Examination) -> str:
    settings = examination.settings
    if settings is None:
        return "Khám máy này:"
    role = ROLE_NAMES.get(settings.device.role, settings.device.role)
    return f"Khám {role} {settings.device.id}, {settings.commune.name} ({examination.seconds:.1f} giây):"
