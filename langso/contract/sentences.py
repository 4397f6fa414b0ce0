"""A sentence of ours between our programs, or kept: its id and its values, said in the language of whoever reads it.

Beside it stands its Vietnamese text, for a reader of another release that does not know the id.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from langso.contract.base import Amount, Code, Instant, ParameterName
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Unit, Words, known_sentence, sentence_in, sentence_of
from langso.words.language import in_language

MOST_TEXT = 500
MOST_VALUES = 16
DEEPEST = 4
"""A refusal that names a rule that names a cause is three deep."""
MOST_KEPT = 16 << 10
CODE_HEADER = "Langso-Code"
"""On every answer of the office that refuses: the id of the sentence that a person reads, in whatever language."""


class _Carried(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CarriedMoment(_Carried):
    """A time as a value; said on `today`, it may read "07:05 hôm nay"."""

    at: Instant
    today: date | None = None


class CarriedSentence(_Carried):
    """An id of the catalogue and what its text names: words, numbers, times, and sentences in their turn."""

    id: Code
    values: Annotated[
        dict[
            ParameterName,
            Annotated[int, Field(ge=-(1 << 53), le=1 << 53)]
            | Amount
            | Annotated[str, StringConstraints(max_length=MOST_TEXT)]
            | CarriedMoment
            | CarriedSentence,
        ],
        Field(max_length=MOST_VALUES),
    ] = {}

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > DEEPEST:
            raise ValueError("a sentence in a sentence in a sentence in a sentence in a sentence")
        return self

    @property
    def depth(self) -> int:
        """1 where no value is a sentence."""
        return 1 + max(
            (value.depth for value in self.values.values() if isinstance(value, CarriedSentence)), default=0
        )

    @classmethod
    def of(cls, words: Words) -> CarriedSentence | None:
        """What can be said anew elsewhere; None for words that came from elsewhere themselves, or hold what cannot be
        carried (letters that are none, a number beyond all bounds): their text is all there is then.
        """
        sentence = sentence_in(words)
        if sentence is None:
            return None
        try:
            return cls(id=sentence.id, values={name: _carried(value) for name, value in sentence.parameters})
        except ValidationError:
            return None

    def here(self) -> Sentence | None:
        """The sentence as it is said here; None where its id is unknown, or a value that its text wants missing."""
        found: dict[str, object] = {}
        for name, value in self.values.items():
            if isinstance(value, CarriedSentence):
                inner = value.here()
                if inner is None:
                    return None
                found[name] = inner
            elif isinstance(value, CarriedMoment):
                found[name] = Unit(dates.moment, value.at, value.today)
            else:
                found[name] = value
        return known_sentence(self.id, found)


def vietnamese(words: Words) -> str:
    """The text that is kept and sent beside a sentence, whatever language is spoken now."""
    sentence = sentence_in(words)
    with in_language("vi"):
        return str(words if sentence is None else sentence)


def kept(words: Words) -> str | None:
    """A sentence as a column holds it; None for other words, whose text is all there is."""
    carried = CarriedSentence.of(words)
    return None if carried is None else carried.model_dump_json(exclude_defaults=True)


def read_kept(text: str, column: str | None) -> Words:
    """What was kept, to be said now: by its sentence, or as its Vietnamese text where that cannot be read here."""
    try:
        known = None if not column else CarriedSentence.model_validate_json(column[:MOST_KEPT]).here()
    except ValidationError:
        known = None
    return known or text


def answered(code: str | None, text: str) -> Words:
    """What a refusal says here: the sentence of its code, if it is known and names no values; else its own `text`."""
    return (known_sentence(code, {}) if code else None) or text


def _carried(value: object) -> int | float | str | CarriedMoment | CarriedSentence:
    if isinstance(value, BaseException):
        value = sentence_of(value) or value
    if isinstance(value, Sentence | str):
        inner = CarriedSentence.of(value)
        if inner is not None:
            return inner
    if isinstance(value, Unit) and value.write is dates.moment:
        at, today = (*value.values, None)[:2]
        return CarriedMoment.model_validate({"at": at, "today": today})
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    with in_language("vi"):
        return str(value)[:MOST_TEXT]
