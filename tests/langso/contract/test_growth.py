"""How v1 grows: devices and offices of release 0.1.0 read what is written today, and today's what they write."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import release_0_1_0
from contract_messages import messages
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

import langso.contract
from langso.contract.schema import PLAIN, SEALED

SENT = tuple(model.__name__ for model in (*SEALED.values(), *PLAIN))
SENT_BY_0_1_0 = tuple(name for name in SENT if hasattr(release_0_1_0, name))
# A whole document takes minutes to shrink, and the difference is named anyway.
DRAWN = settings(
    max_examples=10, phases=(Phase.generate,), deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@pytest.mark.parametrize("name", SENT_BY_0_1_0)
@DRAWN
@given(drawn=st.data())
def test_release_0_1_0_reads_what_is_written_today(name: str, drawn: st.DataObject) -> None:
    written = drawn.draw(messages(getattr(langso.contract, name)))
    assert not list(unset(written))
    reads_the_same(getattr(release_0_1_0, name), written.to_json())


@pytest.mark.parametrize("name", SENT_BY_0_1_0)
@DRAWN
@given(drawn=st.data())
def test_what_release_0_1_0_writes_is_read_today(name: str, drawn: st.DataObject) -> None:
    written = drawn.draw(messages(getattr(release_0_1_0, name)))
    reads_the_same(getattr(langso.contract, name), written.to_json())


WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NO_MOMENT = st.one_of(
    *(st.integers(), st.integers().map(str), st.floats(allow_nan=False, allow_infinity=False), st.booleans()),
    st.from_regex(r"[-+ ]?(0x)?[0-9]{1,13}(e[0-9]|\.[0-9]+)?[ \n]?", fullmatch=True),
    st.from_regex(
        r"2026-11-2[0-9]([ _]0[0-9]:[0-5][0-9]:00Z?|T0[0-9]:[0-5][0-9](Z|:00|:00\+0700|:60Z|:00Z\n))?", fullmatch=True
    ),
)


@pytest.mark.parametrize("name", SENT)
@DRAWN
@given(drawn=st.data())
def test_a_time_is_read_as_rfc_3339_writes_it_and_nothing_else_is_a_time(name: str, drawn: st.DataObject) -> None:
    """Before, "-1" was a second before 1970, and so was any number in quotes."""
    model = getattr(langso.contract, name)
    raw = json.loads(drawn.draw(messages(model)).to_json())
    places = [place for place, value in leaves(raw) if isinstance(value, str) and WRITTEN.fullmatch(value)]
    for place in places:
        whole = copy.deepcopy(raw)
        *way, last = place
        holder = functools.reduce(lambda inside, step: inside[step], way, whole)
        true = holder[last]
        holder[last] = true.replace("Z", "+00:00").lower()
        again = model.model_validate_json(json.dumps(whole), strict=True)
        assert json.loads(again.to_json()) == raw
        holder[last] = drawn.draw(NO_MOMENT)
        with pytest.raises(ValidationError):
            model.model_validate_json(json.dumps(whole), strict=True)


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each value that holds no others, and the keys that lead to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield way, value
        return
    for key, within in inside:
        yield from leaves(within, (*way, key))


def reads_the_same(model: type[BaseModel], raw: bytes) -> None:
    """The model takes these bytes, and understands each field it knows as it was written."""
    read = json.loads(model.model_validate_json(raw, strict=True).model_dump_json(exclude_none=True))
    assert not list(differences(read, json.loads(raw), ""))


def differences(read: Any, written: Any, path: str) -> Iterator[str]:
    """Where what was read says other than what was written; it may leave out fields, and fill in defaults."""
    if isinstance(read, dict) and isinstance(written, dict):
        for key in read.keys() & written.keys():
            yield from differences(read[key], written[key], f"{path}.{key}")
    elif isinstance(read, list) and isinstance(written, list) and len(read) == len(written):
        for index, (one, other) in enumerate(zip(read, written, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif read != written:
        yield f"{path}: {read!r} for {written!r}"


def unset(message: Any, path: str = "") -> Iterator[str]:
    """Fields that were not drawn: nothing would be learnt of them."""
    for name in type(message).model_fields:
        value = getattr(message, name)
        if value is None:
            yield f"{path}.{name}"
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from unset(one, f"{path}.{name}")


# What the schema says must stay word for word; texts about it, and fields that may be left out, may come.


def definitions(contract: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The JSON Schema of these messages and all they are made of."""
    models = [(getattr(contract, name), "validation") for name in names]
    _, found = models_json_schema(models)  # type: ignore[arg-type]
    return dict(found["$defs"])


