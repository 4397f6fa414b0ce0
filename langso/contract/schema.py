"""JSON Schema and AsyncAPI 3.0 of contract v1, generated from the models: `python -m langso.contract.schema`.

Also for programs of others: everything a device or office of another make needs to speak with ours.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from langso.contract import (
    MAX_DOCUMENT_BYTES,
    MAX_SIGNATURES,
    Catalogue,
    CertificateAnswer,
    CertificateRequest,
    DossierManifest,
    Order,
    Plan,
    Presence,
    Receipt,
    Receipts,
    ReceiptsAck,
    RootDocument,
    State,
    Topics,
    TrustBundle,
    TrustDocument,
    Urgent,
)
from langso.contract.topics import PREFIX, SLUG
from langso.durable.files import write_atomic

SCHEMA_FILE = Path(__file__).with_name("v1.schema.json")
ASYNCAPI_FILE = Path(__file__).with_name("asyncapi.json")
SEALED: dict[str, type[BaseModel]] = {
    "root": RootDocument,
    "trust": TrustDocument,
    "plan": Plan,
    "urgent": Urgent,
    "catalogue": Catalogue,
    "order": Order,
    "state": State,
    "receipts": Receipts,
    "ack": ReceiptsAck,
    "dossier": DossierManifest,
    "certificate-request": CertificateRequest,
}
PLAIN: tuple[type[BaseModel], ...] = (TrustBundle, Presence, Receipt, CertificateAnswer)


@dataclass(frozen=True)
class Channel:
    """One topic: its address, who sends it, which message it carries (sealed kind or plain model), what it is for."""

    name: str
    address: str
    sender: Literal["office", "device"]
    message: str
    summary: str
    retained: bool = True


def channels() -> tuple[Channel, ...]:
    """Every topic of the contract; addresses are made by Topics, so that the two cannot differ."""
    topics = Topics("commune")

    def address(topic: str, name: str = "") -> str:
        return topic.replace(f"{PREFIX}/commune", f"{PREFIX}/{{commune}}").replace("/any", f"/{{{name}}}")

    def device(leaf: str) -> str:
        return address(topics.device("any", leaf), "id")

    return (
        Channel("trust", address(topics.trust), "office", "TrustBundle", "Trust document, root chain since pairing."),
        Channel(
            "plan", address(topics.plan), "office", "plan", "Everything to be played in the next 14 days or more."
        ),
        Channel(
            "urgent", address(topics.urgent("any"), "issuer"), "office", "urgent", "An issuer's orders in force."
        ),
        Channel("catalogue", address(topics.catalogue), "office", "catalogue", "What kiosks show; own accounts."),
        Channel("order", device("order"), "office", "order", "Desired settings and orders for one device."),
        Channel("ack", device("receipts/ack"), "office", "ack", "Receipts durably stored up to this number."),
        Channel("presence", device("presence"), "device", "Presence", "Unsigned hint, also the last will."),
        Channel("state", device("state"), "device", "state", "What a device holds, trusts and does."),
        Channel("receipts", device("receipts"), "device", "receipts", "1-200 consecutive receipts.", retained=False),
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12: `$defs` holds every model and, for each sealed kind, its envelope (`Sealed-<kind>`)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:langso:contract:v1",
        "title": "Làng Số contract v1",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in (*_sealed_names(), *(model.__name__ for model in PLAIN))],
        "$defs": _definitions("#/$defs/{model}", "#/$defs/"),
    }


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0 seen from a device: it receives what the office sends and sends its reports."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Làng Số contract v1",
            "version": "1.0.0",
            "description": "What loudspeakers, kiosks and the commune's office say to each other over MQTT 5. "
            "Signed messages are DSSE envelopes (Ed25519) over exact bytes; a key id is the SHA-256 of the raw key.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in channels()},
        "operations": {
            f"{_verb(channel)}-{channel.name}": {
                "action": _verb(channel),
                "channel": {"$ref": f"#/channels/{channel.name}"},
                "summary": channel.summary,
                "bindings": {"mqtt": {"qos": 1, "retain": channel.retained}},
            }
            for channel in channels()
        },
        "components": {
            "messages": {name: _message(name) for name in sorted({channel.message for channel in channels()})},
            "schemas": _definitions("#/components/schemas/{model}", "#/components/schemas/"),
        },
    }


def text(document: dict[str, Any]) -> bytes:
    """The file as it is committed: indented UTF-8 JSON that ends with a line end."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def main() -> None:
    """Writes both files beside this one."""
    write_atomic(SCHEMA_FILE, text(json_schema()), mode=0o644)
    write_atomic(ASYNCAPI_FILE, text(asyncapi()), mode=0o644)
    sys.stdout.write(f"{SCHEMA_FILE.name} {ASYNCAPI_FILE.name}\n")


