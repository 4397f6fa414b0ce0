"""A program that owns the web's user, its files and its socket, against a signer where a clerk is enrolled: what it
tries, and what it is told. It knows every code and every passkey's answer that the clerk ever sent through the pages.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import plans
import pyotp
import pytest
from another_user import become, in_a_child
from founded import initialise
from plans import TUNE, order, urgent
from software_passkey import SoftwarePasskey

from langso.contract import DesiredSettings, Order, UrgentOrder
from langso.settings.model import (
    CommuneSettings,
    DeviceSettings,
    OfficeSettings,
    PathSettings,
    Settings,
    SignerSettings,
)
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey, seal
from langso.words.catalogue import code_of, words_of
from office.places import OfficeHome
from office.signer.asked.orders import Asked, AskedAlarm, AskedEnding, occurrences_of
from office.signer.asked.people import WRONG_AN_HOUR
from office.signer.client import BY_ROOT, Proof, SignerClient
from office.signer.errors import SignerError
from office.signer.server import SignerServer
from office.signer.signing import Signing

WEB = 54012
HERE = "http://localhost:8080"
START = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="taking on another user needs root")


holding = partial(plans.holding, start=START, devices=("loa-1",))


@dataclass
class Owned:
    """The signer's socket and what the pages have seen: `codes` typed, `answers` of the passkey."""

    settings: Settings
    client: SignerClient
    given: UrgentOrder = field(default_factory=lambda: order("u1"))
    codes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def try_as_web(self, attack: Callable[[Owned], object]) -> str:
        """The code of the sentence that the attacker is told; "done" where he was let."""

        def act() -> str:
            become(WEB, [0])
            try:
                attack(self)
            except SignerError as error:
                return code_of(words_of(error))
            except PermissionError:
                return "PermissionError"
            return "done"

        return in_a_child(act)


@pytest.fixture(scope="module")
def owned() -> Iterator[Owned]:
    folder = Path(tempfile.mkdtemp(prefix="langso-owned-"))
    folder.chmod(0o711)
    settings = Settings(
        commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
        device=DeviceSettings(id="van-phong", role="office"),
        office=OfficeSettings(public_url="http://127.0.0.1:8080"),
        signer=SignerSettings(socket=folder / "run" / "signer.sock", state=folder / "signer"),
        paths=PathSettings(state=folder / "state", run=folder / "office-run"),
    )
    initialise(settings, [SigningKey.generate()], None, datetime.now(UTC))
    home = OfficeHome(settings)
    home.published.mkdir(exist_ok=True)
    for path in (home.state, *home.state.rglob("*")):
        os.chown(path, WEB, WEB)
    stop, ready = threading.Event(), threading.Event()
    server = SignerServer(settings.signer.socket, lambda: Signing(home, SystemClock()))
    thread = threading.Thread(target=server.run, args=(stop, ready), daemon=True)
    thread.start()
    assert ready.wait(60)
    settings.signer.socket.parent.chmod(0o755)
    made = Owned(settings, SignerClient(settings.signer.socket))
    _clerk_works(made)
    yield made
    stop.set()
    thread.join(60)
    shutil.rmtree(folder)


def _clerk_works(owned: Owned) -> None:
    """She is enrolled, has a broadcast planned and an alarm in force: codes and touches that went through pages."""
    client = owned.client
    address = client.as_root("enrol", "lan", commune="Hoa Sơn").text
    totp = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
    client.as_root("enrol_code", "lan", code=totp.at(datetime.now(UTC), counter_offset=-2))
    key, invitation = SoftwarePasskey(HERE), client.as_root("invite", "lan").text
    client.enrol_passkey("lan", invitation, key.enrol(client.invited("lan", invitation, HERE)))
    owned.codes += [totp.at(datetime.now(UTC), counter_offset=step) for step in (-1, 0)]
    owned.codes.append(invitation)
    asked = list(occurrences_of(holding("o1", version=1)))
    client.ask(asked[0], Proof("lan", code=owned.codes[0]))
    client.sign("plan", holding("o1", version=1))
    owned.answers.append(key.touch(client.challenge(AskedAlarm(order=owned.given), "lan", HERE)))
    client.ask(AskedAlarm(order=owned.given), Proof("lan", passkey=owned.answers[0]))
    client.sign("urgent", urgent(1, owned.given))
    # One that she touched for and that the pages never sent on: it counts for what she touched for alone.
    owned.answers.append(key.touch(client.challenge(AskedEnding(plays=("o1",)), "lan", HERE)))


def _ask(asked: Asked, proof: Proof) -> Callable[[Owned], object]:
    return lambda owned: owned.client.ask(asked, proof)


def _guess(owned: Owned) -> None:
    for number in range(WRONG_AN_HOUR + 1):
        try:
            owned.client.ask(AskedAlarm(order=order("u9")), Proof("lan", code=f"{number:06}"))
        except SignerError as error:
            if code_of(words_of(error)) != "signer-code-wrong":
                raise


