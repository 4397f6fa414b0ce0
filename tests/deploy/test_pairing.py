"""langso pair: two files and twelve digits make a device obey its commune."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from at_once import at_once
from click.testing import CliRunner
from cryptography import x509

from deploy.pairing import certify_broker, ensure_broker, pair
from deploy.village.founding import found
from deploy.village.hoa_son import MACHINES
from deploy.village.layout import VillageGround
from langso.device.certificates import names_in, until_of
from langso.device.paired_devices import read_devices
from langso.device.pairing import begin_pairing, load_paired
from langso.device.pairing_files import read_answer
from langso.device.pairing_stand import stand_of
from langso.durable import files as paths
from langso.errors import LangsoError
from langso.settings.model import is_loopback
from langso.settings.reading import load_settings
from langso.timekeeping.clock import VIETNAM
from langso.trust import PairingError
from speaker.commands import speaker as speaker_group

SERVICE = pwd.getpwnam("daemon")


@pytest.fixture
def ground(tmp_path: Path) -> VillageGround:
    made = VillageGround(tmp_path / "village", 18883, 18080)
    found(made)
    return made


def ask(ground: VillageGround, out: Path, device: str = "loa-thon-1") -> str:
    said = CliRunner().invoke(
        pair, ["request", "--settings", str(ground.home(device).settings), "-o", str(out)], catch_exceptions=False
    )
    code = re.search(r"(\d{4} \d{4} \d{4})", said.output)
    assert code
    return code[1]


def answer(ground: VillageGround, request: Path, out: Path, *more: str) -> None:
    CliRunner().invoke(
        pair,
        ["answer", str(request), "-o", str(out), "--settings", str(ground.office_settings), "--here", *more],
        catch_exceptions=False,
    )


def test_a_founded_village_has_every_device_paired_and_registered(ground: VillageGround) -> None:
    registered = {device.id: device.public_key for device in read_devices(ground.office_state / "devices")}
    assert set(registered) == {machine.id for machine in MACHINES}
    for machine in MACHINES:
        paired = load_paired(ground.home(machine).state)
        assert paired.answer.device == machine.id
        assert paired.roots.threshold == 2


def test_a_device_is_paired_again_by_two_files(ground: VillageGround, tmp_path: Path) -> None:
    before = load_paired(ground.home("loa-thon-1").state).answer
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    code = ask(ground, request)
    answer(ground, request, reply, "--code", code.replace(" ", ""), "--replace")
    said = CliRunner().invoke(
        pair, ["finish", str(reply), "--settings", str(ground.home("loa-thon-1").settings)], catch_exceptions=False
    )
    assert "loa-thon-1" in said.output
    assert load_paired(ground.home("loa-thon-1").state).answer.request != before.request


def test_other_digits_are_refused_and_nothing_is_written(ground: VillageGround, tmp_path: Path) -> None:
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    ask(ground, request)
    with pytest.raises(PairingError, match="Mã không khớp"):
        answer(ground, request, reply, "--code", "0000 0000 0000", "--replace")
    assert not reply.exists()


def test_a_second_device_of_the_same_name_must_be_meant(ground: VillageGround, tmp_path: Path) -> None:
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    code = ask(ground, request)
    with pytest.raises(PairingError, match="replace"):
        answer(ground, request, reply, "--code", code)


def test_the_settings_of_every_machine_are_valid(ground: VillageGround) -> None:
    assert load_settings(ground.office_settings).device.role == "office"
    for machine in MACHINES:
        assert load_settings(ground.home(machine).settings).device.id == machine.id


def test_the_broker_gets_a_certificate_that_devices_accept(ground: VillageGround, tmp_path: Path) -> None:
    into = tmp_path / "broker"
    CliRunner().invoke(
        pair,
        ["broker", "--settings", str(ground.office_settings), "--host", "xa.lan", "--into", str(into)],
        catch_exceptions=False,
    )
    server = x509.load_pem_x509_certificate((into / "broker.pem").read_bytes())
    server.verify_directly_issued_by(
        x509.load_pem_x509_certificate(load_paired(ground.home("loa-thon-1").state).ca.read_bytes())
    )
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )
    assert {"xa.lan", "localhost"} <= set(names)
    assert (into / "broker.key").stat().st_mode & 0o077 == 0


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VillageGround]:
    """A founded village whose state folders belong to services, on a path that every user may walk."""
    place = Path(tempfile.mkdtemp(prefix="langso-pair-"))
    place.chmod(0o755)
    made = VillageGround(place / "village", 18883, 18080)
    found(made)
    for folder in (made.office_state, made.home("loa-thon-1").state):
        os.chown(folder, SERVICE.pw_uid, SERVICE.pw_gid)
        for above in (folder.parent, made.folder):
            above.chmod(0o755)
    yield made
    shutil.rmtree(place)


def strangers(folder: Path) -> list[Path]:
    """What is not the service's."""
    return [path for path in folder.rglob("*") if path.lstat().st_uid != SERVICE.pw_uid]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")