def _sealed_names() -> list[str]:
    return [f"Sealed-{kind}" for kind in SEALED]


def _definitions(template: str, prefix: str) -> dict[str, Any]:
    models = [(model, "validation") for model in (*SEALED.values(), *PLAIN)]
    _, generated = models_json_schema(models, ref_template=template)  # type: ignore[arg-type]
    definitions: dict[str, Any] = _without_discriminators(generated["$defs"])
    for kind, model in SEALED.items():
        definitions[f"Sealed-{kind}"] = _envelope(kind, f"{prefix}{model.__name__}")
    return dict(sorted(definitions.items()))


def _without_discriminators(node: Any) -> Any:
    """OpenAPI's `discriminator` is no JSON Schema, and AsyncAPI means another thing by it; `const` says it."""
    if isinstance(node, dict):
        return {key: _without_discriminators(value) for key, value in node.items() if key != "discriminator"}
    return [_without_discriminators(value) for value in node] if isinstance(node, list) else node


def _envelope(kind: str, reference: str) -> dict[str, Any]:
    media_type = f"application/vnd.langso.{kind}.v1+json"
    return {
        "type": "object",
        "description": f"DSSE envelope, at most {MAX_DOCUMENT_BYTES} bytes. No key id twice; base64 as RFC 4648 §4.",
        "required": ["payload", "payloadType", "signatures"],
        "additionalProperties": False,
        "properties": {
            "payload": {
                "type": "string",
                "contentEncoding": "base64",
                "contentMediaType": media_type,
                "contentSchema": {"$ref": reference},
            },
            "payloadType": {"const": media_type},
            "signatures": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_SIGNATURES,
                "items": {
                    "type": "object",
                    "required": ["keyid", "sig"],
                    "additionalProperties": False,
                    "properties": {
                        "keyid": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                        "sig": {"type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]{86}==$"},
                    },
                },
            },
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    described = {
        "commune": "Code of the commune",
        "issuer": "Issuer named in the trust document",
        "id": "Device id",
    }
    return {
        "address": channel.address,
        "title": channel.name,
        "summary": channel.summary,
        "description": f"{'Retained' if channel.retained else 'Not retained'}; sent by the {channel.sender}.",
        "messages": {channel.message: {"$ref": f"#/components/messages/{channel.message}"}},
        "parameters": {
            name: {"description": f"{what}: ^{SLUG}$"}
            for name, what in described.items()
            if f"{{{name}}}" in channel.address
        },
    }


def _message(name: str) -> dict[str, Any]:
    model = SEALED.get(name)
    schema = f"Sealed-{name}" if model else name
    documented = model or next(plain for plain in PLAIN if plain.__name__ == name)
    return {
        "name": name,
        "contentType": "application/json",
        "summary": (documented.__doc__ or "").strip().split("\n", 1)[0],
        "payload": {"$ref": f"#/components/schemas/{schema}"},
    }


def _verb(channel: Channel) -> str:
    return "receive" if channel.sender == "office" else "send"


if __name__ == "__main__":
    main()
