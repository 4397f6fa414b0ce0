"""All devices of the commune: registered, their reports, and for each how it is and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlite_utils
from pydantic import ValidationError

from langso.contract import Held, Presence, Receipt, State
from langso.contract.health import check_of, clock_in_words
from langso.device.paired_devices import PairedDevice, keep_device, read_device, read_devices
from langso.durable.store import Store
from langso.timekeeping import dates
from langso.timekeeping.clock import Clock
from langso.trust import Refused, open_sealed, parse_payload, read_sealed
from langso.words.catalogue import Sentence, Unit, t
from langso.words.language import Language, language
from office.errors import NotFound, ReportRefused
from office.fleet.certificates import DeviceCertificates
from office.fleet.conflicts import Conflict, conflicts, note_conflict, settle
from office.fleet.receipts import ReceiptStore, Stored
from office.people.audit import Audit
from office.places import OfficeHome
from office.signer.places import ISSUER

KEEP_NUMBERS = 2000
SILENT = timedelta(minutes=5)
TELL_MISSING = timedelta(days=30)
MAX_PRESENCE = 4096


@dataclass(frozen=True)
class StateTaken:
    """A verified state. `fresh`: newer than the one known; `conflict`: another machine reports under this name."""

    device: PairedDevice
    state: State
    fresh: bool
    conflict: bool


@dataclass(frozen=True)
class FleetRow:
    """One device for the page. `level` sorts and colours; `reason` says how it is; `todo` what to do ("" if nothing).

    `plan_version` None: holds no plan; `plan_current`: it is the newest. `understands`: kinds of document it takes,
    by its own word; empty before its first state, and for a device of release 0.1.0. `missing`: receipts of it that
    are lost for good, told for 30 days.
    """

    device: PairedDevice
    online: bool
    seen: datetime | None
    clock_trusted: bool | None
    clock_why: str
    plan_version: int | None
    plan_current: bool
    playing: str | None
    muted: bool
    level: Literal["ok", "warn", "bad"]
    reason: str
    todo: str
    conflict: bool
    software: str = ""
    understands: tuple[str, ...] = ()
    missing: int = 0
    clock_by_hand: bool = False


class Fleet:
    """The register of devices and what they report; thread-safe through its store."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = Audit(store, clock)
        self._receipts = ReceiptStore(store, clock)
        self._states: dict[str, tuple[str, State | None]] = {}
        self._rows: dict[tuple[str, Language], tuple[tuple[object, ...], FleetRow]] = {}
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
        """Registers a paired device, its file first. Pairing it again replaces its key and clears its conflicts."""
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
            raise NotFound(Sentence("fleet-unknown", device=device_id[:64]))
        return found

    def take_presence(self, device_id: str, raw: bytes) -> None:
        """Takes the unsigned hint that a device is there or gone. Raises ReportRefused."""
        try:
            presence = Presence.model_validate_json(raw[: MAX_PRESENCE + 1]) if len(raw) <= MAX_PRESENCE else None
        except ValidationError:
            presence = None
        if presence is None or presence.device != device_id or read_device(self._home.devices, device_id) is None:
            raise ReportRefused(Sentence("fleet-presence-wrong", device=device_id))
        self._store.db.execute(
            "INSERT INTO presence (device, online, boot, at) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            " online = excluded.online, boot = excluded.boot, at = excluded.at",
            [device_id, int(presence.online), presence.boot, self._clock.now().isoformat()],
        )

    def take_state(self, device_id: str, raw: bytes) -> StateTaken:
        """Takes a signed state. Raises NotFound for an unknown device, ReportRefused where it does not
        verify or fit.
        """
        device = self.device(device_id)
        try:
            payload = open_sealed(raw, "state", [device.public])
            state = parse_payload(payload, State)
        except Refused as refused:
            raise ReportRefused(Sentence("fleet-state-refused", device=device_id, reason=refused.reason)) from refused
        if state.device != device_id or state.commune not in self._communes():
            raise ReportRefused(Sentence("fleet-state-of-another", device=device_id))
        sha256 = hashlib.sha256(payload).hexdigest()
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            known = self._known_number(db, state)
            if known == sha256:
                return StateTaken(device, state, fresh=False, conflict=False)
            conflict = known is not None
            if conflict:
                note_conflict(db, device_id, "state", state.number, now)
            elif self._old_boot(db, state):
                conflict = True
                note_conflict(db, device_id, "boots", None, now)
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
        """Stores a batch of receipts durably. Raises NotFound, ReportRefused."""
        return self._receipts.take(self.device(device_id), raw, self._communes())

    @property
    def receipts(self) -> ReceiptStore:
        """The receipts' store, for acknowledgements."""
        return self._receipts

    def states(self) -> dict[str, bytes]:
        """The newest signed state of each device, as envelopes."""
        rows = self._store.db.execute("SELECT device, envelope FROM states").fetchall()
        return {str(row[0]): bytes(row[1]) for row in rows}

    def opened_state(self, device_id: str) -> State | None:
        """A device's newest state; it was verified when it was taken."""
        row = self._store.db.execute("SELECT envelope FROM states WHERE device = ?", [device_id]).fetchone()
        return None if row is None else parse_payload(read_sealed(bytes(row[0]), "state").payload, State)

    def conflicts(self) -> list[Conflict]:
        """Devices that seem to exist twice."""
        return conflicts(self._store.db)

    def settle(self, device_id: str, by: str) -> None:
        """Staff have looked at a conflict of this device."""
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
        """All devices, the worst first. `newest`: (version, sha256) the office has issued, by kind. Trust is read
        once, and each table.
        """
        db = self._store.db
        clashes = {conflict.device: conflict for conflict in self.conflicts()}
        lost: dict[str, int] = {}
        for gap in self._receipts.missing():
            if self._clock.now() - gap.noted < TELL_MISSING:
                lost[gap.device] = lost.get(gap.device, 0) + gap.last - gap.first + 1
        revoked = frozenset(self._home.trust().trust.revoked)
        gone = {str(row[0]) for row in db.execute("SELECT device FROM presence WHERE online = 0")}
        told = {str(row[0]): row[1:] for row in db.execute("SELECT device, received_at, sha256 FROM states")}
        version = newest["plan"][0] if "plan" in newest else None
        now, spoken, found = self._clock.now(), language(), []
        minute = int(now.timestamp() // 60)
        for device in self.devices():
            at, sha256 = told.get(device.id, (None, ""))
            seen = None if at is None else datetime.fromisoformat(at)
            online = seen is not None and now - seen < SILENT and device.id not in gone
            conflict, barred = clashes.get(device.id), device.id in revoked
            # How long ago it was heard is said of one that is away only.
            missing = lost.get(device.id, 0)
            of = device, sha256, at, online or minute, version, conflict, barred, missing
            known = self._rows.get((device.id, spoken))
            if known is None or known[0] != of:
                state = None if at is None else self._newest_state(device.id, str(sha256))
                row = _row(
                    *(device, state, seen, now),
                    online=online,
                    version=version,
                    conflict=conflict,
                    revoked=barred,
                    missing=missing,
                )
                known = self._rows[device.id, spoken] = of, row
            found.append(known[1])
        order = {"bad": 0, "warn": 1, "ok": 2}
        return sorted(found, key=lambda row: (order[row.level], row.device.id))

    def _newest_state(self, device_id: str, sha256: str) -> State | None:
        """`opened_state`, read once while it is the same."""
        known = self._states.get(device_id)
        if known is None or known[0] != sha256:
            known = self._states[device_id] = sha256, self.opened_state(device_id)
        return known[1]

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


def _row(
    device: PairedDevice,
    state: State | None,
    seen: datetime | None,
    now: datetime,
    *,
    online: bool,
    version: int | None,
    conflict: Conflict | None,
    revoked: bool,
    missing: int = 0,
) -> FleetRow:
    """`version`: of the newest plan, None where there is none."""
    plan = None if state is None else _held(state.held, "plan")
    current = version is None or (plan is not None and plan.version == version)
    level, reason, todo = judge(
        state, online=online, seen=seen, now=now, current=current, conflict=conflict, revoked=revoked
    )
    if missing and level == "ok":
        level, reason, todo = "warn", t("fleet-missing", count=missing), t("fleet-missing-do")
    return FleetRow(
        device=device,
        online=online,
        seen=seen,
        clock_trusted=None if state is None else state.clock.trusted,
        clock_why="" if state is None else clock_in_words(state.clock),
        plan_version=None if plan is None else plan.version,
        plan_current=current,
        playing=None if state is None or not online else state.playing,
        muted=state is not None and state.muted,
        level=level,
        reason=reason,
        todo=todo,
        conflict=conflict is not None,
        software="" if state is None else state.software,
        missing=missing,
        clock_by_hand=state is not None and state.clock.reason == "hand",
        understands=() if state is None else state.understands,
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
    """(level, how it is, what to do): only the most important thing. Pure."""
    if conflict is not None:
        return "bad", t("fleet-two", detail=conflict.detail), t("fleet-two-do")
    if revoked:
        return "bad", t("fleet-revoked"), t("fleet-revoked-do")
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


def _held(held: Sequence[Held], kind: str) -> Held | None:
    return next((one for one in held if (one.kind, one.issuer) == (kind, ISSUER)), None)
