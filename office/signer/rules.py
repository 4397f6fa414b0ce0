"""What the signer refuses whoever asks: pure checks of one document against the trust document in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from langso.contract import Catalogue, Document, IssuerRule, Order, Plan, ReceiptsAck, TrustDocument, Urgent
from langso.contract.caps import Limits, plan_breaches
from langso.trust import parse_payload
from langso.trust.errors import Refused
from office.signer.errors import SignerRefused, SignerStuck

KINDS: dict[str, type[Document]] = {"plan": Plan, "urgent": Urgent, "catalogue": Catalogue, "order": Order}
CLOCK_SLACK = timedelta(minutes=10)
# The list of rights is signed on another machine, whose clock may run ahead.
CLOCK_DAYS = timedelta(days=1)
LONGEST = {
    "plan": timedelta(days=60),
    "urgent": timedelta(days=7),
    "catalogue": timedelta(days=400),
    "order": timedelta(days=30),
}
LONGEST_URGENT_ORDER = timedelta(hours=24)
URGENT_AN_HOUR = 30
MAX_LIFT = 1_000_000


def read_document(kind: str, payload: bytes) -> Document | ReceiptsAck:
    """The payload as its model, exactly in its canonical bytes. Raises SignerRefused."""
    model: type[Document | ReceiptsAck] | None = ReceiptsAck if kind == "ack" else KINDS.get(kind)
    if model is None:
        raise SignerRefused(f"Người ký của văn phòng không ký loại «{kind[:40]}»; loại này cần khoá gốc của xã.")
    try:
        document = parse_payload(payload, model)
    except Refused as refused:
        raise SignerRefused(f"{refused} ({refused.detail[:200]})") from refused
    if document.kind != kind:
        raise SignerRefused("Loại văn bản không khớp với nội dung; hãy cập nhật phần mềm văn phòng.")
    # Other bytes with the same meaning would be a second text under one version: devices would see equivocation.
    if document.to_json() != payload:
        raise SignerRefused("Văn bản không viết đúng dạng chuẩn để ký; hãy cập nhật phần mềm văn phòng.")
    return document


def check_ack(ack: ReceiptsAck, rule: IssuerRule, trust: TrustDocument) -> None:
    """An acknowledgement of ours, to a device of this commune. Raises SignerRefused."""
    _check_office(ack.issuer, ack.commune, "ack", rule, trust)


def check_document(document: Document, rule: IssuerRule, trust: TrustDocument, now: datetime) -> None:
    """Issuer, commune, epoch, kind, dates, classes, volumes, who it is for. Raises SignerRefused."""
    _check_office(document.issuer, document.commune, document.kind, rule, trust)
    if document.epoch != rule.epoch:
        raise SignerRefused("Kỳ khoá của văn bản không đúng kỳ đang dùng; hãy khởi động lại văn phòng.")
    if isinstance(document, Order):
        if document.audience == "*" or document.audience in trust.communes:
            raise SignerRefused("Lệnh cho thiết bị phải ghi đúng một thiết bị; hãy chọn lại thiết bị.")
    elif document.audience != "*":
        raise SignerRefused("Văn bản chung phải gửi cho mọi thiết bị; hãy cập nhật phần mềm văn phòng.")
    if abs(document.issued - now) > CLOCK_SLACK:
        raise SignerStuck("Giờ ghi trong văn bản lệch giờ máy ký; hãy chỉnh đồng hồ máy văn phòng.", "clock")
    if not document.issued < document.expires <= document.issued + LONGEST[document.kind]:
        raise SignerRefused("Hạn của văn bản quá dài hoặc đã qua; hãy đặt lại hạn.")
    if isinstance(document, Plan):
        _check_plan(document, rule, trust)
    elif isinstance(document, Urgent):
        _check_urgent(document, rule, trust)


def check_clock(now: datetime, trust: TrustDocument) -> None:
    """The clock is not before the list of rights: devices would take a document of then for one that ran out.

    Raises SignerStuck.
    """
    if now < trust.issued - CLOCK_DAYS:
        raise SignerStuck(
            f"Đồng hồ máy văn phòng đang là {now:%d/%m/%Y}, sai; hãy chỉnh lại ngày giờ của máy.", "clock"
        )


def check_version(version: int, last: int) -> None:
    """Strictly rising, and never a leap that would use the numbers up. Raises SignerRefused."""
    if version <= last:
        raise SignerRefused(f"Số văn bản {version} không lớn hơn số đã ký ({last}); hãy tải lại trang rồi gửi lại.")
    if version > last + MAX_LIFT:
        raise SignerRefused(f"Số văn bản {version} nhảy quá xa so với số đã ký ({last}); hãy báo kỹ thuật.")


def _check_office(issuer: str, commune: str, kind: str, rule: IssuerRule, trust: TrustDocument) -> None:
    if issuer != rule.name:
        raise SignerRefused(f"Người ký chỉ ký thay «{rule.name}», không ký thay «{issuer}»; hãy sửa nơi ban hành.")
    if commune not in trust.communes:
        raise SignerRefused("Văn bản của xã khác; hãy kiểm tra mã xã trong cài đặt.")
    if not rule.may_issue(kind):
        raise SignerRefused(f"Danh sách quyền của xã không cho văn phòng ký loại «{kind}»; cần khoá gốc để đổi.")


def _check_plan(plan: Plan, rule: IssuerRule, trust: TrustDocument) -> None:
    for programme in plan.programmes:
        if programme.broadcast_class not in rule.classes:
            raise SignerRefused(f"Văn phòng không được phát loại của bản tin «{programme.title}»; hãy đổi loại.")
        if programme.volume > trust.caps.volume:
            raise SignerRefused(
                f"Bản tin «{programme.title}» to {programme.volume}%, xã chỉ cho tới {trust.caps.volume}%; "
                "hãy giảm âm lượng."
            )
    broken = next(iter(plan_breaches(plan, Limits.of(trust, rule))), None)
    if broken is not None:
        raise SignerRefused(f"Lượt phát {broken.sound.id} trái quy định của xã: {broken.why}; hãy chọn giờ khác.")
    if plan.until > plan.expires:
        raise SignerRefused("Lịch phát dài hơn hạn của nó; hãy đặt lại hạn.")


def _check_urgent(urgent: Urgent, rule: IssuerRule, trust: TrustDocument) -> None:
    ids = [order.id for order in urgent.orders]
    if len(set(ids)) != len(ids):
        raise SignerRefused("Hai lệnh khẩn trùng mã; hãy tải lại trang rồi gửi lại.")
    for order in urgent.orders:
        if not order.issued < order.expires <= order.issued + LONGEST_URGENT_ORDER:
            raise SignerRefused("Lệnh khẩn chỉ có hiệu lực tối đa 24 giờ; hãy đặt lại thời hạn.")
        if order.issued > urgent.issued + CLOCK_SLACK:
            raise SignerRefused("Lệnh khẩn ghi giờ ở tương lai; hãy chỉnh đồng hồ máy văn phòng.")
        if order.action in ("play", "relay") and order.broadcast_class not in rule.classes:
            raise SignerRefused("Văn phòng không được phát loại lệnh khẩn này; hãy đổi loại.")
        if order.volume > trust.caps.volume:
            raise SignerRefused(f"Lệnh khẩn to {order.volume}%, xã chỉ cho tới {trust.caps.volume}%; hãy giảm.")
