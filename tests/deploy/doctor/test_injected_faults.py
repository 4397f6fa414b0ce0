"""Each fault, really made on a laid-out machine, turns exactly its own line; every other line stays what it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from laid_machines import AS_ROOT, Laid, give, levels

from langso.device import certificates
from langso.device.tls_identity import TLS_FILE
from langso.settings.reading import load_settings
from langso.trust import make_bundle, seal
from office.places import OfficeHome


@dataclass(frozen=True)
class Fault:
    """`inject` breaks the machine; then `line` is `level`, and no other line is worse or better than before."""

    name: str
    line: str
    inject: Callable[[Laid], object]
    level: str = "bad"
    root_only: bool = False


def current(laid: Laid) -> Path:
    return laid.state / "pairing" / "current"


def signing_key(laid: Laid) -> Path:
    return current(laid) / "signing.key"


def medium(laid: Laid, number: int) -> Path:
    return laid.state / "media" / f"{number:064x}"


def lose_marks(laid: Laid) -> None:
    for copy in (1, 2):
        (laid.state / "trust" / f"marks.{copy}").unlink()


def plain_file(laid: Laid) -> None:
    (laid.state / "sound.pipe").touch()
    give(laid.state)


def no_camera(laid: Laid) -> None:
    laid.change('camera = "replay"', 'camera = "v4l2"')
    laid.change(f"{laid.folder}/camera", "/dev/null")


def damage(file: Path, at: int = 40) -> None:
    data = bytearray(file.read_bytes())
    data[at : at + 8] = b"\xff" * 8
    file.write_bytes(data)


def damage_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 * 6 : 4096 * 7] = b"\xff" * 4096
    file.write_bytes(data)


def lapse(laid: Laid) -> None:
    paired = current(laid)
    long_ago = datetime.now(UTC) - timedelta(days=4000)
    tls = (paired / TLS_FILE).read_bytes()
    end = b"-----END PRIVATE KEY-----\n"
    key = tls[tls.index(b"-----BEGIN PRIVATE") : tls.index(end) + len(end)]
    csr = certificates.make_csr(key, "loa-1")
    (paired / TLS_FILE).write_bytes(certificates.sign_csr(laid.ca, csr, "loa-1", now=long_ago, days=100) + key)


def plain_listener(laid: Laid) -> None:
    laid.broker.stop()
    door = socket.create_server(("127.0.0.1", laid.broker.port))
    laid.listener = door  # type: ignore[attr-defined]


def plain_mqtt(laid: Laid) -> None:
    laid.broker.stop()
    config = laid.folder / "plain.conf"
    config.write_text(f"listener {laid.broker.port} 127.0.0.1\nallow_anonymous true\n")
    laid.broker.start(config)


def other_authority(laid: Laid) -> None:
    laid.broker.stop()
    ca = certificates.make_ca("Xã khác", now=datetime.now(UTC))
    server = certificates.make_server_certificate(ca, ("127.0.0.1",), now=datetime.now(UTC))
    (laid.folder / "broker/certificates/broker.pem").write_bytes(server.certificate)
    (laid.folder / "broker/certificates/broker.key").write_bytes(server.key)
    laid.broker.start()


def no_right(laid: Laid) -> None:
    """TLS goes well, and the CONNECT is refused."""
    laid.broker.stop()
    config = laid.folder / "strict.conf"
    text = laid.broker.config.read_text().replace("use_identity_as_username true", "use_identity_as_username false")
    config.write_text(text)
    laid.broker.start(config)


def small_disk(laid: Laid) -> None:
    """The state folder on a disk of its own, filled to the brim."""
    aside = laid.folder / "aside"
    shutil.copytree(laid.state, aside, symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=755", "none", str(laid.state)], check=True)
    shutil.copytree(aside, laid.state, symlinks=True, dirs_exist_ok=True)
    give(laid.state)
    with (laid.state / "media" / "rest").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    give(laid.state / "media")


def set_in(section: str, line: str) -> Callable[[Laid], object]:
    return lambda laid: laid.settings.write_text(f"{laid.settings.read_text()}\n[{section}]\n{line}\n")


def silent_board(laid: Laid) -> None:
    """A serial line at whose other end nobody speaks."""
    master, slave = os.openpty()
    laid.line = (master, slave)  # type: ignore[attr-defined]
    Path(os.ttyname(slave)).chmod(0o666)
    set_in("bridge", f'port = "{os.ttyname(slave)}"')(laid)


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


SPEAKER = [
    Fault("the key cannot be read by the service", "private_key", lambda m: (current(m) / TLS_FILE).chmod(0o000)),
    Fault("others can read the key", "private_key", lambda m: (current(m) / TLS_FILE).chmod(0o644)),
    Fault("the signing key is root's", "private_key", lambda m: os.chown(signing_key(m), 0, 0), root_only=True),
    Fault("the certificate has lapsed", "certificate", lapse),
    Fault("a file of the pairing is gone", "pairing", lambda m: (current(m) / "ca.pem").unlink()),
    Fault("the pairing's answer is damaged", "pairing", lambda m: (current(m) / "answer.json").write_bytes(b"{")),
    Fault("trust is gone", "trust", lambda m: (m.state / "trust/bundle.json").unlink()),
    Fault("trust is damaged", "trust", lambda m: damage(m.state / "trust/bundle.json", 400)),
    Fault("trust is root's file", "trust", lambda m: (m.state / "trust/bundle.json").chmod(0o000)),
    Fault("both copies of the marks are gone", "marks", lose_marks),
    Fault("a page of the database is damaged", "database", lambda m: damage_page(m.state / "speaker.sqlite")),
    Fault("the database is no database", "database", lambda m: (m.state / "speaker.sqlite").write_bytes(b"x" * 9000)),
    Fault("the service cannot open its database", "database", lambda m: (m.state / "speaker.sqlite").chmod(0o000)),
    Fault("the database cannot be written", "database", lambda m: (m.state / "speaker.sqlite").chmod(0o400)),
    Fault("the service cannot write in its folder", "state", lambda m: m.state.chmod(0o555)),
    Fault("a command of root's left files", "state", lambda m: (m.state / "left").write_text(""), root_only=True),
    Fault("the disk is full", "disk", small_disk, root_only=True),
    Fault("the broker is away", "broker", lambda m: m.broker.stop(), "warn"),
    Fault("something else listens at the broker's port", "broker", plain_listener),
    Fault("the broker speaks in clear", "broker", plain_mqtt),
    Fault("the broker is of another authority", "broker", other_authority),
    Fault("the broker refuses this device", "broker", no_right),
    Fault("the sink's folder is not there", "sound", lambda m: m.change("/sound.pipe", "/gone/sound.pipe")),
    Fault("the sink is a plain file", "sound", plain_file),
    Fault("the serial port is not there", "bridge", set_in("bridge", 'port = "/dev/ttyUSB77"')),
    Fault("no pin has this number", "bridge", set_in("bridge", 'port = "gpio:99"')),
    Fault("the microcontroller does not answer", "bridge", silent_board),
    Fault("a sound due within the hour is missing", "broadcasts", lambda m: medium(m, 0).unlink()),
    Fault("a later sound is missing", "broadcasts", lambda m: medium(m, 2).unlink(), "warn"),
]  # fmt: skip


KIOSK = [
    Fault("the folder of pictures is gone", "camera", lambda m: remove(m.folder / "camera")),
    Fault("the folder of pictures is empty", "camera", lambda m: (m.folder / "camera/1.jpg").unlink()),
    Fault("there is no such camera", "camera", lambda m: m.change('camera = "replay"', 'camera = "v4l2"')),
    Fault("what stands in the camera's place is none", "camera", no_camera),
]  # fmt: skip


def renewed(laid: Laid, *, expires: datetime) -> None:
    """The next list of the same office, signed by the commune's root."""
    held = OfficeHome(load_settings(laid.settings)).trust().trust
    issued = min(datetime.now(UTC), expires - timedelta(days=1))
    later = {"version": held.version + 1, "issued": issued, "expires": expires}
    signed = seal(held.model_copy(update=later), "trust", [laid.root])
    (laid.state / "trust.bundle").write_bytes(make_bundle(signed))


