"""An office as staff find it on a working day: devices in all conditions, broadcasts past and to come, papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from enrolled_clerk import Clerk

from langso.contract import ClockReport, Held
from langso.trust.roots.passphrase_cipher import QUICK
from office.broadcasting.jobs import JobRows
from office.broadcasting.rows import Broadcast
from office.desk.key import seal
from office.whole_office import Office

CLERK = "van-thu-xa"
DESK_PHRASE = "bốn con trâu đi cày ruộng nước"
ALARM = "Lũ quét. Bà con khu suối đi lên nhà văn hóa ngay."
PLACES = (
    ("loa-ubnd", "speaker", "Cụm UBND xã", None),
    ("loa-thon-1a", "speaker", "Thôn 1 – đầu làng", "thon-1"),
    ("loa-thon-1b", "speaker", "Thôn 1 – chợ", "thon-1"),
    ("loa-thon-2", "speaker", "Thôn 2 – nhà văn hóa", "thon-2"),
    ("kiosk-thon-2", "kiosk", "Kiosk nhà văn hóa thôn 2", "thon-2"),
    ("loa-thon-4", "speaker", "Thôn 4 – bản Mông", "thon-4"),
    ("loa-thon-7", "speaker", "Thôn 7 – ngã ba suối", "thon-7"),
)
TEXT = (
    "Thú y xã tiêm phòng bệnh tụ huyết trùng cho trâu, bò từ 7h00 ngày 25/11/2026 tại sân nhà văn hóa"
    " thôn 1 và thôn 2. Bà con dắt trâu, bò đến đúng giờ, mang theo sổ. UBND xã thông báo để bà con biết."
)


def drafted(
    office: Office, title: str, start: datetime, targets: Sequence[str] = ("*",), *, text: str = TEXT, **more: Any
) -> Broadcast:
    """A broadcast of the clerk's that is not sent yet."""
    return office.broadcasts.draft(text, title=title, targets=targets, start=start, by=CLERK, **more)


def sent(office: Office, *of: Any, **more: Any) -> Broadcast:
    """A broadcast of the clerk's in the plan; arguments as of `drafted`."""
    made = drafted(office, *of, **more)
    office.broadcasts.prepare(made.id)
    office.broadcasts.send(made.id, CLERK)
    return made


def fill(office: Office, reporter: Callable[..., Any]) -> dict[str, str]:
    """Devices in all conditions, broadcasts past and to come; the pages worth a look, by name.

    `reporter`: makes and registers a device, as OfficeWorld's of tests/office/conftest.py does.
    """
    devices = {id: reporter(id, role, place, village) for id, role, place, village in PLACES}
    now = datetime.now(UTC)
    speakers = [id for id, role, *_ in PLACES if role == "speaker"]
    past = sent(office, "Tin sáng + VOV", now + timedelta(minutes=1), text="Bản tin sáng của xã.")
    vaccine = ""
    for hours, title, targets, kind in (
        (2, "Lịch tiêm phòng trâu, bò", speakers[1:4], "priority"),
        (5, "Họp thôn 19:30", ["loa-thon-7"], "normal"),
        (26, "Lịch cắt điện Chủ nhật", ["loa-thon-2"], "priority"),
        (50, "Phòng rét cho gia súc", ["*"], "normal"),
    ):
        made = sent(office, title, now + timedelta(hours=hours), targets, broadcast_class=kind)
        vaccine = vaccine or made.id
    office.broadcasts.withdraw(made.id, "van-thu-xa")
    plan = office.documents.latest("plan")
    assert plan is not None
    for id, device in devices.items():
        held = Held(
            kind="plan", issuer="office", epoch=0, version=plan.version - (id == "loa-thon-4"), sha256=plan.sha256
        )
        if id != "loa-thon-7":
            clock = (
                {}
                if id != "loa-thon-4"
                else {"clock": ClockReport(trusted=False, reason="unsynchronised", code="clock-not-set")}
            )
            office.fleet.take_state(id, device.state((held,), **clock))
        if id in speakers and id != "loa-thon-7":
            device.write(past.planned.id, "played" if id != "loa-thon-4" else "cut")
            office.fleet.take_receipts(id, device.batch())
    clone = devices["loa-thon-1b"]
    office.fleet.take_state("loa-thon-1b", clone.state((held,), number=clone.number, muted=True))
    begun = (now - timedelta(hours=1)).isoformat(timespec="milliseconds")
    office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [begun, past.planned.id])
    for number, title in enumerate(("Giấy khai sinh", "Sổ đỏ", "Đơn xin xác nhận tạm trú"), 1):
        office.store.db.execute(
            "INSERT INTO dossiers (id, device, dossier, title, procedure, pages, size, sha256, plain_sha256, made,"
            " received_at, opened_at) VALUES (?, 'kiosk-thon-2', ?, ?, ?, ?, 1000, '', '', ?, ?, ?)",
            [
                f"d{number}",
                f"84120{number}77",
                title,
                "1.001193" if number == 1 else "",
                number,
                now.isoformat(),
                now.isoformat(),
                now.isoformat() if number == 2 else None,
            ],
        )
    return {
        "lich": "/lich",
        "soan": "/soan",
        "ban-tin": f"/ban-tin/{vaccine}",
        "ban-tin-past": f"/ban-tin/{past.id}",
        "rut": f"/ban-tin/{vaccine}/dung",
        "loa": "/loa",
        "giay-to": "/giay-to",
        "luu-tru": "/giay-to/d1/luu-tru",
        "khan-cap": "/khan-cap",
        "tai-khoan": "/tai-khoan",
        "loi": "/khong-co",
    }


