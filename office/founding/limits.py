"""The commune's limits as the command line takes them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from langso.contract import LoudnessCap, QuietHours
from langso.errors import UsageError
from langso.words.catalogue import Sentence


def read_quiet_hours(spans: Sequence[str]) -> tuple[QuietHours, ...]:
    """From spans like 21:30-05:00. Raises UsageError."""
    try:
        return tuple(QuietHours(start=start, end=end) for start, _, end in (span.partition("-") for span in spans))
    except ValidationError as error:
        raise UsageError(Sentence("founding-quiet-hours")) from error


def read_loudness(caps: Sequence[str]) -> tuple[LoudnessCap, ...]:
    """From caps like 21:00-06:00=60, for other than emergencies, or 21:00-06:00=80:emergency. Raises UsageError."""
    found = []
    try:
        for cap in caps:
            hours, _, loud = cap.partition("=")
            start, _, end = hours.partition("-")
            volume, colon, classes = loud.partition(":")
            named = {"classes": tuple(classes.split(","))} if colon else {}
            found.append(LoudnessCap.model_validate({"start": start, "end": end, "volume": int(volume), **named}))
    except ValueError as error:
        raise UsageError(Sentence("founding-loudness")) from error
    return tuple(found)
