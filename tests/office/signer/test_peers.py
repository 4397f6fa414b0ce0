"""The signer asked by real users: numeric ids no passwd file knows, in processes of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cryptography.hazmat.backends.openssl.backend  # noqa: F401 - see `SIGNER`
import pytest
from another_user import become, in_a_child
from founded import initialise
from plans import plan

from langso.settings.model import CommuneSettings, DeviceSettings, PathSettings, Settings, SignerSettings
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from office.places import OfficeHome
from office.signer.client import SignerClient
from office.signer.errors import SignerError
from office.signer.peers import Peer, allowed
from office.signer.server import SignerServer
from office.signer.signing import Signing

SIGNER, OFFICE, STRANGER = 54001, 54002, 54003
"""None of them can read a checkout in root's home: what is imported late is imported above."""
real_users = pytest.mark.skipif(os.geteuid() != 0, reason="taking on other users needs root")


@dataclass
class Installed:
    """An office whose signer runs as a user of its own; folders have the owners and modes of an installed one."""

    settings: Settings
    version: int = 0

    def sign_as(self, user: int, groups: Sequence[int] = (), *, private: bool = True) -> str:
        """A plan signed by another process: "signed", or what it was told."""
        self.version += 1

        def ask() -> str:
            become(user, groups, private=private)
            try:
                SignerClient(self.settings.signer.socket).sign("plan", plan(self.version))
            except SignerError as error:
                return f"{type(error).__name__}: {error}"
            return "signed"

        return in_a_child(ask)


@pytest.fixture(params=[True, False], ids=["PrivateUsers", "plain"])
def installed(request: pytest.FixtureRequest) -> Iterator[Installed]:
    folder = Path(tempfile.mkdtemp(prefix="langso-users-"))
    folder.chmod(0o711)
    settings = Settings(
        commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
        device=DeviceSettings(id="van-phong", role="office"),
        signer=SignerSettings(socket=folder / "run" / "signer.sock", state=folder / "signer"),
        paths=PathSettings(state=folder / "state", run=folder / "office-run"),
    )
    for path, user, mode in (
        (folder / "run", SIGNER, 0o750),
        (folder / "signer", SIGNER, 0o700),
        (folder / "state", OFFICE, 0o750),
    ):
        path.mkdir()
        path.chmod(mode)
        os.chown(path, user, user)
    initialise(settings, [SigningKey.generate()], None, datetime.now(UTC))
    ready, waiting = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            become(SIGNER, (OFFICE,), private=request.param)
            started = threading.Event()
            server = SignerServer(settings.signer.socket, lambda: Signing(OfficeHome(settings), SystemClock()))
            threading.Thread(target=lambda: started.wait() and os.write(waiting, b"x"), daemon=True).start()
            server.run(threading.Event(), started)
        os._exit(1)
    os.close(waiting)
    try:
        if os.read(ready, 1) != b"x":
            pytest.fail("the signer did not start as its own user")
        yield Installed(settings)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder)


@real_users
def test_the_office_a_member_of_the_signers_group_is_served(installed: Installed) -> None:
    assert installed.sign_as(OFFICE, (SIGNER,)) == "signed"
    # A person's own groups beside it make the list longer than four bytes.
    assert installed.sign_as(OFFICE, (*range(60_000, 60_040), SIGNER), private=False) == "signed"


@real_users
def test_the_signers_own_user_and_root_are_served(installed: Installed) -> None:
    assert installed.sign_as(SIGNER) == "signed"
    assert installed.sign_as(0, private=False) == "signed"


@real_users
def test_a_stranger_is_stopped_by_the_folder_already(installed: Installed) -> None:
    assert installed.sign_as(STRANGER, (OFFICE,)).startswith("SignerUnreachable")


@real_users
def test_a_stranger_is_refused_where_folder_and_socket_stand_open(installed: Installed) -> None:
    installed.settings.signer.socket.parent.chmod(0o755)
    installed.settings.signer.socket.chmod(0o666)
    for private in (True, False):
        assert "không được quyền gọi người ký" in installed.sign_as(STRANGER, (OFFICE,), private=private)
        assert "không được quyền gọi người ký" in installed.sign_as(STRANGER, range(60_000, 60_300), private=private)
    assert installed.sign_as(OFFICE, (SIGNER,)) == "signed"


def test_the_number_shown_for_strangers_is_nobodys_membership() -> None:
    unmapped = Peer(user=65534, group=65534, groups=(65534,))
    assert not allowed(unmapped, user=SIGNER, group=SIGNER)
    assert not allowed(unmapped, user=65534, group=65534)
    assert allowed(Peer(user=0, group=65534), user=65534, group=65534)
