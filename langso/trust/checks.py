"""Health checks of trust: trust document near its end, marks lost, office unheard, clock doubtful. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from langso.contract import TrustDocument
from langso.contract.health import Check
from langso.timekeeping.clock import VIETNAM, ClockTrust

WARN_DAYS = (90, 30, 7)
UNHEARD = timedelta(hours=26)


def trust_checks(
    trust: TrustDocument | None,
    *,
    clock: ClockTrust,
    now: datetime,
    heard: datetime | None,
    needs_nonce: bool,
    revoked: bool,
) -> list[Check]:
    """`heard`: the newest time the office wrote in anything verified. Nothing here stops a loudspeaker."""
    return [
        # By a clock that lies a list would be called at its end, and be signed anew for nothing.
        _trust(trust, now if clock.trusted else heard, revoked),
        _marks(needs_nonce),
        Check.good("clock", clock.why)
        if clock.trusted
        else Check.bad("clock", clock.why, "Hãy nối mạng để chỉnh giờ, hoặc đợi văn phòng xã xác nhận."),
        _office(heard, now, clock),
    ]


def _trust(trust: TrustDocument | None, now: datetime | None, revoked: bool) -> Check:
    if trust is None:
        return Check.bad(
            "trust", "Chưa có danh sách người có quyền.", "Hãy nối mạng và đợi văn phòng xã gửi danh sách."
        )
    if revoked:
        return Check.bad(
            "trust",
            "Thiết bị này đã bị thu hồi quyền; ghép lại dưới tên này không được nghe.",
            "Nhờ văn phòng xã trả quyền: sudo langso office trust restore TÊN-MÁY; hoặc ghép lại dưới tên khác.",
        )
    now = trust.issued if now is None else now
    day = trust.expires.astimezone(VIETNAM).strftime("%d/%m/%Y")
    if trust.expires <= now:
        return Check.bad(
            "trust", f"Danh sách người có quyền hết hạn từ {day}.", "Hãy ký danh sách mới bằng khoá gốc."
        )
    left = (trust.expires - now).days
    passed = [days for days in WARN_DAYS if left < days]
    if passed:
        why = f"Danh sách người có quyền còn dưới {min(passed)} ngày (đến {day})."
        return Check.warning("trust", why, "Hãy ký danh sách mới bằng khoá gốc.")
    return Check.good("trust", f"Danh sách người có quyền dùng được đến {day}.")


def _marks(needs_nonce: bool) -> Check:
    if needs_nonce:
        return Check.bad(
            "marks", "Thiết bị đã mất sổ ghi số văn bản.", "Hãy đợi văn phòng xã xác nhận, hoặc ghép lại thiết bị."
        )
    return Check.good("marks", "Sổ ghi số văn bản còn nguyên.")


def _office(heard: datetime | None, now: datetime, clock: ClockTrust) -> Check:
    fix = "Hãy xem mạng ở đây và máy văn phòng xã."
    if heard is None:
        return Check.warning("office", "Chưa nhận được văn bản nào của văn phòng xã.", fix)
    if clock.trusted and now - heard > UNHEARD:
        hours = int((now - heard).total_seconds() // 3600)
        return Check.warning("office", f"Đã {hours} giờ không có tin của văn phòng xã.", fix)
    return Check.good("office", "Vẫn nhận được tin của văn phòng xã.")
