"""A signer that cannot sign: whatever keeps it from it has a name of its own and ends as soon as it is mended."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from plans import plan

from langso.contract import Plan
from langso.durable.errors import FileRefused
from langso.timekeeping.clock import SystemClock
from office.signer import client as client_module
from office.signer.client import SignerClient
from office.signer.errors import SignerRefused, SignerUnreachable
from office.signer.server import SignerServer
from office.signer.signing import Signing


def fault_in(client: SignerClient, document: Plan | None = None) -> tuple[str, str]:
    """The fault's code and words when something is to be signed."""
    with pytest.raises(SignerUnreachable) as told:
        client.sign("plan", document or plan())
    return told.value.fault, str(told.value)


@contextlib.contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield listener


def test_no_process_behind_the_socket(office_world: Any, tmp_path: Path) -> None:
    office_world.stop_signer()
    client = office_world.office.signer
    assert fault_in(client)[0] == "absent"
    left = SignerClient(tmp_path / "left.sock")
    with listening(tmp_path / "left.sock"):
        pass
    assert fault_in(left) == fault_in(client)
    assert "langso-signer" in fault_in(client)[1]
    office_world.start_signer()
    assert client.trouble() is None
    assert client.sign("plan", plan())


@pytest.mark.skipif(os.geteuid() != 0, reason="taking on another user needs root")
def test_a_socket_that_one_may_not_open(office_world: Any) -> None:
    # Every folder above it is root's alone already.
    os.seteuid(54003)
    try:
        assert fault_in(office_world.office.signer)[0] == "forbidden"
    finally:
        os.seteuid(0)


def test_one_that_never_answers_holds_up_only_the_first_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(client_module, "SILENT_S", 60.0)
    monkeypatch.setattr(client_module.SignerClient._ask, "__defaults__", (0.3,))
    client = SignerClient(tmp_path / "mute.sock")
    with listening(tmp_path / "mute.sock"):
        assert fault_in(client)[0] == "silent"
        begun = time.monotonic()
        assert [fault_in(client)[0] for _ in range(5)] == ["silent"] * 5
        assert time.monotonic() - begun < 5 * 0.3
        client._silent_until = begun
        begun = time.monotonic()
        assert fault_in(client)[0] == "silent"
        assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("answer", [b"", b"\x00\x00", b"\xff" * 8, b"\x00\x00\x00\x04nope"])
def test_an_answer_that_is_none(tmp_path: Path, answer: bytes) -> None:
    with listening(tmp_path / "odd.sock") as listener:

        def serve() -> None:
            # It is asked again where it hung up without a word.
            with contextlib.suppress(OSError):
                for _ in range(2):
                    connection, _ = listener.accept()
                    connection.recv(1 << 16)
                    connection.sendall(answer)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        client = SignerClient(tmp_path / "odd.sock")
        assert fault_in(client)[0] == "broken"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda home: (home.signer / "counters.json").write_bytes(b"{"), "counters.json"),
        (lambda home: (home.signer / "1.key").unlink(), "Khoá của người ký"),
        (lambda home: (home.signer / "1.key").write_bytes(b"-----BEGIN"), "1.key"),
        (lambda home: (home.signer / "trust-pin.json").write_bytes(b"[]"), "trust-pin.json"),
        (lambda home: home.trust_file.unlink(), "trust.bundle"),
        (lambda home: home.trust_file.write_bytes(b"{}"), "quyền"),
    ],
)
def test_a_damaged_or_missing_file_is_told_by_a_signer_that_stays_and_works_once_mended(
    office_world: Any, damage: Any, said: str
) -> None:
    home, client = office_world.home, office_world.office.signer
    client.sign("plan", plan(1))
    places = [*home.signer.iterdir(), home.trust_file]
    before = {path: path.read_bytes() for path in places}
    office_world.stop_signer()
    damage(home)
    office_world.start_signer()
    fault, words = fault_in(client, plan(2))
    assert (fault, said in words) == ("not_ready", True), words
    assert client.trouble().fault == "not_ready"
    for path, content in before.items():
        path.write_bytes(content)
    assert client.sign("plan", plan(2))


def test_a_full_disk_signs_nothing_and_uses_no_number_up(office_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = office_world.office.signer

    def full(*_: object, **__: object) -> None:
        raise FileRefused("Không ghi được counters.json: thẻ nhớ hết chỗ; hãy xem chỗ trống và quyền ghi ở đó.")

    with monkeypatch.context() as patch:
        patch.setattr("office.signer.counters.write_atomic", full)
        fault, words = fault_in(client)
    assert (fault, "hết chỗ" in words) == ("disk", True)
    assert client.sign("plan", plan(1))


def test_a_clock_before_the_list_of_rights(office_world: Any) -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)

    class Stopped(SystemClock):
        def now(self) -> datetime:
            return early

    path = office_world.settings.signer.socket.with_name("early.sock")
    stop, ready = threading.Event(), threading.Event()
    server = SignerServer(path, lambda: Signing(office_world.home, Stopped()))
    threading.Thread(target=server.run, args=(stop, ready), daemon=True).start()
    assert ready.wait(60)
    fault, words = fault_in(SignerClient(path), plan(1, early))
    stop.set()
    assert (fault, "01/01/2020" in words) == ("clock", True)
    assert fault_in(office_world.office.signer, plan(1, early))[0] == "clock"
    assert office_world.office.signer.sign("plan", plan(1))


def test_a_fault_in_the_programs_is_no_refusal(office_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("office.signer.signing.check_document", broken)
        assert fault_in(office_world.office.signer)[0] == "broken"
    assert office_world.office.signer.sign("plan", plan(1))


def test_what_its_rules_forbid_is_no_fault(office_world: Any) -> None:
    client = office_world.office.signer
    with pytest.raises(SignerRefused):
        client.sign("plan", plan(1).model_copy(update={"commune": "xa-khac"}))
    assert client.trouble() is None
