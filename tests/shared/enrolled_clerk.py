"""A clerk whom the signer knows: `from enrolled_clerk import Clerk, Phone`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp

from office.signer.asked.orders import Asked
from office.signer.client import Proof, SignerClient


@dataclass
class Clerk:
    """Somebody with an authenticator app; each code is one step on, so that a test need not wait."""

    client: SignerClient
    person: str = "lan"
    approves: bool = False
    totp: pyotp.TOTP = field(init=False)
    step: int = 0

    def __post_init__(self) -> None:
        address = self.client.as_root("enrol", self.person, approves=self.approves, commune="Hoa Sơn").text
        self.totp = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
        self.client.as_root("enrol_code", self.person, code=self.totp.at(datetime.now(UTC)))

    def ask(self, *asked: Asked) -> None:
        for one in asked:
            self.step += 1
            code = self.totp.at(datetime.now(UTC), counter_offset=self.step)
            self.client.ask(one, Proof(self.person, code=code))


class Phone:
    """The authenticator app of somebody with an account, enrolled as at the terminal; each code is one step on."""

    def __init__(self, client: SignerClient, person: str, *, approves: bool = False) -> None:
        address = client.as_root("enrol", person, approves=approves, commune="Hoa Sơn").text
        self._totp, self._step = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0]), -1
        client.as_root("enrol_code", person, code=self._totp.at(datetime.now(UTC), counter_offset=-1))

    def code(self) -> str:
        """The next six digits that count."""
        self._step += 1
        return self._totp.at(datetime.now(UTC), counter_offset=self._step)
