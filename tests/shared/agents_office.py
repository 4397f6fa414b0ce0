"""The office's end of a broker, on paper: `from agents_office import Office, plan_of, soon`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from langso.contract import (
    Occurrence,
    Plan,
    Programme,
    Receipt,
    Receipts,
    ReceiptsAck,
    State,
    TargetSet,
    Topics,
)
from langso.mqtt.link import Link
from langso.settings.model import LinkSettings
from langso.trust import open_sealed


class Office:
    """Publishes what it is told and keeps what devices say."""

    def __init__(self, commune: Any, port: int, public: bytes) -> None:
        self.commune = commune
        self.topics = Topics(commune.code)
        self.public = public
        self.heard: list[tuple[str, bytes]] = []
        settings = LinkSettings(host="127.0.0.1", port=port, retry_max_s=1.0)
        self.link = Link(settings, "office-test", on_message=lambda t, p, r: self.heard.append((t, p)))
        self.link.subscribe(f"{self.topics.root}/device/+/#")
        self.link.start()
        assert self.link.wait_connected(60)

    def publish(self, topic: str, raw: bytes) -> None:
        assert self.link.publish(topic, raw, retain=True, wait=60)

    def receipts(self) -> dict[int, Receipt]:
        """All receipts heard, by number, of whatever journal."""
        found = {}
        for topic, raw in tuple(self.heard):
            if topic.endswith("/receipts"):
                batch = Receipts.model_validate_json(open_sealed(raw, "receipts", [self.public]))
                for line in batch.lines:
                    receipt = Receipt.model_validate_json(line)
                    found[receipt.number] = receipt
        return found

    def journal(self) -> str:
        raw = next(raw for topic, raw in reversed(tuple(self.heard)) if topic.endswith("/receipts"))
        return Receipts.model_validate_json(open_sealed(raw, "receipts", [self.public])).journal

    def states(self) -> list[State]:
        return [
            State.model_validate_json(open_sealed(raw, "state", [self.public]))
            for topic, raw in tuple(self.heard)
            if topic.endswith("/state")
        ]

    def events(self, kind: str) -> list[Any]:
        return [receipt.body for _, receipt in sorted(self.receipts().items()) if receipt.body.event == kind]

    def ended(self, id: str) -> Any:
        return next((body for body in self.events("ended") if body.occurrence == id), None)

    def acknowledge(self, through: int) -> None:
        ack = ReceiptsAck(
            issuer="office",
            device=self.commune.device,
            commune=self.commune.code,
            journal=self.journal(),
            through=through,
            written=datetime.now(UTC),
        )
        self.publish(self.topics.device(self.commune.device, "receipts/ack"), self.commune.seal(ack))


def plan_of(commune: Any, medium: Any, starts: dict[str, datetime], **programme: Any) -> Plan:
    return Plan(
        **commune.head("plan"),
        until=datetime.now(UTC) + timedelta(days=14),
        media=(medium,),
        programmes=(Programme(id="tin", title="Bản tin", media=(0,), **programme),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=tuple(Occurrence(id=id, programme=0, targets=0, start=at) for id, at in starts.items()),
    )


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)
