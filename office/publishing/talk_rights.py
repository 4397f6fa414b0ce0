"""Which village's head may speak over its loudspeakers, for how long; told to each of them in its signed order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlite_utils

from langso.contract import TalkRight
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from office.people.audit import Audit
from office.publishing.documents import Issued
from office.publishing.orders import DeviceOrders
from office.signer.asked.orders import AskedTalk
from office.signer.client import Proof

_Action = Literal["talk-give", "talk-withdraw"]


@dataclass(frozen=True)
class TalkGiven:
    """A village's right as staff decided it last: None: withdrawn. `waiting`: loudspeakers not told yet."""

    village: str
    right: TalkRight | None
    by: str
    at: datetime
    waiting: int


@dataclass(frozen=True)
class TalkTold:
    """One talk, or one announcement heard again, as a loudspeaker reported it; times UTC."""

    device: str
    title: str
    kind: str
    at: datetime
    heard_ms: int
    outcome: str | None
    code: str | None
    parameters: str | None
    why: str


class TalkRights:
    """Thread-safe through its store. `ask` proves a person's order to the signer."""

    def __init__(
        self,
        store: Store,
        orders: DeviceOrders,
        clock: Clock,
        audit: Audit,
        ask: Callable[[AskedTalk, Proof | None], None],
    ) -> None:
        self._store = store
        self._orders = orders
        self._clock = clock
        self._audit = audit
        self._ask = ask

    def give(self, right: TalkRight, by: str, proof: Proof | None) -> None:
        """From now on the head of this village may speak. Raises SignerRefused where nobody proves it; what cannot
        be signed now is signed by `catch_up`.
        """
        self._ask(AskedTalk(talk=right), proof)
        note = f"{right.minutes_a_day} / {right.minutes_a_month}"
        self._keep(right.village, right, by, "talk-give", note)

    def withdraw(self, village: str, by: str) -> None:
        """Nobody may, from now on; needs no proof, and harms nothing where nobody could."""
        if self.of(village) is not None:
            self._keep(village, None, by, "talk-withdraw", "")

    def of(self, village: str | None) -> TalkRight | None:
        """What is in force for a village."""
        return None if village is None else next((one.right for one in self.all() if one.village == village), None)

    def all(self) -> list[TalkGiven]:
        """Every village for which something was ever decided, by name."""
        owed = [village for _, village in self._owed()]
        rows = self._store.db.execute("SELECT village, body, by, at FROM talk_rights ORDER BY village").fetchall()
        return [
            TalkGiven(
                str(row[0]),
                None if row[1] is None else TalkRight.model_validate_json(row[1]),
                str(row[2]),
                datetime.fromisoformat(row[3]),
                owed.count(str(row[0])),
            )
            for row in rows
        ]

    def catch_up(self) -> list[Issued]:
        """Signs an order for each loudspeaker that was not told yet, new ones too. Raises SignerRefused,
        SignerUnreachable.
        """
        return [self._orders.reissue(device) for device, _ in self._owed()]

    def told(self, village: str, limit: int = 20) -> list[TalkTold]:
        """The newest talks in a village, the newest first, one a loudspeaker."""
        rows = self._store.db.execute(
            "SELECT p.device, p.title, p.kind, coalesce(p.started_at, p.ended_at), p.heard_ms, p.outcome, p.code,"
            " p.parameters, p.why FROM plays p JOIN devices d ON d.id = p.device"
            " WHERE p.kind IN ('talk', 'again') AND d.village = ? AND coalesce(p.started_at, p.ended_at) IS NOT NULL"
            " ORDER BY 4 DESC LIMIT ?",
            [village, limit],
        ).fetchall()
        return [TalkTold(row[0], row[1], row[2], datetime.fromisoformat(row[3]), *row[4:]) for row in rows]

    def _keep(
        self, village: str, right: TalkRight | None, by: str, action: Literal["talk-give", "talk-withdraw"], note: str
    ) -> None:
        with self._store.transaction() as db:
            body = None if right is None else right.to_json().decode()
            _insert(db, village, body, by, self._clock.now())
            self._audit.write(by, action, village, note)

    def _owed(self) -> list[tuple[str, str]]:
        """Loudspeakers whose newest order is older than what was decided for their village. Documents know whole
        milliseconds: one of the decision's own may be of before it, and is signed once more.
        """
        rows = self._store.db.execute(
            "SELECT d.id, d.village FROM devices d JOIN talk_rights t ON t.village = d.village"
            " WHERE d.role = 'speaker' AND d.revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM documents o"
            " WHERE o.kind = 'order' AND o.audience = d.id AND o.issued >= t.at) ORDER BY d.id"
        ).fetchall()
        return [(str(row[0]), str(row[1])) for row in rows]


def _insert(db: sqlite_utils.Database, village: str, body: str | None, by: str, at: datetime) -> None:
    db.execute(
        "INSERT INTO talk_rights (village, body, by, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (village) DO UPDATE SET body = excluded.body, by = excluded.by, at = excluded.at",
        [village, body, by, at.isoformat()],
    )
