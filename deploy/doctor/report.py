"""The examination as a technician reads it: what is broken and what to do, what to mind, what is well."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.examining import Examination
from deploy.doctor.outcome import SEE_MORE
from deploy.doctor.words import label, role_name
from langso.contract.health import Check, Level
from langso.words.catalogue import t
from langso.words.harmless import harmless

_SIGNS: dict[Level, str] = {"bad": "✗", "warn": "!", "ok": "✓"}
_COLOURED: dict[Level, str] = {"bad": "bad", "warn": "warn", "ok": "good"}


def lines(examination: Examination) -> Iterable[tuple[str, str]]:
    """The report, a line each, and the `mark` that it is said with."""
    yield _title(examination), ""
    hidden = [check for check in examination.checks if check.fix == str(SEE_MORE)]
    for level in _SIGNS:
        found = [check for check in examination.checks if check.level == level and check not in hidden]
        if not found:
            continue
        yield "", ""
        yield t(f"doctor-head-{level}", count=len(found)), _COLOURED[level]
        for check in found:
            yield from told(check)
    if hidden:
        yield "", ""
        yield t("doctor-hidden", names=", ".join(label(check.name) for check in hidden)), ""
        yield f"  → {SEE_MORE}", ""
    if examination.skipped:
        yield "", ""
        causes: dict[str, list[str]] = {}
        for one in examination.skipped:
            causes.setdefault(str(one.why), []).append(label(one.name))
        for why, names in causes.items():
            yield t("doctor-skipped", names=", ".join(names), why=harmless(why)), ""


def told(check: Check) -> Iterable[tuple[str, str]]:
    """One check in a line, with what to do in another where it is not well; and the `mark` of each."""
    well = check.level == "ok"
    # What programs and devices say of themselves is in it.
    yield (
        f"  {_SIGNS[check.level]} {label(check.name)}: {harmless(check.why)}",
        "" if well else _COLOURED[check.level],
    )
    if check.fix and not well:
        yield f"      → {harmless(check.fix)}", ""


def _title(examination: Examination) -> str:
    settings = examination.settings
    if settings is None:
        return t("doctor-title-machine")
    return t(
        "doctor-title",
        role=role_name(settings.device.role),
        id=settings.device.id,
        commune=settings.commune.name,
        seconds=f"{examination.seconds:.1f}",
    )
