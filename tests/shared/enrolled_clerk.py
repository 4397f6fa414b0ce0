"""A clerk whom the signer knows: `from enrolled_clerk import Clerk, Phone`."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp

from office.signer.asked.orders import Asked
from office.signer.client import Proof, SignerClient


class Phone:
    """The authenticator app of somebody with an account, enrolled as at the terminal; each code is one step on."""

    def __init__(self, client: SignerClient, person: str, *, approves: bool = False) -> None:
        address = client.as_root("enrol", person, approves=approves, commune="Hoa Sơn").text
        self.totp, self._step = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0]), -1
        client.as_root("enrol_code", person, code=self.totp.at(datetime.now(UTC), counter_offset=-1))

    def code(self) -> str:
        """The next six digits that count."""
        self._step += 1
        return self.totp.at(datetime.now(UTC), counter_offset=self._step)


class Clerk:
    """Somebody whom the signer knows by such an app, and who asks for one thing after the other."""

    def __init__(self, client: SignerClient, person: str = "lan", *, approves: bool = False) -> None:
        self.client, self.person = client, person
        self.phone = Phone(client, person, approves=approves)

    def ask(self, *asked: Asked) -> None:
        for one in asked:
            self.client.ask(one, Proof(self.person, code=self.phone.code()))
