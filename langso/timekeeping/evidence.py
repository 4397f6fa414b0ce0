"""What this machine knows about its own clock: kernel synchronisation, hardware clock. Feeds ``judge_clock``."""

from __future__ import annotations

import contextlib
import ctypes
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.timekeeping.clock import RTC_PPM, Clock, ClockEvidence, since_boot
from langso.timekeeping.hand_set import changed_at, hand_set

_TIME_ERROR = 5
_STA_UNSYNC = 0x40
_STATUS_AT = 40
_SAME_CLOCK_S = 60.0
# Data sheets, over the whole range of heat they name; crystals without compensation are left at the default.
_DRIFT_OF = {"ds3231": 3.5, "ds3232": 3.5, "rv3028": 5.0, "rv8803": 3.0, "rv3032": 2.5, "rx8900": 3.4, "pcf2129": 3.0}
_REMEMBER_EVERY_S = 3600.0
EVIDENCE_LIFE_S = 30.0


@dataclass(frozen=True)
class ClockPlaces:
    """Where the evidence is read; tests point them elsewhere."""

    timesync: Path = Path("/run/systemd/timesync/synchronized")
    rtc: Path = Path("/sys/class/rtc/rtc0")
    adjtime: Path = Path("/etc/adjtime")


def gather_evidence(
    state: Path,
    run: Path,
    *,
    nonce_age_s: float | None = None,
    places: ClockPlaces | None = None,
    remember: bool = True,
    rtc_ppm: float | None = None,
) -> ClockEvidence:
    """Looks now, and remembers in ``run`` (this boot) and ``state`` (across boots) what was seen. Never raises.

    A synchronisation earlier in this boot counts until the wall clock is moved by hand: by more than a minute
    against the time since boot. Without `remember` nothing is written: one who looks as root must leave no files.
    `rtc_ppm`: the hardware clock's stated drift (None: what its kind is known for).
    """
    places = places or ClockPlaces()
    now = datetime.now(UTC)
    steady = since_boot()
    offset = now.timestamp() - steady
    latch = run / "clock-synchronised.json"
    age = 0.0
    if places.timesync.exists() or kernel_synchronised():
        synchronised = True
        if remember:
            _remember(latch, {"offset": offset, "boot": boot_id(), "seen": steady})
        if remember and places.rtc.exists():
            _remember_rtc(state / "rtc-set.json", now)
    else:
        seen = _number(latch, "offset")
        same_boot = _read(latch).get("boot") == boot_id()
        synchronised = same_boot and seen is not None and abs(seen - offset) < _SAME_CLOCK_S
        age = max(0.0, steady - (_number(latch, "seen") or 0.0))
    reads = rtc_reading(places.rtc)
    ppm = rtc_ppm or known_drift(places.rtc)
    vouches = (
        _clock_came_from(places.rtc)
        and not _keeps_local_time(places.adjtime)
        and (reads is None or abs(reads - now.timestamp()) <= _SAME_CLOCK_S)
    )
    return ClockEvidence(
        ntp_synchronised=synchronised,
        ntp_age_s=age,
        rtc_set_at=_rtc_set_at(state / "rtc-set.json") if vouches else None,
        rtc_ppm=ppm,
        rtc_offset_s=None if reads is None else reads - steady,
        nonce_age_s=nonce_age_s,
        by_hand=hand_set(state, steady=steady, boot=boot_id(), rtc=reads, rtc_ppm=ppm),
    )


class EvidenceWatch:
    """This machine's clock evidence, looked at every half minute at most: looking writes a file."""

    def __init__(self, clock: Clock, state: Path, run: Path, rtc_ppm: float | None = None) -> None:
        self._clock, self._state, self._run = clock, state, run
        self._rtc_ppm = rtc_ppm
        self._hand: int | None = None
        self._seen: tuple[float, ClockEvidence] | None = None

    def evidence(self) -> ClockEvidence:
        """As `gather_evidence` saw it last. Raises FileRefused."""
        now = self._clock.monotonic()
        hand = changed_at(self._state)
        if self._seen is None or now - self._seen[0] > EVIDENCE_LIFE_S or hand != self._hand:
            self._hand = hand
            self._seen = now, gather_evidence(self._state, self._run, rtc_ppm=self._rtc_ppm)
        return self._seen[1]


def known_drift(rtc: Path) -> float:
    """What the kind of this hardware clock may gain or lose, in millionths, by its maker's word."""
    for name in (rtc / "device/name", rtc / "name"):
        try:
            kind = name.read_text(errors="replace").strip().lower()
        except OSError:
            continue
        for known, ppm in _DRIFT_OF.items():
            if known in kind:
                return ppm
    return RTC_PPM


def rtc_reading(rtc: Path) -> float | None:
    """What the hardware clock shows, as seconds of the epoch; None where there is none, or it cannot be read."""
    try:
        return float(int((rtc / "since_epoch").read_text()))
    except (OSError, ValueError):
        # A hardware clock that lost its power refuses to be read.
        return None


def boot_id() -> str:
    """A name for this boot, new at every start of the kernel; "" where the system gives none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def kernel_synchronised() -> bool:
    """Whether a time daemon disciplines the kernel's clock (adjtimex; chrony and timesyncd both tell it)."""
    buffer = ctypes.create_string_buffer(512)
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError):
        return False
    # struct timex on 64-bit Linux: modes, then four longs, then the status.
    status = int.from_bytes(buffer.raw[_STATUS_AT : _STATUS_AT + 4], "little")
    return answer not in (-1, _TIME_ERROR) and not status & _STA_UNSYNC


def _clock_came_from(rtc: Path) -> bool:
    """Whether the kernel took the time of this boot from a hardware clock (a Pi without one has none to take)."""
    try:
        return (rtc / "hctosys").read_text().strip() == "1"
    except (OSError, ValueError):
        return False


def _keeps_local_time(adjtime: Path) -> bool:
    """Whether the hardware clock shows local time, as another system on this machine may want: seven hours off at
    boot, until somebody corrects it.
    """
    try:
        return read_limited(adjtime, 1024).split()[-1:] == [b"LOCAL"]
    except FileRefused:
        return False


def _remember_rtc(file: Path, now: datetime) -> None:
    # While the clock is disciplined the kernel writes it to the RTC every 11 minutes; once an hour is enough.
    before = _number(file, "set_at")
    if before is None or not 0 <= now.timestamp() - before < _REMEMBER_EVERY_S:
        _remember(file, {"set_at": now.timestamp()})


def _rtc_set_at(file: Path) -> datetime | None:
    seconds = _number(file, "set_at")
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _remember(file: Path, values: dict[str, float | str]) -> None:
    # A full disk costs the memory of it, not the judgement of now.
    with contextlib.suppress(FileRefused, OSError), acting_as_owner(file.parent):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(file, json.dumps(values).encode())


def _number(file: Path, key: str) -> float | None:
    found = _read(file).get(key)
    return float(found) if isinstance(found, int | float) else None


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_limited(file, 1024))
    except (FileRefused, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