OFFICE = [
    Fault("root.json is gone", "root", lambda m: (m.state / "root.json").unlink()),
    Fault("root.json is damaged", "root", lambda m: (m.state / "root.json").write_bytes(b"{}")),
    Fault("trust is gone", "trust", lambda m: (m.state / "trust.bundle").unlink()),
    Fault("trust is damaged", "trust", lambda m: damage(m.state / "trust.bundle", 400)),
    Fault("trust has lapsed", "trust", lambda m: renewed(m, expires=datetime.now(UTC) - timedelta(days=1))),
    Fault("trust lapses soon", "trust", lambda m: renewed(m, expires=datetime.now(UTC) + timedelta(days=5)), "warn"),
    Fault("the authority's key can be read by others", "private_key", lambda m: (m.state / "ca/ca.key").chmod(0o640)),
    Fault("the age identity is gone", "private_key", lambda m: (m.state / "age.identity").unlink()),
    Fault("the authority's certificate is damaged", "authority", lambda m: damage(m.state / "ca/ca.pem", 100)),
    Fault("the signer has stopped", "signer", lambda m: m.stop_signer(), "warn"),  # type: ignore[attr-defined]
    Fault("the console has stopped", "console", lambda m: m.stop_door(), "warn"),  # type: ignore[attr-defined]
    Fault("the media folder is gone", "media", lambda m: remove(m.state / "media")),
    Fault("the media folder is root's", "media", lambda m: os.chown(m.state / "media", 0, 0), root_only=True),
    Fault("media cannot be stored", "media", lambda m: (m.state / "media").chmod(0o500)),
    Fault("the broker is away", "broker", lambda m: m.broker.stop()),
]  # fmt: skip


