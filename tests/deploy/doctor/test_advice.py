"""Every command that doctor advises exists: ours in the command tree, units in the packages, packages in the lists.

And none destroys: no database renamed, no new card where rights were wanting, no checkout's script on a machine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from laid_machines import Laid

from deploy.apt import packages_of
from deploy.cli import langso
from deploy.install.placed import services_of
from deploy.install.units import ROLES, units_of
from langso.contract.health import Check
from langso.words.catalogue import is_known, t
from langso.words.language import LANGUAGES, in_language

ROOT = Path(__file__).resolve().parents[3]
ADVISERS = [
    *sorted((ROOT / "deploy/doctor").glob("*.py")),
    ROOT / "langso/device/machine_checks.py",
    ROOT / "langso/device/pairing_stand.py",
    ROOT / "langso/trust/checks.py",
]
HOLE = "«»"
"""Where a sentence has a name put in at run time."""
SYSTEMCTL = {
    "start",
    "stop",
    "status",
    "restart",
    "enable",
    "unmask",
    "reset-failed",
    "edit",
    "cat",
    "reboot",
    "daemon-reexec",
}
SYSTEM_UNITS = {"chrony", "systemd-journald", "nftables"}
OURS_INSTALLED = {"chrony", "nftables", "espeak-ng-data"}
"""Packages that ours depend on or bring, beside the lists."""


def sentences(file: Path) -> Iterator[str]:
    """Every string of a file that is no docstring, and each sentence whose id it has, in every language.

    HOLE stands for what is put in at run time.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _said(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)


def _said(text: str) -> Iterator[str]:
    if not is_known(text):
        yield text
        return
    for tongue in LANGUAGES:
        with in_language(tongue):
            yield re.sub(r"\{[a-z_]+\}", HOLE, t(text))


ADVICE = sorted(
    {
        sentence
        for file in ADVISERS
        for sentence in sentences(file)
        if re.search(r"\b(langso|systemctl|apt-get) [a-z]", sentence)
    }
)


def wrong_with(sentence: str) -> str:
    """What a sentence advises that does not exist; "" where all does."""
    for words in re.findall(r"\blangso ([^.;:,()]+)", sentence):
        found = _wrong_command(words.split())
        if found:
            return found
    for verb, units in re.findall(r"\bsystemctl ([a-z-]+)((?: --now)?(?: [A-Za-z«»{}.-]+)?)", sentence):
        unit = units.replace("--now", "").strip().rstrip(".,;:")
        if verb not in SYSTEMCTL:
            return f"systemctl {verb}"
        bare = unit.removesuffix(".service")
        if unit and HOLE not in unit and bare not in known_units():
            return f"unit {unit}"
    for names in re.findall(r"\bapt-get install((?: --?[a-z-]+)*(?: [a-z0-9«»+.-]+)*)", sentence):
        for name in names.split():
            bare = name.rstrip(".,;")
            if not bare.startswith("-") and HOLE not in bare and bare not in known_packages():
                return f"package {bare}"
    return ""


def _wrong_command(words: list[str]) -> str:
    command: click.Command = langso
    context = click.Context(langso, info_name="langso")
    for word in words:
        if word.startswith("-"):
            known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
            if word not in known:
                return f"langso {' '.join(words)}"
        elif isinstance(command, click.Group) and re.fullmatch("[a-z][a-z-]*", word):
            below = command.get_command(context, word)
            if below is None:
                return f"langso {' '.join(words)}"
            command, context = below, click.Context(below, parent=context, info_name=word)
    return ""


def known_units() -> set[str]:
    names = {unit.name for role in ROLES for unit in units_of(role)}
    return names | {name.removesuffix(".service") for role in ROLES for name in services_of(role)} | SYSTEM_UNITS


def known_packages() -> set[str]:
    listed = {name for purpose in ("speaker", "kiosk", "office") for name in packages_of(purpose)}
    return listed | OURS_INSTALLED | {f"langso-{role}" for role in ROLES}


@pytest.mark.parametrize("sentence", ADVICE)
def test_what_is_advised_exists(sentence: str) -> None:
    assert not wrong_with(sentence)


@pytest.mark.parametrize(
    "bad",
    ["Chạy: langso repair", "langso pair request --hurry", "langso office trust mend",
     "systemctl frob langso-speaker", "systemctl restart langso-loa", "apt-get install langso-everything"],
)  # fmt: skip
def test_this_test_sees_what_does_not_exist(bad: str) -> None:
    assert wrong_with(bad)


@pytest.mark.parametrize("file", ADVISERS, ids=lambda file: file.name)
def test_no_advice_destroys(file: Path) -> None:
    text = "\n".join(sentences(file)).lower()
    assert "đổi tên" not in text, "a database is never renamed by hand: the service sets it aside itself"
    assert "deploy/setup.sh" not in text, "a checkout's script is not on an installed machine"
    assert not re.search(r"\brm -|mkfs|dd if=|purge", text)


