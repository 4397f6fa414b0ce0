"""A second version from a second stick: settings, marks, journals and pairing live on; older sticks are refused."""

from __future__ import annotations

import os

import pytest
from commune import INSTALLER, SERVICES, SPEAKER, Commune
from sticks import ROLES

from deploy.install.units import sockets_of

UPGRADED = ROLES if os.environ.get("LANGSO_BOOT_ALL") else ("speaker",)
"""Every role where all is asked for: a second office and kiosk cost minutes."""
KEPT = {
    "office": ("/etc/langso/langso.toml", "/var/lib/langso-signer/counters.json"),
    "speaker": ("/etc/langso/langso.toml",),
    "kiosk": ("/etc/langso/langso.toml",),
}


@pytest.fixture(scope="module")
def newer(commune: Commune) -> Commune:
    with commune.evidence.step(commune.release, "a newer stick made") as figures:
        figures.update(commune.stick.make(2, UPGRADED))
    return commune


@pytest.mark.parametrize("role", UPGRADED)
def test_an_upgrade_keeps_what_the_machine_knows(newer: Commune, role: str) -> None:
    machine = newer.of(role)
    machine.sh("printf '\\n# a technician was here\\n' >> /etc/langso/langso.toml")
    before = _version(machine, role)
    trusted = _trust(machine, role)
    kept = {path: machine.on_disk(path).read_bytes() for path in KEPT[role]}
    journals = _journal_ids(newer) if role == "speaker" else set()
    with newer.evidence.step(newer.release, f"{role} upgraded"):
        newer.install(role, version=2)
    assert machine.run("dpkg", "--compare-versions", _version(machine, role), "gt", before).code == 0
    for path, text in kept.items():
        assert machine.on_disk(path).read_bytes() == text, path
    assert _trust(machine, role) == trusted
    for unit in (*SERVICES[role], *(socket.file_name for socket in sockets_of(role))):
        machine.wait_active(unit, 90)
    if role == "speaker":
        assert _journal_ids(newer) == journals, "the journal of receipts goes on"


def test_an_older_stick_is_refused_and_changes_nothing(newer: Commune) -> None:
    machine = newer.speaker
    before = _version(machine, "speaker")
    done = machine.run(*newer.installer("speaker", 1), check=False)
    assert done.code != 0
    assert "cũ hơn bản đang chạy" in done.said
    assert _version(machine, "speaker") == before


def test_a_stick_for_another_role_is_refused_with_a_sentence(newer: Commune) -> None:
    done = newer.speaker.run(*newer.installer("kiosk", 1), check=False)
    assert done.code != 0
    assert "mỗi máy một vai trò" in done.said
    assert newer.speaker.active("langso-speaker")


def test_apt_does_not_take_one_role_away_for_another(newer: Commune) -> None:
    machine = newer.speaker
    machine.sh(
        f"mkdir -p /run/none; echo 'deb [trusted=yes] copy:{INSTALLER}/1/langso {newer.release}/' > /run/stick.list"
    )
    apt = ("apt-get", "-o", "Dir::Etc::SourceList=/run/stick.list", "-o", "Dir::Etc::SourceParts=/run/none")
    machine.run(*apt, "update")
    said = machine.run(*apt, "--simulate", "install", "langso-kiosk").said
    assert "Inst langso-kiosk" in said
    assert "Remv langso-speaker" not in said
    package = f"$(find {INSTALLER}/1 -name 'langso-kiosk_*.deb')"
    done = machine.run("sh", "-c", f"dpkg --unpack {package}", check=False)
    assert done.code != 0
    assert "Máy này đã cài langso-speaker" in done.said
    assert machine.run("langso", "--version").said.startswith("Làng Số")
    assert machine.active("langso-speaker")
    assert machine.run("dpkg", "--audit").said == ""


def test_remove_and_purge_keep_data_unless_somebody_says_otherwise(newer: Commune) -> None:
    machine = newer.kiosk
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    machine.run("apt-get", "-y", "remove", "langso-kiosk", environment=environment)
    assert not machine.on_disk("/usr/bin/langso").exists()
    assert "langso" not in machine.run("nft", "list", "tables").said, "rules that nobody keeps up shut the machine"
    assert machine.on_disk("/etc/langso/langso.toml").is_file()
    said = machine.run("apt-get", "-y", "purge", "langso-kiosk", environment=environment).said
    assert "giữ lại" in said
    assert machine.on_disk("/etc/langso/langso.toml").is_file()
    newer.install("kiosk", version=2 if "kiosk" in UPGRADED else 1)
    machine.wait_active("langso-kiosk", 90)


def _version(machine, role: str) -> str:
    return machine.run("dpkg-query", "-W", "-f=${Version}", f"langso-{role}").said


def _trust(machine, role: str) -> str:
    """Checksums of what must never be lost: keys, trust, pairing."""
    where = {"office": "/var/lib/langso-office /var/lib/langso-signer", "speaker": "/var/lib/langso-speaker"}
    folder = where.get(role, f"/var/lib/langso-{role}")
    return machine.sh(f"find {folder} -name '*.key' -o -name '*.pem' | sort | xargs sha256sum")


def _journal_ids(commune: Commune) -> set[str]:
    from deploy.village.story.records import Records

    return Records(next(commune.office.on_disk("/var/lib/langso-office").glob("*.db"))).journals(SPEAKER)
