"""What staff do: write, hear, send, withdraw a broadcast; an urgent one and its all-clear, for page and command."""

from __future__ import annotations

import logging
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from langso import dates
from langso.clock import Clock
from langso.contract import Late, Plan, TargetSet, Urgent, UrgentOrder
from langso.store import Store
from office import broadcast_rows as rows
from office.allowed import Limits, allowed, first_allowed, refused
from office.broadcast_rows import Broadcast, PlanClass, Play, UrgentRow
from office.documents import Documents, Issued
from office.errors import BroadcastRefused, NotFound
from office.home import OfficeHome
from office.media import MediaStore, Sound
from office.plans import EVERYONE, KEEP_PAST, Head, Planned, Show, clash, make_plan, read_plan
from office.registry import read_devices

log = logging.getLogger(__name__)

MAX_TEXT = 4000
MAX_TITLE = 200
FARTHEST = timedelta(days=45)
URGENT_LIFE = timedelta(days=7)
CLEAR_LIFE = timedelta(hours=24)
STOP_LIFE = timedelta(minutes=10)
STOP_AHEAD = timedelta(minutes=1)
MAX_IN_FORCE = 45
REFRESH = timedelta(hours=12)
MAX_URGENT_MINUTES = 24 * 60
RESTORED = "khôi phục"
_SHORTEN = "không còn giờ nào vừa; hãy rút ngắn bản tin."


