"""All devices of the commune: registered, heard, and one line each for the page: how it is and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlite_utils
from pydantic import ValidationError

from langso.contract import (
    DocumentReceipt,
    EndedReceipt,
    HeardReceipt,
    Held,
    Presence,
    Receipt,
    StartedReceipt,
    State,
)
from langso.contract.health import check_of, clock_in_words
from langso.contract.outcomes import in_words
from langso.device.paired import PairedDevice, keep_device, read_device, read_devices
from langso.durable.store import Store
from langso.timekeeping import dates
from langso.timekeeping.clock import Clock
from langso.trust import Refused, open_sealed, parse_payload, read_sealed
from langso.words.catalogue import Unit, t
from office.errors import NotFound, ReportRefused
from office.fleet.certificates import DeviceCertificates
from office.fleet.conflicts import Conflict, conflicts, note_conflict, settle
from office.fleet.receipts import ReceiptStore, Stored
from office.people.audit import Audit
from office.places import OfficeHome
from office.signer.places import ISSUER

KEEP_NUMBERS = 2000
SILENT = timedelta(minutes=5)
MAX_PRESENCE = 4096
_OUTCOMES = {"played": "đã phát", "cut": "bị cắt", "missed": "bị lỡ", "refused": "bị từ chối"}


@dataclass(frozen=True)
class StateTaken:
    """A verified state. `fresh`: newer than what was known; `conflict`: another machine speaks under this name."""

    device: PairedDevice
    state: State
    fresh: bool
    conflict: bool


@dataclass(frozen=True)
class FleetRow:
    """One device for the page. `level` sorts and colours; `reason` says how it is; `todo` what to do ("" if nothing).

    `plan_version` None: holds no plan; `plan_current`: it is the newest. `understands`: kinds of document it takes,
    by its own word; empty before its first state, and for a device of release 0.1.0.
    """

    device: PairedDevice
    online: bool
    seen: datetime | None
    clock_trusted: bool | None
    clock_why: str
    plan_version: int | None
    plan_current: bool
    last_receipt: str
    last_receipt_at: datetime | None
    playing: str | None
    muted: bool
    level: Literal["ok", "warn", "bad"]
    reason: str
    todo: str
    conflict: bool
    software: str = ""
    understands: tuple[str, ...] = ()


class Fleet:
    """The register and what devices report; thread-safe through its store."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = Audit(store, clock)
        self._receipts = ReceiptStore(store, clock)
        self.certificates = DeviceCertificates(store, home, clock)
        for device in read_devices(home.devices):
            self._keep_row(device)

    def register(
        self,
        device_id: str,
        role: Literal["speaker", "kiosk", "bridge"],
        place: str,
        village: str | None,
        public_key: bytes,
        *,
        courier: bool = False,
    ) -> PairedDevice:
        """A paired device, its file first. Pairing it again replaces its key and clears what was noted against it."""
        now = self._clock.now()
        device = PairedDevice(
            id=device_id,
            role=role,
            place=place,
            village=village,
            public_key=public_key.hex(),
            registered=now,
            courier=courier,
        )
        before = read_device(self._home.devices, device_id)
        keep_device(self._home.devices, device)
        self._keep_row(device)
        if before is not None and before.public_key != device.public_key:
            with self._store.transaction() as db:
                # The new machine counts its states and receipts anew under the same name.
                for table in ("states", "state_numbers", "presence"):
                    db.execute(f"DELETE FROM {table} WHERE device = ?", [device_id])
                settle(db, device_id)
        return device

    def devices(self) -> list[PairedDevice]:
        """All paired devices by id."""
        return read_devices(self._home.devices)

    def device(self, device_id: str) -> PairedDevice:
        """One device. Raises NotFound."""
        found = read_device(self._home.devices, device_id)
        if found is None:
            raise NotFound(f"Không có thiết bị {device_id[:64]}; hãy ghép thiết bị trước.")
        return found

    def take_presence(self, device_id: str, raw: bytes) -> None:
        """The unsigned hint. Raises ReportRefused."""
        try:
            presence = Presence.model_validate_json(raw[: MAX_PRESENCE + 1]) if len(raw) <= MAX_PRESENCE else None
        except ValidationError:
            presence = None
        if presence is None or presence.device != device_id or read_device(self._home.devices, device_id) is None:
            raise ReportRefused(f"Tin có mặt của {device_id} sai định dạng.")
        self._store.db.execute(
            "INSERT INTO presence (device, online, boot, at) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            " online = excluded.online, boot = excluded.boot, at = excluded.at",
            [device_id, int(presence.online), presence.boot, self._clock.now().isoformat()],
        )

    def take_state(self, device_id: str, raw: bytes) -> StateTaken:
        """A signed state. Raises NotFound for a stranger, ReportRefused where it does not verify or fit."""
        device = self.device(device_id)
        try:
            payload = open_sealed(raw, "state", [device.public])
            state = parse_payload(payload, State)
        except Refused as refused:
            raise ReportRefused(f"Trạng thái của {device_id} không dùng được ({refused.reason}).") from refused
        if state.device != device_id or state.commune not in self._communes():
            raise ReportRefused(f"Trạng thái của {device_id} ghi tên máy hay xã khác; hãy ghép lại máy đó.")
        sha256 = hashlib.sha256(payload).hexdigest()
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            known = self._known_number(db, state)
            if known == sha256:
                return StateTaken(device, state, fresh=False, conflict=False)
            conflict = known is not None
            if conflict:
                note_conflict(db, device_id, "state", f"trạng thái số {state.number} có hai nội dung", now)
            elif self._old_boot(db, state):
                conflict = True
                note_conflict(db, device_id, "boots", "hai lần khởi động xen kẽ nhau", now)
            self._note_number(db, state, sha256, now)
            fresh = self._is_newer(db, state)
            if fresh:
                db.execute(
                    "INSERT INTO states (device, boot, number, written, received_at, sha256, envelope)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET boot = excluded.boot,"
                    " number = excluded.number, written = excluded.written, received_at = excluded.received_at,"
                    " sha256 = excluded.sha256, envelope = excluded.envelope",
                    [device_id, state.boot, state.number, state.written.isoformat(), now, sha256, raw],
                )
        return StateTaken(device, state, fresh, conflict)

    def take_receipts(self, device_id: str, raw: bytes) -> Stored:
        """Stores a batch durably. Raises NotFound, ReportRefused."""
        return self._receipts.take(self.device(device_id), raw, self._communes())

    @property
    def receipts(self) -> ReceiptStore:
        """For acknowledgements."""
        return self._receipts

    def states(self) -> dict[str, bytes]:
        """The newest signed state of each device, as envelopes."""
        rows = self._store.db.execute("SELECT device, envelope FROM states").fetchall()
        return {str(row[0]): bytes(row[1]) for row in rows}

    def opened_state(self, device_id: str) -> State | None:
        """The newest state of a device, verified when it was taken."""
        row = self._store.db.execute("SELECT envelope FROM states WHERE device = ?", [device_id]).fetchone()
        return None if row is None else parse_payload(read_sealed(bytes(row[0]), "state").payload, State)

    def conflicts(self) -> list[Conflict]:
        """Devices that seem to exist twice."""
        return conflicts(self._store.db)

    def settle(self, device_id: str, by: str) -> None:
        """Staff have looked at a conflict."""
        with self._store.transaction() as db:
            settle(db, device_id)
            self._audit.write(by, "settle", device_id)

    def newest_receipts(self, limit: int = 50, after: int = 0) -> list[tuple[int, str, Receipt]]:
        """(row, device, receipt), the newest first; `after` a row: only those stored later."""
        rows = self._store.db.execute(
            "SELECT rowid, device, line FROM receipts WHERE rowid > ? ORDER BY rowid DESC LIMIT ?", [after, limit]
        ).fetchall()
        return [(int(row[0]), str(row[1]), Receipt.model_validate_json(row[2])) for row in rows]

    def rows(self, newest: dict[str, tuple[int, str]]) -> list[FleetRow]:
        """All devices, the worst first. `newest`: (version, sha256) the office has issued, by kind."""
        seen = {conflict.device: conflict for conflict in self.conflicts()}
        found = [self._row(device, newest, seen.get(device.id)) for device in self.devices()]
        order = {"bad": 0, "warn": 1, "ok": 2}
        return sorted(found, key=lambda row: (order[row.level], row.device.id))

    def _row(self, device: PairedDevice, newest: dict[str, tuple[int, str]], conflict: Conflict | None) -> FleetRow:
        db = self._store.db
        state = self.opened_state(device.id)
        kept = db.execute("SELECT received_at FROM states WHERE device = ?", [device.id]).fetchone()
        seen = None if kept is None else datetime.fromisoformat(kept[0])
        presence = db.execute("SELECT online FROM presence WHERE device = ?", [device.id]).fetchone()
        now = self._clock.now()
        fresh = seen is not None and now - seen < SILENT
        online = fresh and (presence is None or bool(presence[0]))
        plan = None if state is None else _held(state.held, "plan")
        last = db.execute(
            "SELECT line, written FROM receipts WHERE device = ? ORDER BY rowid DESC LIMIT 1", [device.id]
        ).fetchone()
        wanted = newest.get("plan")
        current = wanted is None or (plan is not None and plan.version == wanted[0])
        revoked = device.id in self._home.trust().trust.revoked
        level, reason, todo = judge(
            state, online=online, seen=seen, now=now, current=current, conflict=conflict, revoked=revoked
        )
        return FleetRow(
            device=device,
            online=online,
            seen=seen,
            clock_trusted=None if state is None else state.clock.trusted,
            clock_why="" if state is None else clock_in_words(state.clock),
            plan_version=None if plan is None else plan.version,
            plan_current=current,
            last_receipt="" if last is None else describe(Receipt.model_validate_json(last[0])),
            last_receipt_at=None if last is None else datetime.fromisoformat(last[1]),
            playing=None if state is None or not online else state.playing,
            muted=state is not None and state.muted,
            level=level,
            reason=reason,
            todo=todo,
            conflict=conflict is not None,
            software="" if state is None else state.software,
            understands=() if state is None else state.understands,
        )

    def _communes(self) -> tuple[str, ...]:
        return self._home.trust().trust.communes

    def _known_number(self, db: sqlite_utils.Database, state: State) -> str | None:
        row = db.execute(
            "SELECT sha256 FROM state_numbers WHERE device = ? AND journal = ? AND number = ?",
            [state.device, state.journal or "", state.number],
        ).fetchone()
        return None if row is None else str(row[0])

    def _old_boot(self, db: sqlite_utils.Database, state: State) -> bool:
        """A boot that was over speaks again: two machines take turns."""
        latest = db.execute("SELECT boot FROM states WHERE device = ?", [state.device]).fetchone()
        if latest is None or latest[0] == state.boot:
            return False
        before = db.execute(
            "SELECT max(number) FROM state_numbers WHERE device = ? AND boot = ?", [state.device, state.boot]
        ).fetchone()
        # A late state of the boot before has a number of its own order; only one that goes on counting is alive.
        return before[0] is not None and state.number > int(before[0])

    def _is_newer(self, db: sqlite_utils.Database, state: State) -> bool:
        row = db.execute("SELECT boot, number FROM states WHERE device = ?", [state.device]).fetchone()
        return row is None or row[0] != state.boot or state.number > int(row[1])

    def _note_number(self, db: sqlite_utils.Database, state: State, sha256: str, now: str) -> None:
        journal = state.journal or ""
        db.execute(
            "INSERT INTO state_numbers (device, number, boot, journal, sha256, received_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (device, journal, number) DO NOTHING",
            [state.device, state.number, state.boot, journal, sha256, now],
        )
        db.execute(
            "DELETE FROM state_numbers WHERE device = ? AND journal = ? AND number <= ?",
            [state.device, journal, state.number - KEEP_NUMBERS],
        )

    def _keep_row(self, device: PairedDevice) -> None:
        self._store.db.execute(
            "INSERT INTO devices (id, role, place, village, public_key, registered_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET role = excluded.role, place = excluded.place,"
            " village = excluded.village, public_key = excluded.public_key, registered_at = excluded.registered_at",
            [
                *(device.id, device.role, device.place, device.village, device.public_key),
                device.registered.isoformat(),
            ],
        )