def to_confirm(office: Office) -> dict[str, str]:
    """The clerk is enrolled at the signer: what waits for six digits, what may be taken back or ended by them."""
    waiting = drafted(office, "Lịch cắt nước", datetime.now(UTC) + timedelta(hours=11), ["loa-thon-2"])
    office.broadcasts.prepare(waiting.id)
    planned = sent(office, "Họp chi bộ", datetime.now(UTC) + timedelta(hours=13), ["loa-thon-1a"])
    order = office.alarms.urgent(ALARM, targets=["loa-thon-7", "loa-thon-4"], by=CLERK)
    Clerk(office.signer, CLERK)
    office.speaker_orders.enrolled_anew()
    jobs = JobRows(office.store, office.clock)
    job = jobs.ask("send", waiting.text, CLERK, waiting.id)
    jobs.take()
    jobs.end(job.id, "done")
    return {
        "ban-tin-confirm": f"/ban-tin/{waiting.id}",
        "rut-confirm": f"/ban-tin/{planned.id}/dung",
        "khan-cap-confirm": "/khan-cap",
        "bao-yen": f"/khan-cap/{order.id}/bao-yen",
        "tai-khoan-enrolled": "/tai-khoan",
        "loa-mot": "/loa/loa-thon-4",
        "loa-mot-ok": "/loa/loa-thon-2",
        "loa-mot-kiosk": "/loa/kiosk-thon-2",
    }


def to_approve(office: Office) -> dict[str, str]:
    """Somebody may approve: what others and the clerk have sent to all loudspeakers waits for that."""
    other, clerk = Clerk(office.signer, "nguoi-ba"), Clerk(office.signer, CLERK, approves=True)
    office.speaker_orders.enrolled_anew()
    begin = datetime.now(UTC) + timedelta(hours=15)
    for hours, title, by in (
        (0, "Tiêm phòng trâu, bò", other),
        (1, "Phòng rét cho gia súc", other),
        (26, "Họp xã", clerk),
    ):
        start = begin + timedelta(hours=hours)
        made = office.broadcasts.draft(TEXT, title=title, targets=["*"], start=start, by=by.person)
        office.broadcasts.prepare(made.id)
        by.ask(office.broadcasts.asked_sending(made.id))
        office.broadcasts.send(made.id, by.person)
    return {"duyet": "/duyet", "lich-to-approve": "/lich", "ban-tin-unapproved": f"/ban-tin/{made.id}"}


def seal_desk(office: Office) -> dict[str, str]:
    """The key of papers is sealed to the clerk's passphrase, and locked."""
    recovery = "thuyền gạo mái nhà vườn cau tre"
    seal(office.home, CLERK, DESK_PHRASE, recovery, office.clock, QUICK)
    return {"giay-to-locked": "/giay-to"}


def on_their_way(office: Office) -> dict[str, str]:
    """Broadcasts whose sound is being made, failed, was cancelled."""
    jobs = JobRows(office.store, office.clock)
    pages = {}
    for name in ("working", "failed", "cancelled"):
        draft = drafted(office, "Lịch tiêm phòng trâu, bò", datetime.now(UTC) + timedelta(hours=3))
        job = jobs.ask("send", draft.text, CLERK, draft.id)
        jobs.take()
        jobs.told(job.id, 63)
        if name == "failed":
            why = "Trùng giờ với «Họp thôn 19:30» lúc 19:30 hôm nay; giờ trống gần nhất là 19:42 hôm nay."
            jobs.end(job.id, "failed", fault="refused", why=why)
        elif name == "cancelled":
            jobs.cancel(job.id)
        pages[f"ban-tin-{name}"] = f"/ban-tin/{draft.id}"
        pages["soan-again"] = f"/soan?tu={draft.id}"
    return pages