class Broadcasts:
    """The service. `wake` is called after something new was signed (the publisher also looks every second)."""

    def __init__(
        self,
        store: Store,
        home: OfficeHome,
        clock: Clock,
        documents: Documents,
        media: MediaStore,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._documents = documents
        self._media = media
        self._wake = wake

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
        said = _text(text)
        now = self._clock.now()
        if start.tzinfo is None or not now < start <= now + FARTHEST:
            raise BroadcastRefused(f"Giờ phát phải ở phía trước và trong {FARTHEST.days} ngày tới; hãy chọn lại giờ.")
        if broadcast_class not in ("normal", "priority"):
            raise BroadcastRefused("Bản tin theo lịch chỉ có loại thường hoặc ưu tiên; loại khẩn dùng nút phát khẩn.")
        cap = self._cap()
        if volume is not None and not 1 <= volume <= 100:
            raise BroadcastRefused("Âm lượng phải từ 1 đến 100; hãy chọn lại.")
        id = f"b{now:%Y%m%d}-{secrets.token_hex(4)}"
        show = Show(
            id=id,
            title=_title(title, said),
            broadcast_class=broadcast_class,
            media=(),
            devices=self._targets(targets),
            volume=min(cap, 100 if volume is None else volume),
            late=late or Late(),
        )
        created = Broadcast(id, said, "draft", by, now, Planned(f"{id}.1", show, _millis(start)))
        with self._store.transaction() as db:
            rows.insert(db, created)
            self._log(by, "draft", id)
        return created

    def prepare(self, id: str, *, chime: bool = True) -> Broadcast:
        """Makes the sounds, so that staff hear what villagers will. Raises NotFound, VoiceError, MediaFailed."""
        found = rows.find(self._store.db, id)
        if found.status not in ("draft", "prepared"):
            raise BroadcastRefused("Bản tin này đã gửi; hãy soạn bản mới để sửa.")
        spoken = self._media.speak(found.text)
        bell = self._media.chime() if chime else None
        with self._store.transaction() as db:
            for sound, title in ((spoken, found.show.title), *(((bell, "Nhạc hiệu"),) if bell else ())):
                self._keep_sound(sound, title)
            rows.set_media(db, id, (spoken.media,), bell.media if bell else None)
        return rows.find(self._store.db, id)

    def send(self, id: str, by: str) -> Broadcast:
        """Puts it in the signed plan. Raises SignerRefused; BroadcastRefused where it clashes with another or the
        loudspeakers would refuse it (quiet hours, minutes a day), naming the nearest time that is allowed.
        """
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
            db.execute("UPDATE broadcasts SET status = 'scheduled', sent_at = ? WHERE id = ?", [now.isoformat(), id])
            self._log(by, "send", id)
            self._issue_plan()
        self._wake()
        return replace(found, status="scheduled")

    def withdraw(self, id: str, by: str) -> Broadcast:
        """Takes it out of the plan; where it may be playing an urgent stop silences it at once.

        Raises NotFound, SignerRefused.
        """
        with self._store.transaction() as db:
            found = rows.find(db, id)
            if found.status == "withdrawn":
                return found
            moment = self._clock.now()
            now = moment.isoformat()
            db.execute("UPDATE broadcasts SET status = 'withdrawn', ended_at = ? WHERE id = ?", [now, id])
            db.execute("UPDATE occurrences SET withdrawn_at = ? WHERE broadcast = ?", [now, id])
            self._log(by, "withdraw", id)
            if found.status == "scheduled":
                if found.planned.begins - STOP_AHEAD <= moment < found.planned.ends + KEEP_PAST:
                    # Before the plan: the urgent topic goes first, and a plan takes longer to arrive and be read.
                    self._ending("stop", (found.planned.id,), found.show.devices, STOP_LIFE, by)
                self._issue_plan()
        self._wake()
        return replace(found, status="withdrawn")

    def urgent(
        self, text: str, *, targets: Sequence[str], by: str, repeat: int = 3, minutes: int = 60, title: str = ""
    ) -> UrgentOrder:
        """Cuts in at once. `repeat` 1-1000 times, in force for `minutes`. Raises BroadcastRefused, SignerRefused."""
        said = _text(text)
        if not 1 <= repeat <= 1000 or not 1 <= minutes <= MAX_URGENT_MINUTES:
            raise BroadcastRefused("Lệnh khẩn nhắc lại 1 đến 1000 lần, hiệu lực 1 phút đến 24 giờ; hãy chọn lại.")
        devices = self._targets(targets)
        spoken = self._media.speak(said)
        now = self._clock.now()
        order = UrgentOrder(
            id=f"u{now:%Y%m%d}-{secrets.token_hex(4)}",
            action="play",
            title=_title(title, said),
            media=(spoken.media,),
            repeat=repeat,
            volume=self._cap(),
            targets=TargetSet(devices=devices),
            issued=now,
            expires=now + timedelta(minutes=minutes),
        )
        with self._store.transaction() as db:
            self._keep_sound(spoken, order.title)
            rows.insert_urgent(db, order, by)
            self._log(by, "urgent", order.id, said[:200])
            self._issue_urgent()
        self._wake()
        return order

    def all_clear(self, id: str, by: str) -> UrgentOrder:
        """Ends one urgent order, or all with `*`; returns the all-clear. Raises NotFound where none is in force."""
        with self._store.transaction() as db:
            now = self._clock.now()
            ended = [row.order.id for row in self.in_force() if id in ("*", row.order.id)]
            if not ended:
                raise NotFound("Lệnh khẩn này không còn hiệu lực; không phải làm gì thêm.")
            for one in ended:
                db.execute("UPDATE urgent_orders SET ended_at = ? WHERE id = ?", [now.isoformat(), one])
            order = self._ending("all_clear", tuple(ended), (EVERYONE,), CLEAR_LIFE, by)
        self._wake()
        return order

    def stop(self, targets: Sequence[str], by: str) -> UrgentOrder:
        """Silences at once whatever plays on these loudspeakers; later broadcasts are not touched."""
        devices = self._targets(targets)
        with self._store.transaction():
            order = self._ending("stop", ("*",), devices, STOP_LIFE, by)
        self._wake()
        return order

    def in_force(self) -> list[UrgentRow]:
        """Urgent plays and relays neither ended nor expired, the newest first."""
        now = self._clock.now()
        return [
            row
            for row in rows.urgent_rows(self._store.db)
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
        return rows.urgent_rows(self._store.db, limit)

    def plays(self, occurrence: str) -> list[Play]:
        """What each device said of an occurrence (`Broadcast.planned.id`) or an urgent order (its id)."""
        return rows.plays(self._store.db, occurrence)

    def refresh(self) -> None:
        """Signs plan and urgent orders anew where they are missing or older than 12 h: the plan's end moves on.

        Raises SignerRefused, SignerUnreachable.
        """
        for kind, issue in (("plan", self._issue_plan), ("urgent", self._issue_urgent)):
            age = self._documents.age(kind)
            if age is None or age > REFRESH:
                issue()

    def reissue(self, kind: str) -> Issued:
        """A new version with the rows as they are: a device holds a higher one than we remember."""
        with self._store.transaction():
            return self._issue_plan() if kind == "plan" else self._issue_urgent()

    def recover_if_new(self) -> None:
        """A database that knows no plan takes back what is kept beside it."""
        if self._documents.latest("plan") is not None:
            return
        for kind in ("plan", "urgent"):
            for raw in self._documents.files(kind):
                self.take_back(kind, raw)

    def take_back(self, kind: str, raw: bytes) -> bool:
        """Rebuilds rows from a document of our own that is newer than what we know (a file, the broker's copy)."""
        with self._store.transaction() as db:
            document = self._documents.adopt(kind, raw)
            if isinstance(document, Plan):
                for one in read_plan(document):
                    rows.insert(
                        db, Broadcast(one.show.id, one.show.title, "scheduled", RESTORED, document.issued, one)
                    )
            elif isinstance(document, Urgent):
                for order in document.orders:
                    rows.insert_urgent(db, order, RESTORED)
        return document is not None

    def _obstacle(self, new: Planned, others: Sequence[Planned], now: datetime) -> str | None:
        """Why it cannot be played at its time, and the nearest time at which it can, as one sentence."""
        limits = self._limits()
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

    def _limits(self) -> Limits:
        return Limits.of(self._home.trust().trust, self._home.rule())

    def _issue_plan(self) -> Issued:
        now = self._clock.now()
        scheduled = rows.scheduled(self._store.db, now - 2 * KEEP_PAST)
        # The signer refuses a plan with one occurrence too many; caps made tighter must not block all the others.
        planned = allowed(scheduled, self._limits(), now)
        for one in scheduled:
            if one not in planned:
                log.warning("left out of the plan, the caps no longer allow it: %s", one.id)
        return self._documents.issue("plan", lambda head: make_plan(planned, head))

    def _issue_urgent(self) -> Issued:
        now = self._clock.now()
        kept = tuple(
            row.order
            for row in rows.urgent_rows(self._store.db)
            if row.order.expires > now and (row.ended is None or row.order.action in ("stop", "all_clear"))
        )
        plays = sum(1 for order in kept if order.action in ("play", "relay"))
        if plays > MAX_IN_FORCE:
            raise BroadcastRefused("Đang có quá nhiều lệnh khẩn cùng lúc; hãy kết thúc bớt rồi gửi lại.")
        # Old stops and all-clears give way first: an order that is no longer listed has ended anyway.
        essential = sorted(kept, key=lambda order: (order.action not in ("play", "relay"), -order.issued.timestamp()))
        orders = tuple(sorted(essential[:50], key=lambda order: (order.issued, order.id)))

        def build(head: Head) -> Urgent:
            return Urgent(**head.fields(URGENT_LIFE), orders=orders)

        return self._documents.issue("urgent", build)

    def _ending(
        self, action: str, ends: tuple[str, ...], devices: tuple[str, ...], life: timedelta, by: str
    ) -> UrgentOrder:
        now = self._clock.now()
        order = UrgentOrder(
            id=f"u{now:%Y%m%d}-{secrets.token_hex(4)}",
            action="stop" if action == "stop" else "all_clear",
            ends=ends[:100],
            targets=TargetSet(devices=devices),
            issued=now,
            expires=now + life,
        )
        with self._store.transaction() as db:
            rows.insert_urgent(db, order, by)
            self._log(by, action, order.id, " ".join(ends)[:200])
            self._issue_urgent()
        return order

    def _targets(self, wanted: Sequence[str]) -> tuple[str, ...]:
        paired = {device.id for device in read_devices(self._home.devices) if device.role == "speaker"}
        known = paired - set(self._home.trust().trust.revoked)
        if not known:
            why = "Các loa đã ghép đều bị thu hồi quyền" if paired else "Chưa có loa nào được ghép với xã"
            raise BroadcastRefused(f"{why} nên không ai nghe được; hãy ghép loa trước: langso pair --help")
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

    def _keep_sound(self, sound: Sound, title: str) -> None:
        media = sound.media
        self._store.db.execute(
            "INSERT INTO media (sha256, size, duration_ms, codec, lufs, title, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
            [
                *(media.sha256, media.size, media.duration_ms, media.codec, sound.lufs, title),
                self._clock.now().isoformat(),
            ],
        )

    def _log(self, who: str, action: str, subject: str, note: str = "") -> None:
        self._store.db.execute(
            "INSERT INTO access_log (at, who, action, subject, note) VALUES (?, ?, ?, ?, ?)",
            [self._clock.now().isoformat(), who, action, subject, note],
        )


def _text(text: str) -> str:
    said = unicodedata.normalize("NFC", text).strip()
    if not any(letter.isalnum() for letter in said):
        raise BroadcastRefused("Bản tin chưa có chữ nào; hãy nhập nội dung.")
    if len(said) > MAX_TEXT:
        raise BroadcastRefused(
            f"Bản tin dài {len(said)} chữ, nhiều nhất là {MAX_TEXT}; hãy chia thành nhiều bản tin."
        )
    return said


def _title(title: str, text: str) -> str:
    given = " ".join(unicodedata.normalize("NFC", title).split())
    if given:
        return given[:MAX_TITLE]
    found = " ".join(text.split())
    return found if len(found) <= 80 else f"{found[:79].rstrip()}…"


def _millis(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