def judge(
    state: State | None,
    *,
    online: bool,
    seen: datetime | None,
    now: datetime,
    current: bool,
    conflict: Conflict | None,
    revoked: bool,
) -> tuple[Literal["ok", "warn", "bad"], str, str]:
    """(level, how it is, what to do), the weightiest thing only. Pure."""
    if conflict is not None:
        return (
            "bad",
            t("fleet-two", detail=conflict.detail),
            t("fleet-two-do"),
        )
    if revoked:
        return (
            "bad",
            t("fleet-revoked"),
            t("fleet-revoked-do"),
        )
    if state is None or seen is None:
        return "warn", t("fleet-never"), t("fleet-never-do")
    if not online:
        return "bad", t("fleet-away", when=Unit(dates.ago, seen, now)), t("fleet-away-do")
    worst = next((check_of(line) for line in state.health if line.level == "bad"), None)
    if worst is not None:
        return "bad", worst.why, worst.fix
    if not state.clock.trusted:
        return "warn", clock_in_words(state.clock) or t("fleet-clock"), t("fleet-clock-do")
    if state.role == "speaker" and not current:
        return "warn", t("fleet-old-plan"), t("fleet-old-plan-do")
    if state.muted:
        return "warn", t("fleet-muted"), t("fleet-muted-do")
    if state.media_ready < state.media_wanted:
        return "warn", t("fleet-loading", ready=state.media_ready, wanted=state.media_wanted), t("fleet-loading-do")
    mild = next((check_of(line) for line in state.health if line.level == "warn"), None)
    if mild is not None:
        return "warn", mild.why, mild.fix
    return "ok", t("fleet-good"), ""


def describe(receipt: Receipt) -> str:
    """A receipt in a few Vietnamese words."""
    body = receipt.body
    if isinstance(body, StartedReceipt):
        return f"Bắt đầu «{body.title or body.occurrence}», lệch {body.error_ms:+.1f} ms"
    if isinstance(body, EndedReceipt):
        said = in_words(body.code, body.parameters, body.why)
        why = f": {said}" if said and body.outcome != "played" else ""
        return f"«{body.title or body.occurrence}» {_OUTCOMES[body.outcome]}{why}"
    if isinstance(body, HeardReceipt):
        return f"Đã nghe thấy {body.occurrence}, chắc {body.sure:.0%}"
    assert isinstance(body, DocumentReceipt)
    if body.outcome == "stored":
        return f"Đã nhận {body.document} bản {body.version}"
    times = f" ({body.count} lần)" if body.count > 1 else ""
    return f"Từ chối {body.document} của {body.issuer or '?'}: {body.why or body.reason}{times}"


def _held(held: Sequence[Held], kind: str) -> Held | None:
    return next((one for one in held if (one.kind, one.issuer) == (kind, ISSUER)), None)
