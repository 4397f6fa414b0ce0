"""Messages of the contract made up at random from their models: every field set, whatever release they are of.

It reads the models themselves, so that a field added tomorrow is drawn without a word here.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import annotated_types
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

Made = TypeVar("Made", bound=BaseModel)
MOST = 2
"""Lists are drawn this long at most: what matters is each field, not its multitude."""
WORDS = st.text(st.sampled_from("abcăđơ ớạờ019-–«»"), max_size=20)


@cache
def messages(model: type[Made]) -> st.SearchStrategy[Made]:
    """Messages of this model with every field set, optional ones too."""
    fields = {name: _of_field(field) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda drawn: model(**_whole(model.__name__, drawn)))


def _of_field(field: FieldInfo) -> st.SearchStrategy[Any]:
    return _of(field.annotation, tuple(field.metadata))


def _of(kind: Any, rules: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _of(inner[0], (*inner[1:], *rules))
    if origin in (typing.Union, types.UnionType):
        some = [one for one in inner if one is not type(None)]
        return st.one_of([_of(one, rules) for one in some])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        least, most = _between(rules, "min_length", "max_length", 1, MOST)
        return st.lists(_of(inner[0]), min_size=max(1, least), max_size=min(MOST, most)).map(tuple)
    if origin is dict:
        return st.dictionaries(_of(inner[0]), _of(inner[1]), min_size=1, max_size=MOST)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return messages(kind)
    return _plain(kind, rules)


def _plain(kind: Any, rules: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if kind is str:
        return _texts(rules)
    if kind is bool:
        return st.booleans()
    if kind in (datetime, AwareDatetime):
        return st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
    if kind is int:
        least, most = _between(rules, "ge", "lt", 0, 1 << 53)
        _, at_most = _between(rules, "ge", "le", 0, most - 1)
        return st.integers(least, min(most - 1, at_most))
    assert kind is float, f"no way to draw {kind}"
    least, most = _between(rules, "ge", "le", -(1 << 53), 1 << 53)
    return st.floats(least, most, allow_nan=False)


def _texts(rules: tuple[Any, ...]) -> st.SearchStrategy[str]:
    told = [rule for rule in rules if isinstance(rule, StringConstraints)]
    pattern = next((str(rule.pattern) for rule in reversed(told) if rule.pattern is not None), None)
    shortest = max((rule.min_length or 0 for rule in told), default=0)
    longest = min((rule.max_length for rule in told if rule.max_length is not None), default=1000)
    if pattern is None or "\\x00" in pattern:
        return WORDS.map(lambda text: (text + "x" * shortest)[:longest])
    if pattern.startswith("^-----BEGIN"):
        return WORDS.map(lambda text: f"-----BEGIN {text}")
    return st.from_regex(pattern.replace("$", r"\Z"), alphabet=st.characters(codec="ascii")).filter(
        lambda text: shortest <= len(text) <= longest
    )


def _between(rules: tuple[Any, ...], low: str, high: str, least: int, most: int) -> tuple[int, int]:
    for rule in rules:
        parts = rule.metadata if isinstance(rule, FieldInfo) else (rule,)
        for part in parts:
            if isinstance(part, annotated_types.BaseMetadata):
                least = max(least, getattr(part, low, least)) if low != "ge" else getattr(part, low, least)
                most = min(most, getattr(part, high, most))
    return least, most


def _once_each(drawn: dict[str, Any], field: str, name: Callable[[Any], str]) -> None:
    drawn[field] = tuple({name(one): one for one in drawn[field]}.values())


def _whole(name: str, drawn: dict[str, Any]) -> dict[str, Any]:
    """What the models ask of several fields together."""
    if name == "Threshold":
        drawn["keys"] = tuple(dict.fromkeys(drawn["keys"]))
        drawn["threshold"] = min(drawn["threshold"], len(drawn["keys"]))
    elif name == "TrustDocument":
        _once_each(drawn, "issuers", lambda rule: rule.name)
        if "accounts" in drawn:
            _once_each(drawn, "accounts", lambda account: account.id)
    elif name == "Plan":
        drawn["programmes"] = tuple(_pointing(one, len(drawn["media"])) for one in drawn["programmes"])
        occurrences = {
            one.id: one.model_copy(
                update={
                    "programme": one.programme % len(drawn["programmes"]),
                    "targets": one.targets % len(drawn["target_sets"]),
                }
            )
            for one in drawn["occurrences"]
        }
        drawn["occurrences"] = tuple(occurrences.values())
        if "kept" in drawn:
            drawn["kept"] = tuple(index % len(drawn["media"]) for index in drawn["kept"])
    elif name == "UrgentOrder":
        drawn["stream"] = drawn["stream"] or "x"
    elif name == "DossierManifest":
        drawn["title"] += "x"
    return drawn


def _pointing(programme: Any, media: int) -> Any:
    classes = {"emergency": "priority"}
    return programme.model_copy(
        update={
            "media": tuple(index % media for index in programme.media),
            "chime": programme.chime % media,
            "broadcast_class": classes.get(programme.broadcast_class, programme.broadcast_class),
        }
    )