def test_what_a_technician_does_as_root_stays_readable_by_its_service(
    installed: VillageGround, tmp_path: Path
) -> None:
    speaker = installed.home("loa-thon-1")
    # Root's alone, as a stick is.
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    code = ask(installed, request)
    answer(installed, request, reply, "--code", code, "--replace")
    CliRunner().invoke(pair, ["finish", str(reply), "--settings", str(speaker.settings)], catch_exceptions=False)
    into = installed.office_state.parent / "broker"
    into.mkdir()
    os.chown(into, SERVICE.pw_uid, SERVICE.pw_gid)
    certify_broker(load_settings(installed.office_settings), ("van-phong.local",), into)
    assert request.stat().st_uid == reply.stat().st_uid == 0
    assert not strangers(speaker.state)
    assert not strangers(installed.office_state)
    assert not strangers(into)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")
def test_muting_as_root_leaves_a_database_that_the_loudspeaker_opens(installed: VillageGround) -> None:
    speaker = installed.home("loa-thon-1")
    said = CliRunner().invoke(speaker_group, ["mute", "--settings", str(speaker.settings), "on"])
    assert said.exit_code == 0, said.output
    assert (speaker.state / "speaker.sqlite").exists()
    assert not strangers(speaker.state)


def own_door(ground: VillageGround) -> None:
    """An office that devices reach by a name on the network."""
    text = ground.office_settings.read_text(encoding="utf-8")
    opened = re.sub(r'public_url = "[^"]*"', 'https = "own"\nnames = "xa-hoa-son.local"', text)
    ground.office_settings.write_text(opened, encoding="utf-8")


def test_the_answer_names_the_office_on_its_network_and_the_broker_is_certified_for_it(
    ground: VillageGround, tmp_path: Path
) -> None:
    own_door(ground)
    request, reply, broker = tmp_path / "request.json", tmp_path / "reply.json", tmp_path / "broker"
    certify_broker(load_settings(ground.office_settings), ("localhost", "ten-cu.local"), broker)
    code = ask(ground, request)
    told = CliRunner().invoke(
        pair,
        [
            *("answer", str(request), "-o", str(reply), "--settings", str(ground.office_settings)),
            *("--code", code, "--replace", "--broker-files", str(broker)),
        ],
        catch_exceptions=False,
    )
    answered = read_answer(reply.read_bytes())
    assert (answered.broker_host, answered.office_url) == ("xa-hoa-son.local", "https://xa-hoa-son.local:8443")
    assert not any(is_loopback(one) for one in answered.noted)
    assert "Đã cấp lại chứng thư của máy chủ tin" in told.output
    assert {"xa-hoa-son.local", "ten-cu.local", "localhost"} <= set(names_in((broker / "broker.pem").read_bytes()))
    assert not ensure_broker(load_settings(ground.office_settings), ("xa-hoa-son.local",), broker)


def test_a_cut_while_the_broker_is_certified_is_mended_when_it_starts(ground: VillageGround, tmp_path: Path) -> None:
    settings, broker, other = load_settings(ground.office_settings), tmp_path / "broker", tmp_path / "other"
    for folder in (broker, other):
        assert ensure_broker(settings, (), folder)
    assert not ensure_broker(settings, (), broker)
    (broker / "broker.pem").write_bytes((other / "broker.pem").read_bytes())
    assert ensure_broker(settings, (), broker)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(broker / "broker.pem", broker / "broker.key")
    (broker / "broker.key").unlink()
    assert ensure_broker(settings, (), broker)


