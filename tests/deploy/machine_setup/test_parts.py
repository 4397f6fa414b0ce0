"""Parts of the guide on their own: the clock, names, sticks, questions, settings of each role."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import SetupRefused
from deploy.install.units import ROLES
from deploy.machine_setup import names, usb
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import AnswerMissing
from deploy.machine_setup.first_settings import change
from deploy.machine_setup.names import BadName
from deploy.machine_setup.running import _free_name
from deploy.machine_setup.serving import examine_and_tell, wait_for
from deploy.machine_setup.settings_text import settings_text, with_values
from deploy.machine_setup.time_of_day import put_right
from langso.contract.health import Check
from langso.settings.reading import parse_settings
from langso.terminal.asking import yes_or_no
from langso.trust.roots.errors import StickRefused
from langso.trust.roots.sticks import KernelView

ALONE = Dialogue(asks=False)
BUILT = datetime(2026, 11, 29, tzinfo=UTC)


class Clock:
    """A clock that can be set."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.sets = 0

    def set(self, moment: datetime) -> None:
        self.now, self.sets = moment, self.sets + 1

    def put_right(self, *, synchronised: bool = False, given: str | None = None) -> None:
        put_right(
            ALONE,
            BUILT,
            given=given,
            now=lambda: self.now,
            set_clock=self.set,
            synchronised=lambda: synchronised,
        )


@pytest.mark.parametrize(
    "wrong", [datetime(1970, 1, 1, tzinfo=UTC), BUILT - timedelta(seconds=1), BUILT.replace(year=2101)]
)
def test_a_clock_that_cannot_be_right_is_never_signed_by(wrong: datetime) -> None:
    clock = Clock(wrong)
    for synchronised in (False, True):
        with pytest.raises(AnswerMissing, match="--time"):
            clock.put_right(synchronised=synchronised)
    clock.put_right(given="30/11/2026 08:15")
    assert clock.now == datetime(2026, 11, 30, 1, 15, tzinfo=UTC)


def test_a_clock_kept_by_the_network_is_believed() -> None:
    clock = Clock(BUILT + timedelta(days=400))
    clock.put_right(synchronised=True)
    clock.put_right(synchronised=False)
    assert clock.sets == 0


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "hôm nay",
        "30-11-2026",
        "31/02/2027 10:00",
        "01/01/2020 10:00",
        "1/1/2200 10:00",
        "3/12/2026 25:00",
        "01/01/0001 00:00",
    ],
)
def test_a_time_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(SetupRefused):
        Clock(BUILT).put_right(given=bad)


def test_a_person_is_asked_about_the_clock_once_until_it_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Dialogue, "agree", lambda _, question, **__: asked.append(question) or True)
    clock, latch = Clock(datetime.now(UTC) + timedelta(days=400)), tmp_path / "latch"

    def run() -> None:
        put_right(
            Dialogue(asks=True),
            BUILT,
            latch=latch,
            now=lambda: clock.now,
            set_clock=clock.set,
            synchronised=lambda: False,
        )

    run()
    run()
    assert len(asked) == 1
    clock.now += timedelta(hours=1)
    run()
    assert len(asked) == 2
    latch.write_bytes(b"rubbish")
    run()
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("said", "made"),
    [("Xã Hoa Sơn", "hoa-son"), ("Phường Đông Hà", "dong-ha"), ("Xã", "xa"), ("", ""), ("Thôn 7", "thon-7")],
)
def test_a_code_is_proposed_from_a_name(said: str, made: str) -> None:
    assert names.slug_of(said) == made


def test_a_machine_with_a_name_of_its_own_keeps_it() -> None:
    assert names.device_default("speaker", "thon-1", "loa-cho-moi") == "loa-cho-moi"
    assert names.device_default("speaker", "thon-1", "raspberrypi") == "loa-thon-1"
    assert names.device_default("speaker", None, "debian") is None
    assert names.device_default("office", None, "debian") == "van-phong"