@pytest.mark.parametrize("file", ADVISERS, ids=lambda file: file.name)
def test_no_advice_needs_what_a_machine_has_not(file: Path) -> None:
    text = "\n".join(sentences(file))
    assert "hwclock" not in text, "Debian 13 has it in a package of its own"
    assert not re.search(r"apt-get install --reinstall «?langso", text), "no source of apt has our packages"
    assert "timedatectl set-time" not in text, "refused while a time daemon runs, and in the machine's zone, not ours"


def test_only_a_failing_card_is_answered_with_a_new_one() -> None:
    from deploy.doctor import databases, pairing, scene

    for module in (databases, pairing, scene):
        assert "thay thẻ" not in "\n".join(sentences(Path(module.__file__)))


def test_the_sentences_were_found() -> None:
    assert sum("langso " in sentence for sentence in ADVICE) > 15
    assert sum("systemctl " in sentence for sentence in ADVICE) > 10


def test_what_is_stopped_is_started_again_in_the_same_breath() -> None:
    stopped = [sentence for sentence in ADVICE if "systemctl stop" in sentence]
    assert stopped
    assert all("systemctl start" in sentence.split("systemctl stop")[1] for sentence in stopped)


def test_the_time_of_the_example_is_one_that_set_up_takes() -> None:
    from datetime import UTC, datetime

    from deploy.machine_setup.time_of_day import _parse
    from langso.device.machine_checks import SET_CLOCK

    assert _parse(str(SET_CLOCK).split("'")[1], datetime(2026, 1, 1, tzinfo=UTC)).year == 2026


@pytest.mark.parametrize(
    ("fault", "cure"),
    [("clock", "langso setup --time"), ("disk", "chown"), ("not_ready", "bản sao lưu"), ("broken", "restart"),
     (None, "restart")],
)  # fmt: skip
def test_a_signer_that_cannot_sign_is_cured_by_its_reason(fault: str | None, cure: str, office: Laid) -> None:
    from deploy.doctor.office import _signer_said
    from deploy.doctor.scene import gather_scene
    from langso.settings.reading import load_settings

    scene = gather_scene(load_settings(office.settings), office.settings)
    line = _signer_said(scene, {"refused": "Không ký được.", "fault": fault})
    assert isinstance(line, Check)
    assert line.level == "bad"
    assert cure in line.fix
    assert ("restart" in line.fix) == (cure == "restart")


def test_a_full_disk_is_answered_with_room(office: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    from deploy.doctor import office as looks
    from deploy.doctor.scene import gather_scene
    from langso.settings.reading import load_settings

    monkeypatch.setattr(looks, "is_full", lambda _: True)
    scene = gather_scene(load_settings(office.settings), office.settings)
    line = looks._signer_said(scene, {"refused": "Đĩa đầy.", "fault": "disk"})
    assert isinstance(line, Check)
    assert line.fix.startswith("Dọn chỗ")


def test_a_signer_whose_own_disk_is_full_is_not_believed_to_be_ready(
    office: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deploy.doctor import office as looks
    from deploy.doctor.scene import gather_scene
    from langso.settings.reading import load_settings

    scene = gather_scene(load_settings(office.settings), office.settings)
    monkeypatch.setattr(looks, "is_full", lambda _: True)
    assert isinstance(line := looks._signer_said(scene, {}), Check)
    assert line.level == "ok", "one disk for all: its own line says it"
    monkeypatch.setattr(looks, "_apart", lambda folder, state: True)
    assert isinstance(line := looks._signer_said(scene, {}), Check)
    assert line.level == "bad"
    assert line.fix.startswith("Dọn chỗ")


def test_pairing_is_advised_as_the_readme_does_it_first(speaker: Laid) -> None:
    import shutil

    shutil.rmtree(speaker.state / "pairing")
    line = next(check for check in speaker.examine().checks if check.name == "pairing")
    assert line.level == "bad"
    assert line.fix.count("sudo langso setup") == 3, "here, at the office, here again"
    assert "langso pair " not in line.fix


def test_a_kiosk_without_a_relay_hears_nothing_of_amplifiers(kiosk: Laid) -> None:
    assert "bridge" not in {check.name for check in kiosk.examine().checks}


def test_owned_pages_are_warned_of_until_somebody_is_enrolled_at_the_signer(office: Laid) -> None:
    from enrolled_clerk import Clerk

    from langso.settings.reading import load_settings
    from office.signer.client import SignerClient

    def line() -> Check | None:
        return next((one for one in office.examine().checks if one.name == "who_asks"), None)

    nobody = line()
    assert nobody is not None
    assert (nobody.level, "langso office signer enrol" in nobody.fix) == ("warn", True)
    Clerk(SignerClient(load_settings(office.settings).signer.socket))
    enrolled = line()
    assert enrolled is not None
    assert (enrolled.level, enrolled.parameters) == ("ok", {"people": 1})
    office.change("[signer]", '[signer]\nasked = "never"')
    never = line()
    assert never is not None
    assert (never.level, 'asked = "enrolled"' in never.fix) == ("warn", True)
    office.stop_signer()  # type: ignore[attr-defined]
    assert line() is None, "the signer's own line tells"
