"""The message catalogue: every sentence a person reads or hears has an id, and a text in each language.

Texts stand in `messages/<language>/<role>/<room>.ftl` (Project Fluent); an id begins with its file's name. Only the
sentences that are asked for are parsed, so a loudspeaker does not pay for the office's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from langso.words import ftl
from langso.words.language import Language, language

FOLDER = Path(__file__).with_name("messages")
_MOST_PARSED = 8192
"""More than all sentences there are: a device may ask for forms that are nowhere, without end."""

_WRITTEN: dict[Language, tuple[str, ...]] = {"vi": ("vi",), "en": ("en", "vi"), "qps": ("en", "vi")}


@dataclass(frozen=True, init=False)
class Sentence:
    """A sentence by its id, not yet in any language: errors, checks and answers carry it, and it becomes text when
    shown.

    `str()` gives its text in the language in force at that moment. Parameters become text as late, by `str()` or as
    sentences; whole numbers also choose between singular and plural.
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
    """A date, time, amount or number as a parameter of a sentence: `write(*values)` makes its text when
    it is shown.
    """

    write: Callable[..., object]
    values: tuple[object, ...]

    def __init__(self, write: Callable[..., object], *values: object) -> None:
        object.__setattr__(self, "write", write)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return str(self.write(*self.values))


@dataclass(frozen=True, init=False)
class Joined:
    """Several sentences, units or words as one parameter; `between` is put between them."""

    between: Words
    parts: tuple[object, ...]

    def __init__(self, between: Words, parts: Iterable[object]) -> None:
        object.__setattr__(self, "between", between)
        object.__setattr__(self, "parts", tuple(parts))

    def __str__(self) -> str:
        return str(self.between).join(map(str, self.parts))


class Said(str):
    """A text that remembers the sentence it came from, until it is joined to another text: so a reader elsewhere, in
    another language, can be told the same.
    """

    sentence: Sentence

    def __new__(cls, text: str, sentence: Sentence) -> Said:
        said = super().__new__(cls, text)
        said.sentence = sentence
        return said

    def __reduce__(self) -> tuple[type[Said], tuple[str, Sentence]]:
        return Said, (str(self), self.sentence)


def said(words: Words) -> str:
    """Their text in the language in force, which remembers a sentence it came from."""
    return words if isinstance(words, str) else Said(str(words), words)


def sentence_in(words: Words) -> Sentence | None:
    """The sentence that these words came from; None for words from elsewhere, or joined ones."""
    return words if isinstance(words, Sentence) else words.sentence if isinstance(words, Said) else None


def t(id: str, /, **parameters: object) -> str:
    """The text of a sentence in the language in force. An unknown id is returned as it is and never raises: a refusal
    must reach the person even where its words are missing (tests find missing words).
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


def words_of(error: BaseException) -> Words:
    """What an error says, to be said anew elsewhere: its sentence, or its text where it is not of ours."""
    return sentence_of(error) or str(error)


def code_of(said: BaseException | Words) -> str:
    """What programs go by where people read `str(said)`: its sentence's id; "" for what is not of ours."""
    sentence = sentence_of(said) if isinstance(said, BaseException) else sentence_in(said)
    return "" if sentence is None else sentence.id


def values_of(id: str) -> frozenset[str] | None:
    """The names of the values that a sentence wants; None for an id that is nowhere."""
    found = _pattern(id, "vi", None) if is_known(id) else None
    return None if found is None else ftl.variables(found)


def known_sentence(id: str, values: Mapping[str, object]) -> Sentence | None:
    """The sentence of an id that came from elsewhere; None where it is unknown here, or a value that it wants is
    missing: then the text that came with it is all there is.
    """
    wanted = values_of(id)
    return Sentence(id, **values) if wanted is not None and wanted <= values.keys() else None


def is_known(id: str) -> bool:
    """Whether the catalogue has this id or form (`id.form`); for ids that are built from codes of others."""
    plain, _, form = id.partition(".")
    return plain in _sources("vi") and (not form or _pattern(id, "vi", None) is not None)


def forget() -> None:
    """Forgets what was read: the next sentence reads the files again."""
    _bare.cache_clear()
    _pattern.cache_clear()
    _sources.cache_clear()


def _render(sentence: Sentence, tongue: Language, form: str | None) -> str:
    if not sentence.parameters:
        return _bare(sentence.id, tongue, form)
    return _filled(sentence.id, tongue, form, {n: _value(value, tongue, form) for n, value in sentence.parameters})


@lru_cache(maxsize=_MOST_PARSED)
def _bare(id: str, tongue: Language, form: str | None) -> str:
    """A sentence without values, which is always the same: a page says a hundred of them."""
    return _filled(id, tongue, form, {})


def _filled(id: str, tongue: Language, form: str | None, values: dict[str, object]) -> str:
    found = _pattern(id, tongue, form)
    if found is None:
        return id
    if tongue == "qps":
        return f"⟦{ftl.render(found, values, ftl.pseudo)}⟧"
    return ftl.render(found, values)


def _value(value: object, tongue: Language, form: str | None) -> object:
    if isinstance(value, BaseException):
        value = sentence_of(value) or value
    if isinstance(value, Sentence):
        return _render(value, tongue, form)
    return value if isinstance(value, int) else str(value)


@lru_cache(maxsize=_MOST_PARSED)
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