def test_renaming_keeps_what_else_stands_in_hosts(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 raspberrypi\n10.0.0.5 nas # 127.0.1.1\n")
    names.rename_host("van-phong-xa", tmp_path)
    assert (tmp_path / "etc/hostname").read_text() == "van-phong-xa\n"
    assert (tmp_path / "etc/hosts").read_text().splitlines() == [
        "127.0.0.1 localhost",
        "10.0.0.5 nas # 127.0.1.1",
        "127.0.1.1\tvan-phong-xa",
    ]
    for bad in ("", "-x", "a b", "x" * 64, "tên"):
        with pytest.raises(BadName):
            names.rename_host(bad, tmp_path)


def test_a_name_that_another_machine_answers_to_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over real mDNS on the loopback; the other machine announces an address that is not this one's."""
    from zeroconf import IPVersion, ServiceInfo, Zeroconf

    monkeypatch.setattr(names, "lan_addresses", lambda: ("127.0.0.1",))
    other = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    try:
        kind = "_thu._tcp.local."
        info = ServiceInfo(kind, f"x.{kind}", port=9, parsed_addresses=["192.0.2.7"], server="van-phong-thu.local.")
        other.register_service(info)
        assert names.used_elsewhere("van-phong-thu") == "192.0.2.7"
        assert names.used_elsewhere("khong-ai-dung", wait_s=0.3) is None
        with pytest.raises(BadName, match=r"192\.0\.2\.7"):
            _free_name("van-phong-thu")
    finally:
        other.close()


def disk(path: str, *parts: dict[str, Any], usb: bool = True) -> dict[str, Any]:
    return {"path": path, "rm": False, "hotplug": usb, "tran": "usb" if usb else "sata", "children": list(parts)}


def part(path: str, kind: str, mountpoint: str | None = None, label: str | None = None) -> dict[str, Any]:
    return {"path": path, "fstype": kind, "mountpoint": mountpoint, "size": "7.5G", "label": label}


LSBLK: dict[str, Any] = {
    "blockdevices": [
        disk("/dev/sda", part("/dev/sda1", "ext4", "/"), part("/dev/sda2", "ext4"), usb=False),
        disk("/dev/sdb", part("/dev/sdb1", "vfat", label="KHOA"), part("/dev/sdb2", "swap")),
        # A machine may start from a disk on USB.
        disk("/dev/sdc", part("/dev/sdc1", "ext4", "/boot"), part("/dev/sdc2", "exfat")),
    ]
}


def test_only_unmounted_file_systems_on_sticks_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lsblk"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(LSBLK)}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "mountinfo").write_text("")
    found = usb.sticks(KernelView(tmp_path / "mountinfo", tmp_path))
    assert [(one.device, one.label, one.folder) for one in found] == [("/dev/sdb1", "KHOA", None)]


def test_a_stick_is_mounted_politely_and_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    for name in ("mount", "umount"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {said}\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(usb, "MOUNTS", tmp_path / "media")
    monkeypatch.setattr(usb, "sticks", lambda: [usb.Stick("KHOA", "8 GB", None, "/dev/sdb1")])
    monkeypatch.setattr(usb, "is_mounted", lambda folder: folder.is_dir())
    with usb.stick_for(Dialogue(asks=True), "USB", "--stick") as stick:
        assert stick.path == tmp_path / "media/sdb1"
    lines = said.read_text().splitlines()
    assert lines[0].startswith("mount -o ")
    assert all(option in lines[0] for option in ("nosuid", "nodev", "noexec"))
    assert lines[1:] == [f"umount {tmp_path / 'media/sdb1'}"]
    assert not (tmp_path / "media/sdb1").exists()


def test_sticks_that_nobody_mounted_are_looked_into_and_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    for name, code in (("mount", 'case "$*" in *sdb2*) exit 1;; esac'), ("umount", "")):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {said}\n{code}\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(usb, "MOUNTS", tmp_path / "media")
    there = [
        usb.Stick("", "?", None, "/dev/sdb1"),
        usb.Stick("", "?", None, "/dev/sdb2"),
        usb.Stick("", "?", tmp_path, "x"),
    ]
    monkeypatch.setattr(usb, "sticks", lambda: there)
    monkeypatch.setattr(usb, "is_mounted", lambda folder: folder.is_dir())
    with usb.opened() as found:
        assert [stick.path for stick in found] == [tmp_path / "media/sdb1", tmp_path]
    assert said.read_text().splitlines()[-1] == f"umount {tmp_path / 'media/sdb1'}"
    assert list((tmp_path / "media").iterdir()) == []


def test_a_stick_pulled_as_it_is_mounted_or_picked_is_told_and_nothing_is_written_to_this_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mount", "umount"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(usb, "MOUNTS", tmp_path / "media")
    looks = iter([[usb.Stick("KHOA", "8 GB", None, "/dev/sdb1")], [usb.Stick("KHOA", "8 GB", tmp_path, "x")], []])
    monkeypatch.setattr(usb, "sticks", lambda: next(looks))
    for _ in range(2):
        with pytest.raises(StickRefused, match="rút ra"), usb.stick_for(Dialogue(asks=True), "USB", "--stick"):
            pass


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *[(word, True) for word in ("có", "C", "co", "Đúng.", "d", "y", "YES")],
        *[(word, False) for word in ("không", "K", "khong", "n", "no")],
        *[(word, None) for word in ("", "1234 5678 9012", "[Y/n]")],
    ],
)
def test_yes_and_no_are_understood_in_vietnamese(typed: str, meant: bool | None) -> None:
    assert yes_or_no(typed) is meant


