"""What may be said aloud: sentences that local people record, units joined to them, texts of people on request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from langso.words.catalogue import Sentence, Unit, Words, sentence_in, spoken

_RECORDED = "prompts-"
_WITHOUT_VALUES = {"journeys-odd-same": Sentence("prompts-odd-same")}
"""Read with a value in it, said without: a voice that was recorded cannot say it."""
_PAUSE = ".!?…:"


@dataclass(frozen=True)
class Theirs:
    """Words of a person or an office, which no voice has recorded: a name, a procedure. Read on request only."""

    text: str


Spoken: TypeAlias = tuple[Sentence | Unit | Theirs, ...]
"""What is said, in order: prompts (ids `prompts-…`, no values), units (numbers, amounts, codes), people's texts."""


def aloud(words: Iterable[Words]) -> Spoken:
    """Of what a place shows, that which may be said: prompts, or the prompt that says the same without a value."""
    known = [sentence_in(one) for one in words]
    told = [None if one is None else _WITHOUT_VALUES.get(one.id, one) for one in known]
    return tuple(one for one in told if one is not None and _is_recorded(one))


def as_text(parts: Spoken) -> str:
    """For a voice that reads text, in the language spoken now. Raises TypeError for what may not be said."""
    return " ".join(_closed(_one(part)) for part in parts)


def _one(part: Sentence | Unit | Theirs) -> str:
    if isinstance(part, Theirs):
        return part.text
    if isinstance(part, Unit):
        return str(part)
    if isinstance(part, Sentence) and _is_recorded(part):
        return spoken(part)
    raise TypeError(f"neither a prompt nor a unit nor a person's text: {part!r}")


def _is_recorded(sentence: Sentence) -> bool:
    return sentence.id.startswith(_RECORDED) and not sentence.parameters


def _closed(text: str) -> str:
    """With a full stop, by which a voice knows to draw breath."""
    return text if not text or text[-1] in _PAUSE else f"{text}."