def test_the_broker_s_service_brings_an_older_configuration_up_before_it_starts(ground: VillageGround) -> None:
    conf = ground.broker / "mosquitto.conf"
    wanted = conf.read_text(encoding="utf-8")
    for name in ("ca.pem", "broker.pem", "broker.key"):
        (ground.broker / name).write_bytes((ground.certificates / name).read_bytes())
    wanted = wanted.replace(str(ground.certificates), str(ground.broker))
    conf.write_text(wanted.replace("use_username_as_clientid true\n", ""), encoding="utf-8")
    command = ["broker", "--no-reload", "--settings", str(ground.office_settings), "--into", str(ground.broker)]
    for said in ("Đã ghi lại cấu hình", "không phải làm gì"):
        told = CliRunner().invoke(pair, command, catch_exceptions=False)
        assert said in told.output
        assert conf.read_text(encoding="utf-8") == wanted


def test_a_broker_certified_under_a_clock_that_fell_behind_is_not_dead_at_birth(
    ground: VillageGround, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Behind:
            return cls(1970, 1, 2, tzinfo=tz)

    monkeypatch.setattr("deploy.pairing.datetime", Behind)
    certify_broker(load_settings(ground.office_settings), ("localhost",), tmp_path)
    assert until_of((tmp_path / "broker.pem").read_bytes()) > datetime.now(UTC) + timedelta(days=1000)


def test_the_office_lists_who_got_what(ground: VillageGround, tmp_path: Path) -> None:
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    answer(ground, request, reply, "--code", ask(ground, request), "--replace", "--courier")
    told = CliRunner().invoke(pair, ["list", "--settings", str(ground.office_settings)], catch_exceptions=False)
    lines = told.output.splitlines()
    assert len(lines) == len(MACHINES)
    (one,) = [line for line in lines if line.startswith("loa-thon-1;")]
    until = datetime.now(VIETNAM) + timedelta(days=400)
    assert f"chứng thư đến {until:%d/%m/%Y} (ghép ngày" in one
    assert one.endswith("chỉ có người mang USB tới")


def test_the_address_is_asked_and_this_machines_own_is_refused(ground: VillageGround, tmp_path: Path) -> None:
    own_door(ground)
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    code = ask(ground, request)
    command = ["answer", str(request), "-o", str(reply), "--settings", str(ground.office_settings), "--replace"]
    with pytest.raises(PairingError, match="--address"):
        CliRunner().invoke(pair, command, input=f"{code}\nlocalhost\n", catch_exceptions=False)
    assert not reply.exists()
    told = CliRunner().invoke(pair, command, input=f"{code}\n\n", catch_exceptions=False)
    assert "[xa-hoa-son.local]" in told.output
    assert read_answer(reply.read_bytes()).broker_host == "xa-hoa-son.local"


def refused(words: list[str]) -> str:
    """The sentence of a command that ends at once."""
    told = at_once(lambda: CliRunner().invoke(pair, words), 20)
    assert isinstance(told.exception, LangsoError), repr(told.exception)
    return str(told.exception)


@pytest.mark.parametrize("name", ["ca.key", "ca.pem"])
def test_a_pipe_among_the_authoritys_files_keeps_the_broker_waiting_for_nobody(
    ground: VillageGround, tmp_path: Path, name: str
) -> None:
    place = ground.office_state / "ca" / name
    place.unlink()
    os.mkfifo(place)
    words = ["broker", "--again", "--settings", str(ground.office_settings), "--into", str(tmp_path / "broker")]
    assert f"ca/{name}: đó không phải một tệp" in refused(words)
    assert not (tmp_path / "broker").exists()


@pytest.mark.parametrize("name", ["broker.pem", "broker.key"])
def test_a_pipe_among_the_brokers_files_is_refused_and_left_alone(
    ground: VillageGround, tmp_path: Path, name: str
) -> None:
    into = tmp_path / "broker"
    assert ensure_broker(load_settings(ground.office_settings), (), into)
    (into / name).unlink()
    os.mkfifo(into / name)
    words = ["broker", "--settings", str(ground.office_settings), "--into", str(into)]
    assert f"{name} không phải một tệp" in refused(words)


def test_a_pipe_instead_of_a_request_or_an_answer(ground: VillageGround, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    office = ["--settings", str(ground.office_settings)]
    out = ["-o", str(tmp_path / "b.json")]
    assert "a.json: đó không phải một tệp" in refused(["answer", str(tmp_path / "a.json"), *out, *office])
    speaker = ["--settings", str(ground.home("loa-thon-1").settings)]
    assert "a.json: đó không phải một tệp" in refused(["finish", str(tmp_path / "a.json"), *speaker])


def test_a_pipe_instead_of_the_waiting_request(ground: VillageGround, tmp_path: Path) -> None:
    speaker = ground.home("loa-thon-1")
    ask(ground, tmp_path / "request.json")
    waiting = speaker.state / "pairing" / "waiting" / "request.json"
    waiting.unlink()
    os.mkfifo(waiting)
    told = at_once(lambda: CliRunner().invoke(pair, ["status", "--settings", str(speaker.settings)]), 20)
    assert (told.exit_code, "không phải một tệp" in told.output) == (0, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")
def test_root_reads_among_a_services_files_only_what_the_service_may(
    installed: VillageGround, tmp_path: Path
) -> None:
    # Root's alone, and complete: whoever followed the links as root would find what it looks for.
    ca, waiting = installed.office_state / "ca", installed.home("loa-thon-1").state / "pairing" / "waiting"
    ask(installed, tmp_path / "request.json")
    for number, place in enumerate((ca, waiting)):
        hidden = tmp_path / f"root-{number}"
        shutil.copytree(place, hidden)
        hidden.chmod(0o700)
        shutil.rmtree(place) if not place.is_symlink() else place.unlink()
        place.symlink_to(hidden)
    into = installed.office_state.parent / "broker"
    words = ["broker", "--again", "--settings", str(installed.office_settings), "--into", str(into)]
    assert "ca.pem" in refused(words)
    assert not (into / "broker.key").exists()
    stand = stand_of(installed.home("loa-thon-1").state)
    assert (stand.state, stand.code) == ("broken", "")
    assert os.geteuid() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")
def test_root_looks_at_the_list_of_rights_and_the_brokers_files_as_their_owner(
    installed: VillageGround, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[int]] = {}
    into = installed.office_state.parent / "broker"
    into.mkdir()
    os.chown(into, SERVICE.pw_uid, SERVICE.pw_gid)
    real = paths.open_plain

    def noted(path: Path, **more: Any) -> Any:
        seen.setdefault(path.name, set()).add(os.geteuid())
        return real(path, **more)

    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    code = ask(installed, request)
    ensure_broker(load_settings(installed.office_settings), (), into)
    monkeypatch.setattr(paths, "open_plain", noted)
    answer(installed, request, reply, "--code", code, "--replace", "--broker-files", str(into))
    ensure_broker(load_settings(installed.office_settings), ("moi.lan",), into)
    for name in ("trust.bundle", "root.json", "ca.key", "broker.pem", "broker.key"):
        assert seen[name] == {SERVICE.pw_uid}, name
    assert seen["request.json"] == {0}


def test_a_place_that_would_speak_to_the_offices_terminal_is_refused(ground: VillageGround, tmp_path: Path) -> None:
    speaker = ground.home("loa-thon-1")
    with pytest.raises(PairingError, match="place"):
        begin_pairing(
            speaker.state,
            device="loa-thon-1",
            role="speaker",
            place="Thôn 9\rĐã nhận loa-thon-1.\n\x1b]0;pwn\x07",
            village=None,
            now=datetime.now(UTC),
        )


def test_a_place_that_an_older_office_took_is_listed_harmlessly(ground: VillageGround) -> None:
    file = ground.office_state / "devices" / "loa-thon-1.json"
    device = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**device, "place": "Thôn 9\rĐã nhận.\n\x1b]0;pwn\x07"}), encoding="utf-8")
    told = CliRunner().invoke(pair, ["list", "--settings", str(ground.office_settings)], catch_exceptions=False)
    assert "loa-thon-1; Thôn 9�Đã nhận.��]0;pwn�;" in told.output
    assert len(told.output.splitlines()) == len(MACHINES)
