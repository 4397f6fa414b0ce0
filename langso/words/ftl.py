"""One message of a Fluent file: parsed by `fluent.syntax`, filled with values here.

`fluent.runtime` could fill it too, but brings 36 MB of locale data onto every loudspeaker for what we do not use:
numbers and dates are units of our own. Tests hold that both give the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from fluent.syntax import FluentParser, ast

Pattern = ast.Pattern
"""A text with its places for values."""
SPOKEN = "spoken"
"""The form that is read aloud, where it differs from the text."""

Change = Callable[[str], str]

_MESSAGE = re.compile(r"^(?P<id>[a-zA-Z][\w-]*)[ ]*=.*\n?(?:(?![a-zA-Z#-]).*\n?)*", re.M)
_PSEUDO = str.maketrans("AEIOUYaeiouyNnCc", "ÄËÏÖÜŸäëïöüÿŇňÇç")


def split(source: str) -> dict[str, str]:
    """A file cut into its messages, by id, unparsed."""
    return {found["id"]: found[0] for found in _MESSAGE.finditer(source)}


def parse(message: str) -> dict[str, Pattern]:
    """The forms of one message: "" is its text, the others are its attributes. Empty where it is no message."""
    entry = _parser().parse_entry(message)
    return forms(entry) if isinstance(entry, ast.Message) else {}


def forms(message: ast.Message) -> dict[str, Pattern]:
    """The forms of a message that is parsed already."""
    text = {"": message.value} if message.value is not None else {}
    return text | {attribute.id.name: attribute.value for attribute in message.attributes}


def render(pattern: Pattern, values: Mapping[str, object], change: Change = str) -> str:
    """The text with its values; a missing value shows as its name in braces. `change` is applied to our own words."""
    return "".join(_element(element, values, change) for element in pattern.elements)


def pseudo(text: str) -> str:
    """English text with dots on its vowels, which no Vietnamese word has: readable, and seen at a glance."""
    return text.translate(_PSEUDO)


def variables(pattern: Pattern) -> frozenset[str]:
    """The names of the values that a text wants."""
    return frozenset(_named(pattern))


def own_words(pattern: Pattern) -> tuple[str, ...] | None:
    """What stands in a text beside its values, of all its variants; None where `render` could not fill it."""
    found: list[str] = []
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            found.append(element.value)
            continue
        match element.expression:
            case ast.StringLiteral() as literal:
                try:
                    found.append(str(literal.parse()["value"]))
                except ValueError:
                    return None
            case ast.VariableReference():
                pass
            case ast.SelectExpression(selector=ast.VariableReference(), variants=variants):
                for variant in variants:
                    inner = own_words(variant.value)
                    if inner is None:
                        return None
                    found += inner
            case _:
                return None
    return tuple(found)


@cache
def _parser() -> FluentParser:
    return FluentParser(with_spans=False)


def _element(element: ast.TextElement | ast.Placeable, values: Mapping[str, object], change: Change) -> str:
    if isinstance(element, ast.TextElement):
        return change(element.value)
    match element.expression:
        case ast.StringLiteral() as literal:
            return str(literal.parse()["value"])
        case ast.VariableReference(id=name):
            return str(values.get(name.name, f"{{{name.name}}}"))
        case ast.SelectExpression() as choice:
            return render(_chosen(choice, values), values, change)
    raise NotImplementedError(f"no such place in a message: {type(element.expression).__name__}")


def _chosen(choice: ast.SelectExpression, values: Mapping[str, object]) -> Pattern:
    """The variant for a value: its own, else `one` for 1, else the default."""
    assert isinstance(choice.selector, ast.VariableReference)
    value = values.get(choice.selector.id.name)
    by_key = {_key(variant): variant.value for variant in choice.variants}
    for key in (str(value), "one" if value == 1 else ""):
        if key in by_key:
            return by_key[key]
    return next(variant.value for variant in choice.variants if variant.default)


def _key(variant: ast.Variant) -> str:
    return variant.key.value if isinstance(variant.key, ast.NumberLiteral) else variant.key.name


def _named(pattern: Pattern) -> list[str]:
    found: list[str] = []
    for element in pattern.elements:
        if isinstance(element, ast.Placeable):
            match element.expression:
                case ast.VariableReference(id=name):
                    found.append(name.name)
                case ast.SelectExpression(selector=ast.VariableReference(id=name), variants=variants):
                    found.append(name.name)
                    for variant in variants:
                        found += _named(variant.value)
    return found
