"""The message catalogue: every sentence a person reads or hears has an id, and a text in each language.

Texts stand in `messages/<language>/<role>/<room>.ftl` (Project Fluent); an id begins with its file's name. Only the
sentences that are asked for are parsed, so a loudspeaker does not pay for the office's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from langso.words import ftl
from langso.words.language import Language, language

FOLDER = Path(__file__).with_name("messages")

_WRITTEN: dict[Language, tuple[str, ...]] = {"vi": ("vi",), "en": ("en", "vi"), "qps": ("en", "vi")}


@dataclass(frozen=True, init=False)
class Sentence:
    """A sentence not yet in any language: it travels (in errors, checks, answers) and is rendered at the door.

    `str()` of it is its text in the language spoken at that moment. Parameters are rendered as late, by `str()` or as
    sentences; numbers also choose between singular and plural.
    """

    id: str
    parameters: tuple[tuple[str, object], ...]

    def __init__(self, id: str, /, **parameters: object) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "parameters", tuple(parameters.items()))

    def __str__(self) -> str:
        return _render(self, language(), None)


Words = Sentence | str
"""A sentence of ours, or words that came from elsewhere (a person, another machine, the system)."""


@dataclass(frozen=True, init=False)
class Unit:
    """A date, time, amount or number as a parameter, written by `write(*values)` in the language of that moment."""

    write: Callable[..., object]
    values: tuple[object, ...]

    def __init__(self, write: Callable[..., object], *values: object) -> None:
        object.__setattr__(self, "write", write)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return str(self.write(*self.values))


@dataclass(frozen=True, init=False)
class Joined:
    """Sentences, units or words as one parameter, with `between` between them."""

    between: Words
    parts: tuple[object, ...]

    def __init__(self, between: Words, parts: Iterable[object]) -> None:
        object.__setattr__(self, "between", between)
        object.__setattr__(self, "parts", tuple(parts))

    def __str__(self) -> str:
        return str(self.between).join(map(str, self.parts))


class Said(str):
    """A text that still knows its sentence, until it becomes part of another: by it a reader elsewhere, in another
    language, says the same.
    """

    sentence: Sentence

    def __new__(cls, text: str, sentence: Sentence) -> Said:
        said = super().__new__(cls, text)
        said.sentence = sentence
        return said

    def __reduce__(self) -> tuple[type[Said], tuple[str, Sentence]]:
        return Said, (str(self), self.sentence)


def sentence_in(words: Words) -> Sentence | None:
    """The sentence of ours that these words are; None for words that came from elsewhere or were joined."""
    return words if isinstance(words, Sentence) else words.sentence if isinstance(words, Said) else None


def t(id: str, /, **parameters: object) -> str:
    """The text of a sentence in the language spoken now. An id that is nowhere comes back as it is, never an error:
    a refusal must reach the person even where its words are missing (tests see to it that none is).
    """
    sentence = Sentence(id, **parameters)
    return Said(_render(sentence, language(), None), sentence)


def spoken(sentence: Sentence) -> str:
    """How it is said aloud: its spoken form where it has one, else its text; its parameters likewise."""
    return _render(sentence, language(), ftl.SPOKEN)


def sentence_of(error: BaseException) -> Sentence | None:
    """The sentence that an error of ours was raised with; None for other errors."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else None


def is_known(id: str) -> bool:
    """Whether the catalogue has this id or form (`id.form`); for ids made of codes that come from elsewhere."""
    plain, _, form = id.partition(".")
    return plain in _sources("vi") and (not form or _pattern(id, "vi", None) is not None)


def forget() -> None:
    """Reads the files anew at the next sentence."""
    _pattern.cache_clear()
    _sources.cache_clear()


def _render(sentence: Sentence, tongue: Language, form: str | None) -> str:
    found = _pattern(sentence.id, tongue, form)
    if found is None:
        return sentence.id
    values = {name: _value(value, tongue, form) for name, value in sentence.parameters}
    if tongue == "qps":
        return f"⟦{ftl.render(found, values, ftl.pseudo)}⟧"
    return ftl.render(found, values)


def _value(value: object, tongue: Language, form: str | None) -> object:
    if isinstance(value, BaseException):
        value = sentence_of(value) or value
    if isinstance(value, Sentence):
        return _render(value, tongue, form)
    return value if isinstance(value, int) else str(value)


@cache
def _pattern(id: str, tongue: Language, form: str | None) -> ftl.Pattern | None:
    """The parsed text: in this language before the next one, the wanted form before the plain one."""
    plain, _, attribute = id.partition(".")
    for written in _WRITTEN[tongue]:
        source = _sources(written).get(plain)
        forms = ftl.parse(source) if source is not None else {}
        for name in (form, attribute):
            if name is not None and name in forms:
                return forms[name]
    return None


@cache
def _sources(written: str) -> dict[str, str]:
    """Id -> the source of its message, of every file of a language."""
    found: dict[str, str] = {}
    for file in sorted((FOLDER / written).glob("*/*.ftl")):
        found |= ftl.split(file.read_text(encoding="utf-8"))
    return found
