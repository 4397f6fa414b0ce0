"""How the village's clerk confirms what is to sound: an authenticator app and a printed list, made for this run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from office.signer.client import SignerClient

STEP_S = 30


class ClerksProofs:
    """One clerk's app and list, enrolled at the signer as a technician does it at the office's terminal. From then on
    nothing sounds that nobody confirmed.
    """

    def __init__(self, client: SignerClient, login: str, commune: str) -> None:
        import pyotp

        self._client, self._login = client, login
        app = pyotp.parse_uri(client.as_root("enrol", login, commune=commune).text)
        assert isinstance(app, pyotp.TOTP)
        self._app, self._step = app, int(time.time()) // STEP_S
        client.as_root("enrol_code", login, code=app.generate_otp(self._step))
        self._listed: list[str] = []

    @property
    def listed(self) -> tuple[str, ...]:
        """The unused codes of the printed list, which is made where there is none."""
        if not self._listed:
            self._listed = list(self._client.as_root("list_anew", self._login).lines)
        return tuple(self._listed)

    def code(self) -> str:
        """What the clerk types next: the app's six digits, or a code of the list where those were typed already."""
        step = int(time.time()) // STEP_S
        if step > self._step:
            self._step = step
            return self._app.generate_otp(step)
        code = self.listed[0]
        self._listed.remove(code)
        return code