def broken(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a reader of the old release would refuse, or a writer of it could no longer say."""
    found = []
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            found.append(f"{name} is gone")
            continue
        if set(now.get("required", ())) != set(was.get("required", ())):
            found.append(f"{name}: other fields are required")
        for field, rule in was.get("properties", {}).items():
            kept = now["properties"].get(field)
            if kept is None:
                found.append(f"{name}.{field} is gone")
            elif _bare(kept) != _bare(rule):
                found.append(f"{name}.{field}: {_bare(rule)} became {_bare(kept)}")
        rest = {"properties", "required"}
        if _bare({k: v for k, v in was.items() if k not in rest}) != _bare(
            {k: v for k, v in now.items() if k not in rest}
        ):
            found.append(f"{name} is another kind of thing")
    return found


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if key not in ("title", "description")}
    return [_bare(value) for value in node] if isinstance(node, list) else node


def test_nothing_that_release_0_1_0_reads_or_writes_has_changed() -> None:
    assert not broken(definitions(release_0_1_0, SENT_BY_0_1_0), definitions(langso.contract, SENT))


def _member(new: dict[str, Any]) -> None:
    new["Occurrence"]["properties"]["start"]["enum"] = ["x"]


def _new_action(new: dict[str, Any]) -> None:
    new["UrgentOrder"]["properties"]["action"]["enum"].append("live")


def _new_kind(new: dict[str, Any]) -> None:
    new["IssuerRule"]["properties"]["kinds"]["items"]["enum"].append("notices")


def _looser(new: dict[str, Any]) -> None:
    new["Media"]["properties"]["size"]["minimum"] = 0


def _longer(new: dict[str, Any]) -> None:
    new["State"]["properties"]["health"]["maxItems"] = 51


def _stricter(new: dict[str, Any]) -> None:
    new["EndedReceipt"]["properties"]["why"]["pattern"] = "^[a-z]*$"


def _required(new: dict[str, Any]) -> None:
    new["State"]["properties"]["added"] = {"type": "string"}
    new["State"]["required"].append("added")


def _left_out(new: dict[str, Any]) -> None:
    new["State"]["required"].remove("clock")


def _gone(new: dict[str, Any]) -> None:
    del new["Plan"]["properties"]["occurrences"]


def _other_default(new: dict[str, Any]) -> None:
    new["Late"]["properties"]["minutes"]["default"] = 6


def _another_receipt(new: dict[str, Any]) -> None:
    new["Receipt"]["properties"]["body"]["oneOf"].append({"$ref": "#/$defs/State"})


@pytest.mark.parametrize(
    "change",
    [
        *(_member, _new_action, _new_kind, _looser, _longer, _stricter, _required, _left_out, _gone),
        *(_other_default, _another_receipt),
    ],
)
def test_a_change_that_old_releases_would_trip_over_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    old = definitions(release_0_1_0, SENT_BY_0_1_0)
    new = copy.deepcopy(old)
    change(new)
    assert len(broken(old, new)) == 1


def test_a_field_that_may_be_left_out_and_a_new_message_are_growth() -> None:
    old = definitions(release_0_1_0, SENT_BY_0_1_0)
    new = copy.deepcopy(old)
    new["State"]["properties"]["added"] = {"type": "string", "default": ""}
    new["State"]["description"] = "Said better."
    new["Notices"] = {"type": "object", "properties": {}}
    assert not broken(old, new)
