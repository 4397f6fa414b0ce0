"""The office's machine is stolen: papers stay shut. Who opens them at night, after a restart, when one forgets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
from refusals import refused

from langso.timekeeping.clock import SimulatedClock
from langso.trust.roots.age_identity import SealedIdentity, make_lock, open_lock, read_sealed_identity
from langso.trust.roots.errors import RootKeyDamaged, WeakPassphrase, WrongPassphrase
from langso.trust.roots.passphrase_cipher import QUICK
from office.desk import key as desk_key
from office.desk.dossiers import Desk
from office.desk.key import IDLE_S, LONGEST_S, PAUSE_S, DeskKey, recover, remove_officer, seal
from office.errors import DeskLocked

MORNING, RECOVERY = "bon con trau di cay ruong nuoc", "thuyen gao mai nha vuon cau tre"
OTHER = "sau gio ra dong gat lua chin vang"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime.now(UTC))


@pytest.fixture
def sealed(office_world: Any, clock: SimulatedClock) -> Any:
    """An office whose key `lan` has sealed. Its key of before is kept by the test alone."""
    office_world.plain = office_world.home.age_identity()
    office_world.sheet = seal(office_world.home, "lan", MORNING, RECOVERY, clock, QUICK)
    return office_world


def desk_of(world: Any, clock: SimulatedClock) -> Desk:
    """The desk as a program that starts now has it."""
    return Desk(world.office.store, world.home, clock, DeskKey(world.home, clock, QUICK))


def hand_in(world: Any, desk: Desk, dossier: str = "hs-1", pdf: bytes = PDF) -> str:
    kiosk = world.reporter("kiosk-1", "kiosk") if not hasattr(world, "kiosk") else world.kiosk
    world.kiosk = kiosk
    manifest, cipher = world.sealed_dossier(kiosk, dossier, pdf)
    upload = desk.create_upload(manifest)
    desk.append(upload.id, 0, cipher)
    return upload.id


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_stolen_machine_opens_nothing(sealed: Any, clock: SimulatedClock) -> None:
    """The thief has the whole disk, every key file of the office, and the program."""
    desk = desk_of(sealed, clock)
    id = hand_in(sealed, desk)
    disk = everything(sealed.home.state)
    assert sealed.plain.encode() not in disk
    assert PDF[:200] not in disk
    assert not sealed.home.age_file.exists()
    with refused(DeskLocked, "desk-locked"):
        desk_of(sealed, clock).open(id, "ke-gian")
    assert pyrage.decrypt((sealed.home.desk / "dossiers" / f"{id}.age").read_bytes(), [
        pyrage.x25519.Identity.from_str(sealed.plain)
    ]) == PDF  # fmt: skip
    lock = sealed.home.sealed_identity().locks[0]
    swapped = lock.model_copy(update={"who": "ke-gian"})
    for forged, phrase in ((swapped, MORNING), (lock, "bon con trau di cay ruong nuo")):
        with pytest.raises(WrongPassphrase):
            open_lock(forged, phrase, sealed.home.age_recipient())


def test_at_night_after_a_restart_papers_come_in_and_wait(sealed: Any, clock: SimulatedClock) -> None:
    desk = desk_of(sealed, clock)
    desk.key.unlock("lan", MORNING)
    first = hand_in(sealed, desk)
    assert desk.open(first, "lan") == PDF
    again = desk_of(sealed, clock)
    second = hand_in(sealed, again, "hs-2")
    assert not again.key.open
    assert len(again.list()) == 2
    with refused(DeskLocked, "desk-locked"):
        again.open(second, "lan")
    again.key.unlock("lan", "  Bốn con trâu đi cày ruộng nước ")
    assert again.open(first, "lan") == again.open(second, "lan") == PDF


def test_it_locks_by_itself_and_by_hand(sealed: Any, clock: SimulatedClock) -> None:
    key = DeskKey(sealed.home, clock, QUICK)
    key.unlock("lan", MORNING)
    clock.advance(IDLE_S - 1)
    assert key.identity() == sealed.plain
    clock.advance(IDLE_S)
    assert not key.open
    key.unlock("lan", MORNING)
    used = 0.0
    while used < LONGEST_S:
        assert key.identity()
        clock.advance(IDLE_S / 2)
        used += IDLE_S / 2
    assert not key.open, "half a day in any case"
    key.unlock("lan", MORNING)
    key.lock()
    with refused(DeskLocked, "desk-locked"):
        key.identity()


def test_guesses_wait_for_each_other(sealed: Any, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    key = DeskKey(sealed.home, clock, QUICK)
    with pytest.raises(WrongPassphrase):
        key.unlock("lan", OTHER)
    with monkeypatch.context() as changed:
        changed.setattr(desk_key, "open_lock", lambda *_: pytest.fail("tried before its time"))
        with refused(DeskLocked, "desk-unlock-wait"):
            key.unlock("lan", MORNING)
    clock.advance(PAUSE_S)
    key.unlock("lan", MORNING)
    with refused(DeskLocked, "desk-no-officer"):
        key.unlock("minh", MORNING)


def test_several_officers_one_forgets_one_leaves(sealed: Any, clock: SimulatedClock) -> None:
    key = DeskKey(sealed.home, clock, QUICK)
    with refused(DeskLocked, "desk-locked"):
        key.set_passphrase("minh", OTHER)
    key.unlock("lan", MORNING)
    with pytest.raises(WeakPassphrase):
        key.set_passphrase("minh", "ngan")
    key.set_passphrase("minh", OTHER)
    assert key.officers() == ("lan", "minh")
    new = DeskKey(sealed.home, clock, QUICK)
    new.unlock("minh", OTHER)
    new.set_passphrase("lan", "tam con ga mai de trung vang")
    assert new.officers() == ("minh", "lan")
    with pytest.raises(WrongPassphrase):
        DeskKey(sealed.home, clock, QUICK).unlock("lan", MORNING)
    DeskKey(sealed.home, clock, QUICK).unlock("lan", "tam con ga mai de trung vang")
    remove_officer(sealed.home, "minh")
    with refused(DeskLocked, "desk-no-officer"):
        DeskKey(sealed.home, clock, QUICK).unlock("minh", OTHER)
    with refused(DeskLocked, "desk-no-officer"):
        remove_officer(sealed.home, "minh")


def test_recovery_opens_what_nobody_can_and_what_was_lost(sealed: Any, clock: SimulatedClock) -> None:
    home = sealed.home
    with pytest.raises(WrongPassphrase):
        recover(home, home.sealed_identity(), OTHER, "hoa", MORNING, clock, QUICK)
    recover(home, home.sealed_identity(), RECOVERY, "hoa", OTHER, clock, QUICK)
    assert home.sealed_identity().officers == ("lan", "hoa")
    printed = SealedIdentity(recipient=home.age_recipient(), locks=(sealed.sheet,))
    home.age_sealed.unlink()
    recover(home, read_sealed_identity(printed.to_json()), RECOVERY, "hoa", OTHER, clock, QUICK)
    key = DeskKey(home, clock, QUICK)
    key.unlock("hoa", OTHER)
    assert key.identity() == sealed.plain
    without = SealedIdentity(
        recipient=printed.recipient, locks=home.sealed_identity().without("recovery", "recovery")
    )
    with refused(DeskLocked, "desk-no-recovery"):
        recover(home, without, RECOVERY, "hoa", OTHER, clock, QUICK)
    desk_key.write_sealed(home, without)
    with refused(DeskLocked, "desk-last-officer"):
        remove_officer(home, "hoa")


@pytest.mark.parametrize("step", ["write_sealed", "open_lock"])
def test_sealing_that_is_cut_off_loses_nothing_and_is_done_again(
    office_world: Any, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    plain = office_world.home.age_identity()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(desk_key, step, cut)
        with pytest.raises(KeyboardInterrupt):
            seal(office_world.home, "lan", MORNING, RECOVERY, clock, QUICK)
    assert DeskKey(office_world.home, clock, QUICK).identity() == plain
    seal(office_world.home, "lan", MORNING, RECOVERY, clock, QUICK)
    assert office_world.home.age_recipient() == str(pyrage.x25519.Identity.from_str(plain).to_public())


def test_a_damaged_file_is_told(sealed: Any) -> None:
    for raw in (b"", b"{}", sealed.home.age_sealed.read_bytes()[:-20], b"\xff"):
        with pytest.raises(RootKeyDamaged):
            read_sealed_identity(raw)
    lock = make_lock(sealed.plain, OTHER, kind="officer", who="lan", now=datetime.now(UTC), cost=QUICK)
    twice = {"recipient": sealed.home.age_recipient(), "locks": [lock.model_dump(mode="json")] * 2}
    import json

    with pytest.raises(RootKeyDamaged):
        read_sealed_identity(json.dumps(twice).encode())
