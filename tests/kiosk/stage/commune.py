"""A paired kiosk and its commune's keys and signed documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from paired import pair_device

from stage.pictures import OWN_ACCOUNT, OWN_BIN


def own_account(**more: Any) -> Any:
    """The commune's own account, as the root keys vouch for it."""
    from langso.contract import VouchedAccount

    fields = {"id": "phi", "purpose": "fees", "bin": OWN_BIN, "number": OWN_ACCOUNT, "label": "Phí, lệ phí"}
    return VouchedAccount(**({**fields, "holder": "Ủy ban nhân dân xã Hoa Sơn"} | more))


class Commune:
    """Keys, signed documents and a paired kiosk, as the office and `langso pair` make them."""

    code = "xa-thu"
    device = "kiosk-thu"

    def __init__(self, folder: Path) -> None:
        import pyrage

        from langso.trust import SigningKey, root_keys

        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir(parents=True)
        self.root, self.office = SigningKey.generate(), SigningKey.generate()
        self.roots = root_keys([self.root])
        self.identity = pyrage.x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())
        self.version = 0

    def head(self, kind: str) -> dict[str, Any]:
        self.version += 1
        now = datetime.now(UTC)
        return {
            "kind": kind,
            "issuer": "office",
            "audience": "*",
            "commune": self.code,
            "epoch": 1,
            "version": self.version,
            "issued": now,
            "expires": now + timedelta(days=30),
        }

    def trust(self, **more: Any) -> bytes:
        from langso.contract import IssuerRule
        from langso.trust import make_bundle, seal, threshold_of
        from langso.trust.issuing import trust_document

        now = datetime.now(UTC)
        rule = IssuerRule(
            name="office",
            signers=threshold_of([self.office]),
            epoch=1,
            kinds=("plan", "urgent", "catalogue", "order", "ack"),
            classes=("normal", "priority", "emergency"),
        )
        self.version += 1
        document = trust_document(
            self.code, [rule], version=self.version, issued=now, expires=now + timedelta(days=365)
        ).model_copy(update={"accounts": (own_account(),), "age_recipient": self.recipient, **more})
        return make_bundle(seal(document, "trust", [self.root]))

    def payees(self) -> Any:
        """The accounts that the root vouches for, as this kiosk sees them."""
        from langso.contract.vouched import Payees

        return Payees((own_account(),), "thon-2", datetime.now(UTC))

    def seal(self, document: Any) -> bytes:
        from langso.trust import seal

        return seal(document, document.kind, [self.office])

    def catalogue(self, **more: Any) -> Any:
        from langso.contract import Account, Catalogue, Procedure

        content: dict[str, Any] = {
            "commune_name": "Xã Hoa Sơn",
            "accounts": (
                Account(bin=OWN_BIN, number=OWN_ACCOUNT, holder="Ủy ban nhân dân xã Hoa Sơn", label="Phí, lệ phí"),
            ),
            "procedures": (
                Procedure(code="1.001193", name="Đăng ký khai sinh", papers=("Giấy chứng sinh",)),
                Procedure(code="2.000635", name="Cấp bản sao trích lục hộ tịch"),
            ),
            "age_recipient": self.recipient,
        }
        return Catalogue(**self.head("catalogue"), **(content | more))

    def pair(self) -> Any:
        return pair_device(
            self.state,
            roots=self.roots,
            addresses=("127.0.0.1", 1, "http://127.0.0.1:1", "http://127.0.0.1:1"),
            commune=(self.code, "Xã Hoa Sơn"),
            device=self.device,
            role="kiosk",
            place="Nhà văn hóa thôn 2",
            village="thon-2",
        )

    def teach(self) -> None:
        """The kiosk has heard trust and catalogue before, and keeps them."""
        from langso.device.pairing import load_paired
        from langso.timekeeping.clock import SystemClock
        from langso.trust import Keeper

        paired = load_paired(self.state)
        keeper = Keeper(self.state, self.code, self.device, paired.roots, SystemClock(), "host")
        keeper.take_trust(self.trust())
        keeper.take("catalogue", self.seal(self.catalogue()))

    def settings_text(
        self,
        *,
        office_url: str,
        camera: Path,
        broker: int = 1,
        idle_s: int = 600,
        warn_s: int = 20,
        size: tuple[int, int] = (1024, 600),
        frames_per_s: int = 6,
    ) -> str:
        """`frames_per_s`: what lies under a test's camera changes seldom."""
        return f"""
[commune]
code = "{self.code}"
name = "Xã Hoa Sơn"
[device]
id = "{self.device}"
role = "kiosk"
place = "Nhà văn hóa thôn 2"
village = "thon-2"
[link]
host = "127.0.0.1"
port = {broker}
retry_max_s = 1.0
[clock]
trust = "host"
[scanner]
camera = "replay"
source = "{camera}"
frames_per_s = {frames_per_s}
[kiosk]
sound = "none"
office_url = "{office_url}"
idle_s = {idle_s}
warn_s = {warn_s}
width = {size[0]}
height = {size[1]}
fullscreen = false
[paths]
state = "{self.state}"
run = "{self.folder / "run"}"
"""
