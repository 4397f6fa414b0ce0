"""A signer that is slow or hangs holds up whoever waits for a signature, and nobody else's writing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from refusals import refused

from office.errors import BroadcastRefused
from office.publishing import turns
from office.publishing.turns import Turns
from office.signer.errors import SignerRefused, SignerUnreachable
from office.signer.signing import Signing
from office.store import open_store

SLOW_S = 5.0
# Far below what waiting for the signer would take, far above what a write takes on a busy machine.
AT_ONCE_S = 3.0


@pytest.fixture
def service(office_world: Any) -> Any:
    office_world.reporter("loa-1")
    return office_world.office.broadcasts


def prepared(service: Any, minutes: float) -> Any:
    start = datetime.now(UTC) + timedelta(minutes=minutes)
    draft = service.draft("Mời bà con đi họp.", targets=["*"], start=start, by="a")
    return service.prepare(draft.id)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Each signature takes five seconds; the event is set while one is being made."""
    asked, real = threading.Event(), Signing.sign

    def sign(self: Signing, kind: str, payload: bytes) -> bytes:
        asked.set()
        time.sleep(SLOW_S)
        return real(self, kind, payload)

    monkeypatch.setattr(Signing, "sign", sign)
    return asked


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(60)
    assert not thread.is_alive()


def test_others_write_while_one_waits_for_a_signature(office_world: Any, service: Any, slow: threading.Event) -> None:
    one = prepared(service, 10)
    # A second process has a connection of its own.
    with open_store(office_world.home.database) as second, meanwhile(lambda: service.send(one.id, "a")):
        assert slow.wait(60)
        begun = time.monotonic()
        draft = service.draft("Tin khác.", targets=["*"], start=datetime.now(UTC) + timedelta(minutes=30), by="b")
        second.db.execute("UPDATE messages SET title = 'Khác' WHERE id = ?", [draft.id])
        assert time.monotonic() - begun < AT_ONCE_S
    assert service.get(one.id).signed is not None


def test_whoever_sends_meanwhile_is_kept_and_signed_after(
    office_world: Any, service: Any, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.2)
    one, two = prepared(service, 10), prepared(service, 30)
    with meanwhile(lambda: service.send(one.id, "a")):
        assert slow.wait(60)
        kept = service.send(two.id, "b")
        assert (kept.status, kept.signed) == ("scheduled", None)
    assert office_world.office.speaker_orders.catch_up()
    assert service.get(two.id).signed is not None


def test_two_that_clash_are_told_apart_even_while_the_first_waits(
    service: Any, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = prepared(service, 10), prepared(service, 10)
    with meanwhile(lambda: service.send(one.id, "a")):
        assert slow.wait(60)
        with refused(BroadcastRefused, "broadcasting-taken"):
            service.send(two.id, "b")


def test_what_the_signers_rules_refuse_was_not_sent(
    office_world: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = prepared(service, 10)

    def refuse(*_: object) -> bytes:
        raise SignerRefused("Trái luật.")

    with monkeypatch.context() as patch:
        patch.setattr(office_world.office.signer, "sign", refuse)
        with pytest.raises(SignerRefused):
            service.send(one.id, "a")
        assert service.get(one.id).status == "prepared"
    sent = service.send(one.id, "a")
    assert sent.signed is not None
    with monkeypatch.context() as patch:
        patch.setattr(office_world.office.signer, "sign", refuse)
        with pytest.raises(SignerRefused):
            service.withdraw(one.id, "a")
        assert service.get(one.id).status == "scheduled"
        with pytest.raises(SignerRefused):
            office_world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
        with pytest.raises(SignerRefused):
            office_world.office.alarms.stop(["*"], "a")
        assert office_world.office.alarms.urgent_orders() == []
    order = office_world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
    with monkeypatch.context() as patch:
        patch.setattr(office_world.office.signer, "sign", refuse)
        with pytest.raises(SignerRefused):
            office_world.office.alarms.all_clear(order.id, "a")
    assert [row.order.id for row in office_world.office.alarms.in_force()] == [order.id]
    assert [row.order.action for row in office_world.office.alarms.urgent_orders()] == ["play"]


def test_an_alarm_whose_signature_never_came_is_not_kept(
    office_world: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> bytes:
        raise SignerUnreachable("Ngắt.", "broken")

    with monkeypatch.context() as patch:
        patch.setattr(office_world.office.signer, "sign", gone)
        with pytest.raises(SignerUnreachable):
            office_world.office.alarms.urgent("Nước lên.", targets=["*"], by="a")
        with pytest.raises(SignerUnreachable):
            office_world.office.orders.give("loa-1", "restart")
    assert office_world.office.alarms.urgent_orders() == []
    assert office_world.office.store.db.execute("SELECT count(*) FROM device_orders").fetchone()[0] == 0


_HOLDS = """
import sys, time
from pathlib import Path
from office.publishing.turns import Turns
with Turns(Path(sys.argv[1])).one("plan"):
    print("held", flush=True)
    time.sleep(120)
"""


def test_turns_are_taken_by_kind_and_by_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.2)
    here = Turns(tmp_path)
    with subprocess.Popen([sys.executable, "-c", _HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(SignerUnreachable), here.one("plan"):
            pass
        with here.one("urgent"):
            pass
        other.kill()
    with here.one("plan"):
        pass
