"""What staff do: write, hear, send, withdraw a broadcast; an urgent one and its all-clear, for page and command."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

import sqlite_utils

from langso.contract import Late, TargetSet, UrgentOrder
from langso.contract.caps import Limits
from langso.device.paired import read_devices
from langso.durable.store import Store
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.timekeeping.clock import Clock
from office.broadcasting import play_reports, rows, urgent_rows
from office.broadcasting.allowed import first_allowed, refused
from office.broadcasting.media import MadeSound, MediaStore
from office.broadcasting.plans import EVERYONE, KEEP_PAST, Piece, Planned, clash
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.broadcasting.rows import Broadcast, PlanClass
from office.broadcasting.urgent_rows import UrgentRow
from office.broadcasting.wording import checked_text, title_of
from office.errors import BroadcastRefused, NotFound
from office.people.audit import Audit
from office.places import OfficeHome
from office.signer.errors import SignerUnreachable

log = logging.getLogger(__name__)

FARTHEST = timedelta(days=45)
CLEAR_LIFE = timedelta(hours=24)
STOP_LIFE = timedelta(minutes=10)
STOP_AHEAD = timedelta(minutes=1)
MAX_URGENT_MINUTES = 24 * 60
_SHORTEN = "không còn giờ nào vừa; hãy rút ngắn bản tin."


Kind = Literal["plan", "urgent"]


class ToldByOffice(Protocol):
    """What loudspeakers were told in signed documents, and what the signer says: `office.publishing` has it."""

    def limits(self) -> Limits:
        """The commune's caps and the office's own."""

    def trouble(self) -> SignerUnreachable | None:
        """What keeps the signer from signing now."""

    def give(self, order: UrgentOrder, keep: Callable[[sqlite_utils.Database], None]) -> None:
        """A new urgent order, kept only once it is signed. Raises SignerRefused, SignerUnreachable."""

    def sign_or_keep(self, kind: Kind, trouble: SignerUnreachable | None) -> SignerUnreachable | None:
        """A new version with the rows as they are, unless there is trouble already; what keeps the signer from it is
        returned and the rows wait. Raises SignerRefused, BroadcastRefused.
        """


class Broadcasts:
    """The service. `wake` is called after something new was signed (the publisher also looks every second)."""

    def __init__(
        self,
        store: Store,
        home: OfficeHome,
        clock: Clock,
        programme: ToldByOffice,
        media: MediaStore,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._programme = programme
        self._media = media
        self._wake = wake
        self._audit = Audit(store, clock)

    def draft(
        self,
        text: str,
        *,
        targets: Sequence[str],
        start: datetime,
        by: str,
        title: str = "",
        broadcast_class: PlanClass = "normal",
        volume: int | None = None,
        late: Late | None = None,
    ) -> Broadcast:
        """Keeps a text with where and when; nothing is played yet. `targets`: device ids or `*`; `start` aware.

        Raises BroadcastRefused.
        """
        said = checked_text(text)
        now = self._clock.now()
        if start.tzinfo is None or not now < start <= now + FARTHEST:
            raise BroadcastRefused(f"Giờ phát phải ở phía trước và trong {FARTHEST.days} ngày tới; hãy chọn lại giờ.")
        if broadcast_class not in ("normal", "priority"):
            raise BroadcastRefused("Bản tin theo lịch chỉ có loại thường hoặc ưu tiên; loại khẩn dùng nút phát khẩn.")
        cap = self._cap()
        if volume is not None and not 1 <= volume <= 100:
            raise BroadcastRefused("Âm lượng phải từ 1 đến 100; hãy chọn lại.")
        id = f"b{now:%Y%m%d}-{secrets.token_hex(4)}"
        show = Piece(
            id=id,
            title=title_of(title, said),
            broadcast_class=broadcast_class,
            media=(),
            devices=self._targets(targets),
            volume=min(cap, 100 if volume is None else volume),
            late=late or Late(),
        )
        created = Broadcast(id, said, "draft", by, now, Planned(f"{id}.1", show, _millis(start)))
        with self._store.transaction() as db:
            rows.insert(db, created)
            self._audit.write(by, "draft", id)
        return created

    def prepare(self, id: str, *, chime: bool = True, watch: ProgressWatch = UNWATCHED) -> Broadcast:
        """Makes the sounds, so that staff hear what villagers will. Raises NotFound, VoiceError, MediaFailed,
        MakingCancelled.
        """
        found = rows.find(self._store.db, id)
        if found.status not in ("draft", "prepared"):
            raise BroadcastRefused("Bản tin này đã gửi; hãy soạn bản mới để sửa.")
        spoken = self._media.speak(found.text, watch=watch.part(0, 90))
        bell = self._media.chime() if chime else None
        with self._store.transaction() as db:
            for sound, title in ((spoken, found.show.title), *(((bell, "Nhạc hiệu"),) if bell else ())):
                self._keep_sound(db, sound, title)
            rows.set_media(db, id, (spoken.media,), bell.media if bell else None)
        return rows.find(self._store.db, id)

    def send(self, id: str, by: str) -> Broadcast:
        """Puts it in the signed plan. Raises SignerRefused; BroadcastRefused where it clashes with another or the
        loudspeakers would refuse it (quiet hours, minutes a day), naming the nearest time that is allowed.

        Where the signer cannot sign at all it is kept, `signed` stays None, and `catch_up` signs it later.
        """
        trouble = self._programme.trouble()
        with self._store.transaction() as db:
            found = rows.find(db, id)
            if found.status == "scheduled":
                return found
            if found.status != "prepared":
                raise BroadcastRefused("Bản tin chưa nghe thử hoặc đã rút; hãy nghe thử rồi gửi.")
            now = self._clock.now()
            if found.planned.begins <= now:
                raise BroadcastRefused("Giờ phát quá gấp để mở loa và báo hiệu; hãy chọn giờ muộn hơn.")
            others = rows.scheduled(db, now - KEEP_PAST)
            why = self._obstacle(found.planned, others, now)
            if why is not None:
                raise BroadcastRefused(why)
            rows.mark_sent(db, id, now)
            self._audit.write(by, "send", id)

        def undo(db: sqlite_utils.Database) -> None:
            rows.unsend(db, id)
            self._audit.write(by, "send_refused", id)

        self._tell(("plan",), trouble, undo)
        return rows.find(self._store.db, id)

    def withdraw(self, id: str, by: str) -> Broadcast:
        """Takes it out of the plan; where it may be playing an urgent stop silences it at once.

        Where the signer cannot sign, the wish is kept and loudspeakers learn it later (`Standings` says so).
        Raises NotFound, SignerRefused.
        """
        trouble = self._programme.trouble()
        kinds: tuple[Kind, ...] = ()
        with self._store.transaction() as db:
            found = rows.find(db, id)
            if found.status == "withdrawn":
                return found
            now = self._clock.now()
            rows.mark_withdrawn(db, id, now)
            self._audit.write(by, "withdraw", id)
            # What no loudspeaker was told of needs no signature to be taken back.
            if found.status == "scheduled" and found.signed is not None:
                kinds = ("plan",)
                if found.planned.begins - STOP_AHEAD <= now < found.planned.ends + KEEP_PAST:
                    # Before the plan: the urgent topic goes first, and a plan takes longer to arrive and be read.
                    kinds = ("urgent", "plan")
                    self._ending(db, "stop", (found.planned.id,), found.show.devices, STOP_LIFE, by)

        def undo(db: sqlite_utils.Database) -> None:
            rows.unwithdraw(db, id)
            self._audit.write(by, "withdraw_refused", id)

        self._tell(kinds, trouble, undo)
        return replace(found, status="withdrawn")

    def urgent(
        self, text: str, *, targets: Sequence[str], by: str, repeat: int = 3, minutes: int = 60, title: str = ""
    ) -> UrgentOrder:
        """Cuts in at once. `repeat` 1-1000 times, in force for `minutes`.

        Nothing is kept where it cannot be signed now: an alarm must not sound later by itself. Raises
        BroadcastRefused, SignerRefused, SignerUnreachable.
        """
        said = checked_text(text)
        if not 1 <= repeat <= 1000 or not 1 <= minutes <= MAX_URGENT_MINUTES:
            raise BroadcastRefused("Lệnh khẩn nhắc lại 1 đến 1000 lần, hiệu lực 1 phút đến 24 giờ; hãy chọn lại.")
        devices = self._targets(targets)
        trouble = self._programme.trouble()
        if trouble is not None:
            raise trouble
        spoken = self._media.speak(said)
        now = self._clock.now()
        order = UrgentOrder(
            id=f"u{now:%Y%m%d}-{secrets.token_hex(4)}",
            action="play",
            title=title_of(title, said),
            media=(spoken.media,),
            repeat=repeat,
            volume=self._cap(),
            targets=TargetSet(devices=devices),
            issued=now,
            expires=now + timedelta(minutes=minutes),
        )

        def keep(db: sqlite_utils.Database) -> None:
            self._keep_sound(db, spoken, order.title)
            urgent_rows.insert_urgent(db, order, by)
            self._audit.write(by, "urgent", order.id, said)

        self._programme.give(order, keep)
        self._wake()
        return order

    def all_clear(self, id: str, by: str) -> UrgentOrder:
        """Ends one urgent order, or all with `*`; returns the all-clear. Raises NotFound where none is in force.

        Where the signer cannot sign, it is kept and given later (`SpeakerOrders.unheard_endings` says so).
        """
        trouble = self._programme.trouble()
        with self._store.transaction() as db:
            ended = [row.order.id for row in self.in_force() if id in ("*", row.order.id)]
            if not ended:
                raise NotFound("Lệnh khẩn này không còn hiệu lực; không phải làm gì thêm.")
            urgent_rows.end_urgent(db, ended, self._clock.now())
            order = self._ending(db, "all_clear", tuple(ended), (EVERYONE,), CLEAR_LIFE, by)

        def undo(db: sqlite_utils.Database) -> None:
            urgent_rows.drop_urgent(db, order.id)
            urgent_rows.revive_urgent(db, ended)
            self._audit.write(by, "all_clear_refused", order.id)

        self._tell(("urgent",), trouble, undo)
        return order

    def stop(self, targets: Sequence[str], by: str) -> UrgentOrder:
        """Silences at once whatever plays on these loudspeakers; later broadcasts are not touched."""
        devices = self._targets(targets)
        trouble = self._programme.trouble()
        with self._store.transaction() as db:
            order = self._ending(db, "stop", ("*",), devices, STOP_LIFE, by)
        self._tell(("urgent",), trouble, lambda db: urgent_rows.drop_urgent(db, order.id))
        return order

    def in_force(self) -> list[UrgentRow]:
        """Urgent plays and relays neither ended nor expired, the newest first."""
        now = self._clock.now()
        return [
            row
            for row in urgent_rows.urgent_rows(self._store.db)
            if row.order.action in ("play", "relay") and row.ended is None and row.order.expires > now
        ]

    def get(self, id: str) -> Broadcast:
        """One broadcast. Raises NotFound."""
        return rows.find(self._store.db, id)

    def newest(self, limit: int = 100) -> list[Broadcast]:
        """The latest by start, drafts and withdrawn ones too."""
        return rows.newest(self._store.db, limit)

    def urgent_orders(self, limit: int = 50) -> list[UrgentRow]:
        """Urgent orders, stops and all-clears, the newest first."""
        return urgent_rows.urgent_rows(self._store.db, limit)

    def plays(self, occurrence: str) -> list[PlayReport]:
        """What each device said of an occurrence (`Broadcast.planned.id`) or an urgent order (its id)."""
        return play_reports.plays(self._store.db, occurrence)

    def window(self, since: datetime, until: datetime) -> list[Broadcast]:
        """What begins in [since, until), sent or withdrawn after it was heard, by start."""
        return rows.window(self._store.db, since, until)

    def plays_of(self, occurrences: Iterable[str]) -> dict[str, list[PlayReport]]:
        """The same as `plays` for many, in one question."""
        return play_reports.plays_of(self._store.db, occurrences)

    def last_sounded(self) -> dict[str, tuple[datetime, bool]]:
        """When each device last sounded, and whether a sensor heard it."""
        return play_reports.last_sounded(self._store.db)

    def _obstacle(self, new: Planned, others: Sequence[Planned], now: datetime) -> str | None:
        """Why it cannot be played at its time, and the nearest time at which it can, as one sentence."""
        limits = self._programme.limits()
        taken, breach = clash(new, others), refused(new, others, limits)
        if taken is None and breach is None:
            return None
        today = dates.local(now).date()
        free = first_allowed(new, others, limits, now + FARTHEST)
        if taken is not None:
            why = f"Trùng giờ với «{taken.show.title}» lúc {dates.moment(taken.start, today=today)}"
            return f"{why}; " + (f"giờ trống gần nhất là {dates.moment(free, today=today)}." if free else _SHORTEN)
        why = f"Loa sẽ không phát: {breach.why}" if breach else ""
        return f"{why}; " + (f"giờ gần nhất được phát là {dates.moment(free, today=today)}." if free else _SHORTEN)

    def _tell(
        self,
        kinds: Sequence[Kind],
        trouble: SignerUnreachable | None,
        undo: Callable[[sqlite_utils.Database], None],
    ) -> None:
        """Has signed what was decided. A decision is kept while the signer cannot sign; one that its rules refuse is
        undone, and the refusal raised. Outside of any transaction: others go on writing meanwhile.
        """
        try:
            for kind in kinds:
                trouble = self._programme.sign_or_keep(kind, trouble)
        except LangsoError:
            with self._store.transaction() as db:
                undo(db)
            raise
        finally:
            self._wake()

    def _ending(
        self,
        db: sqlite_utils.Database,
        action: Literal["stop", "all_clear"],
        ends: tuple[str, ...],
        devices: tuple[str, ...],
        life: timedelta,
        by: str,
    ) -> UrgentOrder:
        now = self._clock.now()
        order = UrgentOrder(
            id=f"u{now:%Y%m%d}-{secrets.token_hex(4)}",
            action=action,
            ends=ends[:100],
            targets=TargetSet(devices=devices),
            issued=now,
            expires=now + life,
        )
        urgent_rows.insert_urgent(db, order, by)
        self._audit.write(by, action, order.id, " ".join(ends))
        return order

    def _targets(self, wanted: Sequence[str]) -> tuple[str, ...]:
        paired = {device.id for device in read_devices(self._home.devices) if device.role == "speaker"}
        known = paired - set(self._home.trust().trust.revoked)
        if not known:
            why = "Các loa đã ghép đều bị thu hồi quyền" if paired else "Chưa có loa nào được ghép với xã"
            raise BroadcastRefused(f"{why} nên không ai nghe được; hãy ghép loa trước, ở loa chạy: sudo langso setup")
        if EVERYONE in wanted or "all" in wanted:
            return (EVERYONE,)
        if not wanted:
            raise BroadcastRefused("Chưa chọn loa nào; hãy chọn ít nhất một loa.")
        unknown = sorted(set(wanted) - known)
        if unknown:
            gone = f"{', '.join(unknown)[:200]}"
            why = f"Loa {gone} đã bị thu hồi quyền" if paired.issuperset(unknown) else f"Không có loa {gone}"
            raise BroadcastRefused(f"{why}; các loa đang có: {', '.join(sorted(known))[:500]}.")
        return tuple(sorted(set(wanted)))

    def _cap(self) -> int:
        return self._home.trust().trust.caps.volume

    def _keep_sound(self, db: sqlite_utils.Database, sound: MadeSound, title: str) -> None:
        media = sound.media
        db.execute(
            "INSERT INTO media (sha256, size, duration_ms, codec, lufs, title, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
            [
                *(media.sha256, media.size, media.duration_ms, media.codec, sound.lufs, title),
                self._clock.now().isoformat(),
            ],
        )


def _millis(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
