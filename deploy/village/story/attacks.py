"""Plans a loudspeaker must refuse, sent by someone who holds the broker (and, in some, the signer's key)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.village.hoa_son import COMMUNE
from deploy.village.layout import VillageGround
from deploy.village.story.records import Records
from langso.contract import Plan, Topics
from langso.mqtt.link import Link
from langso.settings.reading import load_settings
from langso.trust import SigningKey, seal


@dataclass(frozen=True)
class Attack:
    """A bad plan: what it is, its envelope, and the reason a device must give."""

    name: str
    envelope: bytes
    reason: str


def attacks(ground: VillageGround, records: Records) -> list[Attack]:
    """The five bad plans, made from the newest good one."""
    envelopes = records.plan_envelopes()
    newest = Plan.model_validate_json(base64.b64decode(json.loads(envelopes[-1])["payload"]))
    now = datetime.now(UTC)
    stolen = SigningKey.load(ground.office_state / "signer" / "1.key")

    def plan(**changes: Any) -> Plan:
        return newest.model_copy(update=changes)

    return [
        Attack("forged", seal(plan(version=newest.version + 1), "plan", [SigningKey.generate()]), "forged"),
        Attack(
            "expired",
            seal(
                plan(
                    version=newest.version + 1,
                    issued=now - timedelta(days=3),
                    expires=now - timedelta(days=2),
                ),
                "plan",
                [stolen],
            ),
            "expired",
        ),
        Attack("rolled back", envelopes[0], "rolled_back"),
        Attack(
            "equivocating", seal(plan(expires=newest.expires - timedelta(hours=1)), "plan", [stolen]), "equivocation"
        ),
        Attack(
            "of another commune",
            seal(plan(version=newest.version + 1, commune="xa-khac", audience="xa-khac"), "plan", [stolen]),
            "wrong_commune",
        ),
    ]


def publish(ground: VillageGround, send: Callable[[Link, Topics], None]) -> None:
    """Logs in at the broker with the office's own certificate and publishes, as an intruder would.

    The broker takes whoever has that certificate for the office, whatever id is given: the office itself is cut off
    until it comes back, and meanwhile the intruder gets what devices report.
    """
    settings = load_settings(ground.office_settings)
    link = Link(settings.link, "intruder", will=None, on_message=lambda topic, payload, retain: None)
    link.start()
    try:
        if not link.wait_connected(10):
            raise ConnectionError(f"broker: {link.why}")
        send(link, Topics(COMMUNE))
    finally:
        link.stop()
