"""Founding a village: root keys, office, broker, every device paired, as install and pair do it."""

from __future__ import annotations

from datetime import UTC, datetime

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from deploy.village.hoa_son import COMMUNE, MACHINES, OWN_ACCOUNT, VillageMachine, root_holder
from deploy.village.layout import VillageGround, write_machine_settings, write_office_settings
from langso.contract import VouchedAccount
from langso.contract.vouched import FEES
from langso.durable.files import write_atomic
from langso.settings.reading import load_settings

ROOT_KEYS = 3
ROOT_THRESHOLD = 2
PASSPHRASE = "lang chay thu khong giu gi quy"


def found(ground: VillageGround, *, window: bool = False) -> None:
    """Lay out a whole new village in `ground.folder` (which must hold none yet). Nothing is started."""
    now = datetime.now(UTC)
    for folder in (ground.folder, ground.broker, ground.certificates, ground.root_keys, ground.office):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_office_settings(ground)
    _found_office(ground, now)
    _found_broker(ground)
    for machine in MACHINES:
        home = ground.home(machine)
        for folder in (home.state, home.run, home.recording, home.twin, home.camera):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_machine_settings(ground, machine, window=window)
        pair(ground, machine)


def pair(ground: VillageGround, machine: VillageMachine) -> None:
    """Exchange the two pairing files between a device and the office, as `langso pair` does."""
    from deploy.pairing import answer_at_office
    from langso.device.pairing import begin_pairing, finish_pairing

    home = ground.home(machine)
    request = begin_pairing(
        home.state,
        device=machine.id,
        role=machine.role,
        place=machine.place,
        village=machine.village,
        now=datetime.now(UTC),
    )
    finish_pairing(home.state, answer_at_office(load_settings(ground.office_settings), request, here=True).answer)


def _found_office(ground: VillageGround, now: datetime) -> None:
    """As in the field, but for the sticks, which are folders, and their passphrase, which lies beside them."""
    from langso.trust.roots.ceremony import make_key, sign_with, sit_down
    from langso.trust.roots.passphrase_cipher import QUICK
    from office.founding import founding

    write_atomic(ground.root_keys / "passphrase", f"{PASSPHRASE}\n".encode())
    sticks = [ground.root_keys / f"usb-{number}" for number in range(1, ROOT_KEYS + 1)]
    keys = []
    for number, stick in enumerate(sticks, 1):
        stick.mkdir(mode=0o700, exist_ok=True)
        keys.append(make_key(stick, PASSPHRASE, commune=COMMUNE, holder=root_holder(number), now=now, cost=QUICK))
    home = founding.begin(load_settings(ground.office_settings), now)
    read = founding.propose(home, keys, now, threshold=ROOT_THRESHOLD, accounts=[_own_account()])
    for stick in sticks[:ROOT_THRESHOLD]:
        read = sign_with(sit_down(stick, read), PASSPHRASE)
    founding.finish(home, read)


def _own_account() -> VouchedAccount:
    own = OWN_ACCOUNT
    return VouchedAccount(id="phi", purpose=FEES, bin=own.bank, number=own.number, holder=own.holder, label=own.label)


def _found_broker(ground: VillageGround) -> None:
    from deploy.pairing import certify_broker

    certify_broker(load_settings(ground.office_settings), ("localhost", "127.0.0.1"), ground.certificates)
    place = BrokerPlace("127.0.0.1", ground.broker_port, ground.broker, ground.certificates, user=_me())
    write_atomic(ground.broker / "mosquitto.conf", mosquitto_conf(place).encode(), mode=0o644)
    write_atomic(ground.broker / "access.acl", access_rules(COMMUNE).encode(), mode=0o600)


def _me() -> str:
    import getpass

    return getpass.getuser()
