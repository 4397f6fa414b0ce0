"""Errors of trust: one family, whose reason is one of the contract's and whose text is a Vietnamese sentence."""

from __future__ import annotations

from langso.contract.reports import RefusalReason
from langso.errors import LangsoError

_SENTENCES: dict[RefusalReason, str] = {
    "forged": "Văn bản không do người có quyền ký; hãy kiểm tra văn phòng đang dùng đúng khoá ký.",
    "threshold": "Văn bản chưa đủ số chữ ký; hãy ký thêm cho đủ rồi gửi lại.",
    "malformed": "Văn bản sai định dạng; hãy cập nhật phần mềm ở nơi gửi rồi gửi lại.",
    "too_large": "Văn bản quá lớn; hãy chia nhỏ rồi gửi lại.",
    "wrong_role": "Người ký không được phép ra văn bản này; hãy để nơi có thẩm quyền ký.",
    "wrong_commune": "Văn bản của xã khác; hãy kiểm tra mã xã trong cài đặt.",
    "wrong_audience": "Văn bản gửi cho thiết bị khác; hãy gửi lại đúng thiết bị.",
    "expired": "Văn bản đã hết hạn; hãy ký lại với hạn mới.",
    "from_future": "Văn bản ghi ngày ký ở tương lai; hãy xem đồng hồ máy văn phòng và đồng hồ thiết bị, rồi ký lại.",
    "rolled_back": "Văn bản cũ hơn bản đang giữ; hãy gửi bản mới nhất.",
    "equivocation": "Có hai văn bản khác nhau cùng một số; hãy báo xã kiểm tra khoá ký ngay.",
    "revoked": "Thiết bị này đã bị thu hồi quyền; hãy nhờ văn phòng xã trả quyền (langso office trust restore).",
    "no_trust": "Thiết bị chưa nhận danh sách người có quyền; hãy đợi văn phòng gửi danh sách.",
    "needs_nonce": "Thiết bị đã mất sổ ghi số văn bản; hãy đợi văn phòng xã xác nhận hoặc ghép lại.",
    "bad_chain": "Chuỗi khoá gốc không liền mạch; hãy ghép lại thiết bị với văn phòng xã.",
}


class Refused(LangsoError, ValueError):
    """A document is not obeyed. `reason`: the contract's code; `detail`: English, for the journal.

    `issuer`, `version` and `sha256` are filled once the document has been verified, for the receipt.
    """

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        self.reason: RefusalReason = reason
        self.detail = detail
        self.issuer: str | None = None
        self.version: int | None = None
        self.sha256: str | None = None
        super().__init__(_SENTENCES[reason])


class KeyFileError(LangsoError, ValueError):
    """A key file is absent, damaged or holds no Ed25519 key."""


class PairingError(LangsoError, ValueError):
    """A pairing file is refused: damaged, not signed by the device, or for another device."""


class NotPaired(PairingError):
    """This device has no pairing yet."""


class CertificateError(LangsoError, ValueError):
    """A certificate, request or TLS key cannot be used."""
