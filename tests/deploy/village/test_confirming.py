"""The village's clerk confirms as a real one does: each code counts once, and there is always a next one."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from deploy.village import confirming
from deploy.village.confirming import STEP_S, ClerksProofs


class Signer:
    """What root asks of the signer."""

    def __init__(self) -> None:
        self.secret, self.asked = pyotp.random_base32(), []

    def as_root(self, do: str, person: str, **more: Any) -> Any:
        self.asked.append((do, person, *more.values()))
        lines = tuple(f"{len(self.asked):08d}{number:08d}" for number in range(10))
        address = pyotp.TOTP(self.secret).provisioning_uri(name=person, issuer_name="Làng Số")
        return type("Reply", (), {"text": address, "lines": lines})


def test_no_code_is_typed_twice_and_the_list_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_800_000_000.0]
    monkeypatch.setattr(confirming, "time", type("Time", (), {"time": lambda: now[0]}))
    signer = Signer()
    proofs = ClerksProofs(signer, "can-bo", "Hoa Sơn")  # type: ignore[arg-type]
    app = pyotp.TOTP(signer.secret)
    assert signer.asked[1] == ("enrol_code", "can-bo", app.at(int(now[0])))
    typed = [proofs.code() for _ in range(12)]
    assert {len(code) for code in typed} == {16}, "the app's digits were typed when it was enrolled"
    assert [do for do, *_ in signer.asked].count("list_anew") == 2
    now[0] += STEP_S
    typed += [proofs.code(), proofs.code()]
    assert typed[12] == app.at(int(now[0]))
    assert len(set(typed)) == len(typed)
    assert proofs.listed
