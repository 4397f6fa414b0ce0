"""The committed schemas are those of the models, are valid, and accept what we send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from langso.contract import (
    ClockReport,
    Media,
    Occurrence,
    Plan,
    Presence,
    Programme,
    State,
    Storage,
    TargetSet,
    Topics,
)
from langso.contract.schema import ASYNCAPI_FILE, PLAIN, SCHEMA_FILE, SEALED, asyncapi, channels, json_schema, text
from langso.trust import SigningKey, seal

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def plan() -> Plan:
    return Plan(
        issuer="office",
        audience="*",
        commune="xa-mau",
        epoch=1,
        version=1,
        issued=NOW,
        expires=NOW + timedelta(days=14),
        until=NOW + timedelta(days=14),
        media=(Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus"),),
        programmes=(Programme(id="p1", title="Bản tin sáng", media=(0,)),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=(Occurrence(id="o1", programme=0, targets=0, start=NOW),),
    )


def state() -> State:
    return State(
        device="loa-1",
        role="speaker",
        commune="xa-mau",
        boot="0" * 32,
        number=1,
        written=NOW,
        software="0.1.0",
        clock=ClockReport(trusted=True, reason="host"),
        storage=Storage(free=1, total=2),
    )


@pytest.mark.parametrize(("file", "generate"), [(SCHEMA_FILE, json_schema), (ASYNCAPI_FILE, asyncapi)])
def test_the_committed_file_is_the_one_the_models_give(file: Any, generate: Any) -> None:
    assert file.read_bytes() == text(generate()), "run: python -m langso.contract.schema"


def test_the_schema_is_json_schema_2020_12_and_names_every_kind() -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    Draft202012Validator.check_schema(schema)
    for kind, model in SEALED.items():
        assert model.__name__ in schema["$defs"]
        assert f"Sealed-{kind}" in schema["$defs"]
    assert {model.__name__ for model in PLAIN} <= schema["$defs"].keys()


@pytest.mark.parametrize("message", [plan(), state(), Presence(device="loa-1", online=True, boot="0" * 32)])
def test_what_the_models_write_fits_the_schema_and_a_wrong_type_does_not(message: Any) -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    check = Draft202012Validator({"$ref": f"#/$defs/{type(message).__name__}", "$defs": schema["$defs"]})
    written = json.loads(message.to_json())
    check.validate(written)
    assert not check.is_valid(written | {"device": 7, "issuer": 7})


def test_a_sealed_plan_fits_its_envelope_and_no_other() -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    envelope = json.loads(seal(plan(), "plan", [SigningKey.generate()]))

    def fits(name: str) -> bool:
        return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}).is_valid(envelope)

    assert fits("Sealed-plan")
    assert not fits("Sealed-urgent")


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads(ASYNCAPI_FILE.read_bytes())
    found = list(_references(document))
    assert len(found) > 30
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_the_channels_are_the_topics_that_devices_read() -> None:
    topics = Topics("xa-mau")
    leaves = set()
    for channel in channels():
        topic = channel.address.format(commune="xa-mau", id="loa-1", issuer="office")
        address = topics.read(topic)
        assert address is not None, topic
        leaves.add(address.leaf)
    assert leaves == {
        "trust", "plan", "catalogue", "urgent", "order", "presence", "state", "receipts", "receipts/ack",
    }  # fmt: skip


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