def _enrol_own_key(owned: Owned) -> None:
    key, invitation = SoftwarePasskey(HERE), owned.codes[2]
    owned.client.enrol_passkey("lan", invitation, key.enrol(owned.client.invited("lan", invitation, HERE)))


def _forge_what_was_signed(owned: Owned) -> None:
    forged = seal(holding("o1", "mine", version=2), "plan", [SigningKey.generate()])
    (owned.settings.paths.state / "published" / "plan.all.json").write_bytes(forged)
    owned.client.sign("plan", holding("o1", "mine", version=2))


def _settings(owned: Owned) -> bytes:
    now = datetime.now(UTC)
    louder = DesiredSettings(volume=100)
    head: dict[str, Any] = {"issuer": "office", "audience": "loa-1", "commune": "hoa-son", "epoch": 0, "version": 1}
    return owned.client.sign("order", Order(**head, issued=now, expires=now + timedelta(days=1), settings=louder))


ATTACKS: dict[str, tuple[Callable[[Owned], object], str]] = {
    "an emergency": (lambda own: own.client.sign("urgent", urgent(2, own.given, order("u2"))), "signer-not-asked"),
    "the emergency in force, with another sound": (
        lambda own: own.client.sign("urgent", urgent(2, own.given.model_copy(update={"media": (TUNE,)}))),
        "signer-id-reused",
    ),
    "the emergency in force, for longer": (
        lambda own: own.client.sign(
            "urgent", urgent(2, own.given.model_copy(update={"expires": own.given.expires + timedelta(hours=9)}))
        ),
        "signer-id-reused",
    ),
    "silence in an emergency": (lambda own: own.client.sign("urgent", urgent(2)), "signer-alarm-missing"),
    "an all-clear": (
        lambda own: own.client.sign("urgent", urgent(2, own.given, order("c", "all_clear", ends=("u1",)))),
        "signer-not-asked",
    ),
    "a stop of everything": (
        lambda own: own.client.sign("urgent", urgent(2, own.given, order("s", "stop", ends=("*",)))),
        "signer-not-asked",
    ),
    "a broadcast more": (lambda own: own.client.sign("plan", holding("o1", "o2", version=2)), "signer-not-asked"),
    "a louder one": (lambda own: own.client.sign("plan", holding("o1", volume=100, version=2)), "signer-id-reused"),
    "another target": (
        lambda own: own.client.sign("plan", holding("o1", devices=("*",), version=2)),
        "signer-id-reused",
    ),
    "another sound": (lambda own: own.client.sign("plan", holding("o1", media=(1,), version=2)), "signer-id-reused"),
    "another class": (
        lambda own: own.client.sign("plan", holding("o1", broadcast_class="priority", version=2)),
        "signer-id-reused",
    ),
    "an empty plan": (lambda own: own.client.sign("plan", holding(version=2)), "signer-play-missing"),
    "a louder loudspeaker": (_settings, "signer-settings-not-asked"),
    "a code used before": (
        lambda own: own.client.ask(AskedAlarm(order=order("u3")), Proof("lan", code=own.codes[0])),
        "signer-code-wrong",
    ),
    "a touch used before": (
        lambda own: own.client.ask(AskedAlarm(order=own.given), Proof("lan", passkey=own.answers[0])),
        "signer-passkey-late",
    ),
    "a touch for something else": (
        lambda own: own.client.ask(AskedAlarm(order=order("u4")), Proof("lan", passkey=own.answers[1])),
        "signer-passkey-other",
    ),
    "guessed codes": (_guess, "signer-code-two"),
    "a key of its own by a used invitation": (_enrol_own_key, "signer-invitation-wrong"),
    "root's word": (_ask(AskedEnding(plays=("o1",)), BY_ROOT), "signer-roots-only"),
    **{
        f"root's {do}": ((lambda own, do=do: own.client.as_root(do, "lan", code="000000")), "signer-roots-only")
        for do in ("enrol", "enrol_code", "invite", "list_anew", "revoke", "release", "believe_clock")
    },
    "the signer's book": (lambda own: (own.settings.signer.state / "asked.db").read_bytes(), "PermissionError"),
    "a book of its own": (lambda own: (own.settings.signer.state / "asked.db").unlink(), "PermissionError"),
    "what it says was signed before": (_forge_what_was_signed, "signer-not-asked"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_owned_web_process_gets_nothing_that_nobody_asked_for(owned: Owned, name: str) -> None:
    attack, told = ATTACKS[name]
    assert owned.try_as_web(attack) == told


def test_and_the_office_goes_on_with_what_was_asked_for(owned: Owned) -> None:
    assert owned.try_as_web(lambda own: own.client.sign("plan", holding("o1", version=3))) == "done"
    assert owned.try_as_web(lambda own: own.client.sign("urgent", urgent(3, own.given))) == "done"
