"""The commune's limits as the command line takes them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from langso.contract import QuietHours
from langso.errors import UsageError
from langso.words.catalogue import Sentence


def read_quiet_hours(spans: Sequence[str]) -> tuple[QuietHours, ...]:
    """From spans like 21:30-05:00. Raises UsageError."""
    try:
        return tuple(QuietHours(start=start, end=end) for start, _, end in (span.partition("-") for span in spans))
    except ValidationError as error:
        raise UsageError(Sentence("founding-quiet-hours")) from error