@pytest.mark.parametrize("default", [True, False])
def test_what_is_neither_yes_nor_no_is_asked_again_and_enter_means_what_was_said(
    default: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed, prompts = iter(["123456", ""]), []
    monkeypatch.setattr("click.prompt", lambda text, **_: prompts.append(text) or next(typed))
    assert Dialogue(asks=True, plain=True).agree("Nhận?", default=default, unattended=not default) is default
    assert prompts == [f"Nhan? (co/khong, Enter = {'co' if default else 'khong'})"] * 2
    assert "Hay go" in capsys.readouterr().out


def test_bytes_that_are_no_letters_are_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[str | UnicodeError] = [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "Th\udcf4n 1", "Thôn 1"]

    def typed(*_: object, **__: object) -> str:
        answer = answers.pop(0)
        if isinstance(answer, UnicodeError):
            raise answer
        return answer

    monkeypatch.setattr("click.prompt", typed)
    assert Dialogue(asks=True).ask("Nơi đặt", "--place", str) == "Thôn 1"
    assert capsys.readouterr().out.count("không đọc được") == 2


def test_alone_a_default_serves_and_what_has_none_is_named() -> None:
    assert ALONE.ask("Tên", "--x", str, default="y") == "y"
    with pytest.raises(AnswerMissing, match="--x"):
        ALONE.ask("Tên", "--x", str)
    assert Dialogue(asks=False, plain=True).shown("Đặt máy làm văn phòng xã") == "Dat may lam van phong xa"


def test_services_that_do_not_come_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.machine_setup.serving.READY_S", 0.05)
    monkeypatch.setattr("deploy.machine_setup.serving._LOOK_S", 0.01)
    assert wait_for(ALONE, ["a.service", "b.service"], active=lambda name: name == "a.service") == ["b.service"]


def test_what_comes_by_itself_is_waited_for_and_what_does_not_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deploy.machine_setup.serving._LOOK_S", 0.0)
    clock = [Check.bad("clock", "chưa có giờ", "chờ")]
    looks = iter([clock, clock, [Check.good("clock", "đúng giờ")]])
    assert examine_and_tell(ALONE, Path("x"), lambda: next(looks))
    assert "chưa có giờ" not in capsys.readouterr().out
    looked = []
    assert not examine_and_tell(ALONE, Path("x"), lambda: looked.append(1) or [Check.bad("sound", "không có", "cắm")])
    assert len(looked) == 1
    monkeypatch.setattr("deploy.machine_setup.serving.COMES_S", 0.0)
    assert not examine_and_tell(ALONE, Path("x"), lambda: clock)
    assert "  ✗ đồng hồ: chưa có giờ" in capsys.readouterr().out
    assert examine_and_tell(
        Dialogue(asks=False, plain=True), Path("x"), lambda: [Check.warning("disk", "gần đầy", "dọn")]
    )
    assert "  ! cho trong: gan day\n      > don" in capsys.readouterr().out


@pytest.mark.parametrize("role", ROLES)
def test_the_first_settings_of_a_role_are_valid_whatever_is_typed(role: str) -> None:
    for odd in ('Thôn "1" \\ đầu làng', "#", "a = 1", "Nhà văn hoá 🙂"):
        text = settings_text(role, commune="hoa-son", commune_name=odd, device="may-1", place=odd, village="thon-1")
        assert tomllib.loads(text)["device"]["place"] == odd
        found = parse_settings(text.encode())
        assert found.commune.name == odd
        assert found.paths.state == Path(f"/var/lib/langso-{role}")
    assert settings_text("office", commune="a", commune_name="A", device="b", names="xa.lan, 10.0.0.2")


def test_a_value_is_changed_where_it_stands_and_nothing_else() -> None:
    text = '[commune]\ncode = "a"  # mã\nname=\'A\'\n[device]\nid = "a"\nvillage = "a" # thôn\n[bridge]\ncode = "a"\n'
    made = with_values(text, {("commune", "code"): 'b"', ("commune", "name"): "B", ("device", "village"): None})
    assert made == ('[commune]\ncode = "b\\""  # mã\nname="B"\n[device]\nid = "a"\n[bridge]\ncode = "a"\n')
    assert with_values(text, {("device", "place"): "Thôn 1"}) == text.replace(
        "[device]\n", '[device]\nplace = "Thôn 1"\n'
    )


def test_settings_written_in_a_rarer_way_are_left_to_a_person(tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    text = 'commune = { code = "hoa-sno", name = "X" }\n[device]\nid = "a"\nrole = "speaker"\n'
    file.write_text(text)
    with pytest.raises(SetupRefused, match=r"`code` trong \[commune\]"):
        change(file, {("commune", "code"): "hoa-son"})
    assert file.read_text() == text


def test_what_stands_in_files_of_others_steers_no_terminal() -> None:
    shown = Dialogue(asks=False).shown("Xã Hoa\x1b[2J Sơn\u202e\nhai dòng")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\nhai dòng" in shown