HEALTHY: dict[str, dict[str, str]] = {}
"""Level by line of a machine without a fault, by role: all are laid out alike, so one of each is looked at before."""


def healthy(laid: Laid) -> dict[str, str]:
    role = load_settings(laid.settings).device.role
    if role not in HEALTHY:
        before = laid.examine()
        assert not before.bad, [check for check in before.checks if check.level == "bad"]
        HEALTHY[role] = levels(before)
    return HEALTHY[role]


def only(fault: Fault, laid: Laid) -> None:
    before = healthy(laid)
    fault.inject(laid)
    after = laid.examine()
    changed = {name: level for name, level in levels(after).items() if before.get(name, "ok") != level}
    assert changed == {fault.line: fault.level}, [check for check in after.checks if check.name in changed]
    # What was looked at before is looked at now, or is said to have been left out.
    assert set(before) <= set(levels(after)) | {one.name for one in after.skipped}
    assert next(check for check in after.checks if check.name == fault.line).fix


def ids(faults: list[Fault]) -> list[pytest.param]:  # type: ignore[valid-type]
    needs_root = pytest.mark.skipif(not AS_ROOT, reason="needs root: another user's files, a mount")
    return [pytest.param(one, id=one.name, marks=[needs_root] if one.root_only else []) for one in faults]


@pytest.mark.parametrize("fault", ids(SPEAKER))
def test_a_loudspeaker_s_fault_turns_its_own_line(fault: Fault, speaker: Laid) -> None:
    try:
        only(fault, speaker)
    finally:
        subprocess.run(["umount", "-l", str(speaker.state)], capture_output=True, check=False)


@pytest.mark.parametrize("fault", ids(KIOSK))
def test_a_kiosk_s_fault_turns_its_own_line(fault: Fault, kiosk: Laid) -> None:
    only(fault, kiosk)


@pytest.mark.parametrize("fault", ids(OFFICE))
def test_an_office_s_fault_turns_its_own_line(fault: Fault, office: Laid) -> None:
    only(fault, office)


def test_looking_leaves_nothing_behind(speaker: Laid) -> None:
    """Run as root beside a service, doctor must leave no file that the service could not open."""

    def all_there() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_uid, path.lstat().st_mode)
            for path in speaker.folder.rglob("*")
            if "broker" not in path.parts
        }

    before = all_there()
    speaker.examine()
    assert all_there() == before


def test_a_pipe_in_a_file_s_place_holds_up_neither_doctor_nor_other_lines(speaker: Laid) -> None:
    answer = current(speaker) / "ca.pem"
    answer.unlink()
    os.mkfifo(answer, 0o644)
    found: list[dict[str, str]] = []
    thread = threading.Thread(target=lambda: found.append(levels(speaker.examine())), daemon=True)
    thread.start()
    thread.join(60)
    assert found
    assert found[0]["pairing"] == "ok"
    assert [name for name, level in found[0].items() if level == "bad"] == ["certificate"]


@pytest.mark.skipif(not AS_ROOT, reason="needs root to become somebody else")
def test_an_ordinary_user_is_told_what_could_not_be_seen_and_sees_no_red(speaker: Laid) -> None:
    speaker.state.chmod(0o700)
    found = as_somebody_else(speaker)
    assert "bad" not in found.values(), found
    assert found["pairing"] == found["database"] == found["state"] == "warn"
    assert found["settings"] == found["disk"] == "ok"
    assert "trust" not in found


def as_somebody_else(laid: Laid) -> dict[str, str]:
    """What doctor says to a user that is neither root nor the service."""
    speaking, heard = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(2)
            os.setuid(2)
            os.write(heard, json.dumps(levels(laid.examine())).encode())
        finally:
            os._exit(0)
    os.close(heard)
    with os.fdopen(speaking, "rb") as said:
        text = said.read()
    os.waitpid(child, 0)
    return dict(json.loads(text))
