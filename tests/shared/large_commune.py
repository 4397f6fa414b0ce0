"""An office as large as a commune gets: 34 villages, 102 loudspeakers, 500 messages, a year of receipts."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

VILLAGES, EACH, MESSAGES = 34, 3, 500
COMING = 45
"""Messages from yesterday to two weeks ahead: three a day."""


def populate(office: Any, now: datetime, messages: int = MESSAGES) -> list[str]:
    """Fills the office's database as a year of work does; the ids of its loudspeakers."""
    from langso.contract import ClockReport, State, Storage
    from langso.trust import SigningKey, seal

    chance, ids = random.Random(34), []
    for village in range(1, VILLAGES + 1):
        for number in range(1, EACH + 1):
            id, key = f"loa-thon-{village}-{number}", SigningKey.generate()
            office.fleet.register(id, "speaker", f"Thôn {village} – cụm {number}", f"thon-{village}", key.public)
            state = State(
                device=id,
                role="speaker",
                commune=office.settings.commune.code,
                boot=f"{village:032x}",
                number=1,
                written=now,
                software="0.2.0",
                clock=ClockReport(trusted=True, reason="host"),
                storage=Storage(free=1 << 30, total=1 << 33),
                journal=f"{number:032x}",
                receipts_through=0,
            )
            office.fleet.take_state(id, seal(state, "state", [key]))
            ids.append(id)
    with office.store.transaction() as db:
        for number in range(messages):
            _message(db, chance, number, ids, now)
    return ids


def _message(db: Any, chance: random.Random, number: int, ids: list[str], now: datetime) -> None:
    if number < COMING:
        start = now - timedelta(hours=20) + number * timedelta(hours=8)
    else:
        start = now - timedelta(days=1) - (number - COMING) * timedelta(days=364) / (MESSAGES - COMING)
    start = start.astimezone(UTC).replace(microsecond=0)
    id = f"b{start:%Y%m%d}-{number:08x}"
    media = {"sha256": f"{number:064x}", "size": 90_000, "duration_ms": 30_000, "codec": "opus"}
    at = start.isoformat()
    village = number % VILLAGES
    targets = ["*"] if number % 3 else ids[village * EACH : (village + 1) * EACH]
    db.execute(
        "INSERT INTO messages (id, title, text, class, volume, chime, media, late, after_cut, by, created_at)"
        " VALUES (?, ?, ?, 'normal', 80, NULL, ?, '{}', 'resume', 'van-thu', ?)",
        [id, f"Lịch cắt điện số {number}", "Ngày mai cắt điện từ 8 giờ đến 11 giờ. " * 6, json.dumps([media]), at],
    )
    db.execute(
        "INSERT INTO rules (id, message, start, targets, status, sent_at) VALUES (?, ?, ?, ?, 'scheduled', ?)",
        [f"r-{id}", id, at, json.dumps(targets), at],
    )
    db.execute(
        "INSERT INTO occurrences (id, rule, start, targets, signed_at) VALUES (?, ?, ?, ?, ?)",
        [f"{id}.1", f"r-{id}", at, json.dumps(targets), at],
    )
    if start > now - timedelta(minutes=5):
        return
    for device in ids if targets == ["*"] else targets:
        outcome = "played" if chance.random() < 0.95 else "missed"
        db.execute(
            "INSERT INTO plays (occurrence, device, planned, started_at, error_ms, outcome, heard_ms, ended_at, sure)"
            " VALUES (?, ?, ?, ?, 0.4, ?, 30000, ?, 0.9)",
            [f"{id}.1", device, at, at if outcome == "played" else None, outcome, at],
        )
        for step in (0, 1):
            db.execute(
                "INSERT INTO receipts (device, journal, number, line, sha256, event, written, received_at)"
                " VALUES (?, 'j', ?, '{}', '', ?, ?, ?)",
                [device, 2 * number + step, "ended" if step else "started", at, at],
            )
