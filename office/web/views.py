"""What pages show, from what the office knows: places by village, broadcasts with their receipts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from langso.contract.outcomes import in_words
from langso.device.paired import PairedDevice
from langso.timekeeping import dates
from office.broadcasting.became import Became, became, played_and_ill
from office.broadcasting.plans import EVERYONE
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.rows import Broadcast
from office.broadcasting.urgent_rows import UrgentRow
from office.fleet.devices import FleetRow
from office.publishing.speaker_orders import Standing, Standings

Level = Literal["ok", "warn", "bad", "plain", "info"]
PATIENCE = timedelta(seconds=30)
_KINDS = {"thon": "Thôn", "ban": "Bản", "xom": "Xóm", "to": "Tổ", "khu": "Khu", "lang": "Làng", "ap": "Ấp"}
_CLASSES: dict[str, tuple[str, Level]] = {
    "normal": ("Thường", "info"),
    "priority": ("Ưu tiên", "warn"),
    "emergency": ("Khẩn cấp", "bad"),
}
_AGAIN = "Máy tự thử lại vài giây một lần; xong thì trang này tự đổi."
_STATES: dict[Standing, tuple[str, Level, str]] = {
    "draft": ("Chưa gửi", "plain", "edit"),
    "withdrawn": ("Đã rút", "plain", "undo"),
    "unsigned": ("Chưa ký được", "bad", "error"),
    "too_late": ("Không phát: chưa ký kịp", "bad", "error"),
    "barred": ("Không phát: trái quy định", "bad", "error"),
    "withdrawing": ("Chưa rút được", "bad", "error"),
}
_SILENT: dict[Standing, tuple[str, str]] = {
    "withdrawn": ("Không phát", "đã rút"),
    "unsigned": ("Chưa nhận", "bản tin chưa ký được"),
    "too_late": ("Không phát", "chưa ký kịp giờ"),
    "barred": ("Không phát", "trái quy định của xã"),
}


@dataclass(frozen=True)
class VillageSpeakers:
    """Loudspeakers of one village, for choosing. `slug` "" for those of no village."""

    slug: str
    name: str
    devices: tuple[PairedDevice, ...]

    def short(self, device: PairedDevice) -> str:
        """The device's place without the village's own name before it: "Thôn 1 – chợ" is "Chợ"."""
        place = device.place or device.id
        rest = place.removeprefix(self.name).strip(" –-,:")
        return rest[0].upper() + rest[1:] if rest else place


@dataclass(frozen=True)
class SpeakerLine:
    """What one loudspeaker said of one broadcast. `icon`: of Material Symbols; `held`: it waits, plan in hand.

    `state` and `detail` are read by people; programs decide by `became`.
    """

    place: str
    device: str
    level: Level
    icon: str
    state: str
    detail: str
    became: Became
    held: bool = False


@dataclass(frozen=True)
class ShownBroadcast:
    """A broadcast on a page. `note`: what staff must know before all else, where it does not stand as they wished."""

    id: str
    url: str
    title: str
    text: str
    day: date
    start: datetime
    label: str
    level: Level
    places: str
    state: str
    state_level: Level
    icon: str
    lines: tuple[SpeakerLine, ...]
    by: str
    live: bool
    standing: Standing = "signed"
    note: str = ""


def villages(devices: Iterable[PairedDevice]) -> list[VillageSpeakers]:
    """Loudspeakers grouped by village, in the order of their names."""
    groups: dict[str, list[PairedDevice]] = {}
    for device in devices:
        if device.role == "speaker":
            groups.setdefault(device.village or "", []).append(device)
    ordered = sorted(groups, key=lambda slug: (not slug, _natural(slug)))
    return [
        VillageSpeakers(
            slug, village_name(slug), tuple(sorted(groups[slug], key=lambda d: _natural(d.place or d.id)))
        )
        for slug in ordered
    ]


def village_name(slug: str) -> str:
    """ "thon-1" is "Thôn 1"; "" is the commune itself."""
    if not slug:
        return "Chung của xã"
    first, *rest = slug.split("-")
    return " ".join([_KINDS.get(first, first.capitalize()), *(word.capitalize() for word in rest)])


def targets_text(targets: Sequence[str], groups: Sequence[VillageSpeakers]) -> str:
    """Who is meant, in the fewest words: whole villages by name, else places."""
    if EVERYONE in targets or (groups and all(d.id in targets for group in groups for d in group.devices)):
        return "Cả xã"
    words, left = [], set(targets)
    for group in groups:
        ids = {device.id for device in group.devices}
        if group.slug and ids <= left:
            words.append(group.name)
            left -= ids
    places = {device.id: device.place or device.id for group in groups for device in group.devices}
    words += [places.get(id, id) for id in sorted(left)]
    return ", ".join(words)


def show_of(
    broadcast: Broadcast,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    fleet: Mapping[str, FleetRow],
    stand: Standings,
) -> ShownBroadcast:
    """A planned broadcast with a line for each of its loudspeakers, as it stands at that moment."""
    now, standing = stand.now, stand.of(broadcast)
    planned, show = broadcast.planned, broadcast.show
    end = planned.start + show.length
    said = {play.device: play for play in plays}
    lines = tuple(
        _line(
            device, said.get(device.id), fleet.get(device.id), begun=now >= planned.start, over=now > end + PATIENCE
        )
        if standing not in _SILENT or device.id in said
        else _silent(device, standing)
        for device in _meant(show.devices, groups)
    )
    label, level = _CLASSES[show.broadcast_class]
    state, state_level, icon = _summary(standing, lines, planned.start, end, now)
    return ShownBroadcast(
        id=broadcast.id,
        url=f"/ban-tin/{broadcast.id}",
        title=show.title,
        text=broadcast.text,
        day=dates.local(planned.start).date(),
        start=planned.start,
        label=label,
        level=level,
        places=targets_text(show.devices, groups),
        state=state,
        state_level=state_level,
        icon=icon,
        lines=lines,
        by=broadcast.by,
        live=broadcast.status == "scheduled" and standing in ("signed", "unsigned") and now <= end,
        standing=standing,
        note=_note(standing, planned.start, stand),
    )


def urgent_show(
    row: UrgentRow,
    plays: Sequence[PlayReport],
    groups: Sequence[VillageSpeakers],
    now: datetime,
    *,
    why: str | None = None,
) -> ShownBroadcast:
    """An urgent order with a line for each of its loudspeakers. `why`: its all-clear could not be signed so far."""
    order = row.order
    in_force = (row.ended is None or why is not None) and order.expires > now
    said = {play.device: play for play in plays}
    lines = tuple(
        _line(device, said.get(device.id), None, begun=True, over=not in_force)
        for device in _meant(order.targets.devices, groups)
    )
    ended = "đã báo yên" if row.ended is not None else "hết hiệu lực"
    return ShownBroadcast(
        id=order.id,
        url="/khan-cap",
        title=order.title,
        text="",
        day=dates.local(order.issued).date(),
        start=order.issued,
        label="Khẩn cấp",
        level="bad",
        places=targets_text(order.targets.devices, groups),
        state="Đang có hiệu lực" if in_force else ended.capitalize(),
        state_level="bad" if in_force else "plain",
        icon="emergency_home" if in_force else "check_circle",
        lines=lines,
        by=row.by,
        live=in_force,
        standing="signed" if why is None else "withdrawing",
        note="" if why is None else f"CHƯA BÁO YÊN ĐƯỢC: các loa vẫn đang phát. {_reason(why)} {_AGAIN}",
    )


def _silent(device: PairedDevice, standing: Standing) -> SpeakerLine:
    state, detail = _SILENT[standing]
    what = Became.WITHDRAWN if standing == "withdrawn" else Became.NOT_SENT
    return SpeakerLine(device.place or device.id, device.id, "plain", "remove", state, detail, what)


def _meant(targets: Sequence[str], groups: Sequence[VillageSpeakers]) -> list[PairedDevice]:
    return [d for group in groups for d in group.devices if EVERYONE in targets or d.id in targets]


def _line(
    device: PairedDevice, play: PlayReport | None, row: FleetRow | None, *, begun: bool, over: bool
) -> SpeakerLine:
    what = became(play, begun=begun, over=over)
    place, id = device.place or device.id, device.id
    match what:
        case Became.PLAYED:
            assert play is not None
            error = "" if play.error_ms is None else f"lệch {abs(play.error_ms):.1f} ms".replace(".", ",")
            return SpeakerLine(place, id, "ok", "check_circle", "Đã phát", error, what)
        case Became.CUT | Became.MISSED | Became.REFUSED:
            assert play is not None
            heard = f"đã phát {play.heard_ms / 1000:.0f} giây" if play.heard_ms else ""
            reason = in_words(play.code, play.parameters, play.why)
            detail = ", ".join(part for part in (reason, heard) if part)
            level: Level = "warn" if what is Became.CUT else "bad"
            return SpeakerLine(place, id, level, "error", _UNWELL[what], detail, what)
        case Became.ON_AIR:
            return SpeakerLine(place, id, "ok", "volume_up", "Đang phát", "", what)
        case Became.UNKNOWN:
            return SpeakerLine(place, id, "warn", "schedule", "Chưa có phiếu", "loa sẽ gửi khi có mạng", what)
    if row is not None and not row.online:
        return SpeakerLine(place, id, "warn", "cloud_off", "Mất liên lạc", "vẫn tự phát nếu đã giữ lịch", what)
    if what is Became.DUE:
        return SpeakerLine(place, id, "info", "hourglass_top", "Đang chờ tin", "", what)
    if row is not None and not row.plan_current:
        return SpeakerLine(place, id, "info", "sync", "Đang gửi lịch", "", what)
    return SpeakerLine(place, id, "info", "event_available", "Đã giữ lịch", "", what, held=True)


_UNWELL = {Became.CUT: "Bị cắt", Became.MISSED: "Lỡ giờ", Became.REFUSED: "Bị từ chối"}


def _summary(
    standing: Standing, lines: Sequence[SpeakerLine], start: datetime, end: datetime, now: datetime
) -> tuple[str, Level, str]:
    if standing in _STATES:
        return _STATES[standing]
    total = len(lines)
    played, ill = played_and_ill(line.became for line in lines)
    if now < start:
        held = sum(line.held for line in lines)
        return f"{held}/{total} loa đã giữ lịch", "ok" if held == total else "info", "event_available"
    if ill:
        return f"{ill}/{total} loa phát không trọn", "bad", "error"
    if played == total:
        return f"{played}/{total} loa đã phát", "ok", "check_circle"
    if now <= end + PATIENCE:
        return "Đang phát", "ok", "volume_up"
    return f"{played}/{total} loa đã phát, chờ phiếu", "warn", "schedule"


def _note(standing: Standing, start: datetime, stand: Standings) -> str:
    match standing:
        case "unsigned":
            return (
                f"CHƯA KÝ ĐƯỢC, nên chưa loa nào nhận bản tin này. {_reason(stand.why)} Bản tin đã được giữ. {_AGAIN}"
                f" Đến {dates.moment(start, today=dates.local(stand.now).date())} mà vẫn chưa ký được thì bản tin này"
                " không phát."
            )
        case "too_late":
            return "KHÔNG PHÁT: đến giờ mà vẫn chưa ký được. Nếu vẫn cần báo, hãy soạn lại với giờ mới."
        case "barred":
            return (
                "KHÔNG PHÁT: quy định mới của xã (giờ yên tĩnh, số phút mỗi ngày) không cho phát vào giờ này, nên bản"
                " tin không còn trong lịch. Hãy rút lại rồi soạn với giờ khác."
            )
        case "withdrawing":
            return (
                f"CHƯA RÚT ĐƯỢC: các loa vẫn giữ bản tin này và vẫn phát. {_reason(stand.why)} {_AGAIN}"
                " Cần im ngay thì tắt âm ly tại chỗ."
            )
        case _:
            return ""


def _reason(why: str) -> str:
    return why or "Máy đang ký lại."


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else 0, part) for part in text.replace(" ", "-").split("-")]
