"""The list of rights changed with the root keys, heard by devices, obeyed by the signer that is running."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from langso.contract import Plan
from langso.settings import write_settings
from langso.trust import RootKeys, SigningKey, open_bundle, open_sealed
from office.commands import office
from office.errors import SignerRefused, TrustChangeRefused, UploadRefused
from office.home import TRUST_LIFE
from office.root_sticks import load_root_keys, read_quiet_hours, write_root_keys
from office.trust_changes import Rights, change, exchange_root, exchange_signer, restore, revoke

NOW = datetime.now(UTC)


def plan(version: int, epoch: int) -> Plan:
    return Plan(
        issuer="office",
        audience="*",
        commune="hoa-son",
        epoch=epoch,
        version=version,
        issued=NOW,
        expires=NOW + timedelta(days=30),
        until=NOW + timedelta(days=14),
    )


def test_renewing_lengthens_the_list_and_changes_nothing_else(office_world: Any) -> None:
    home, later = office_world.home, NOW.replace(microsecond=0) + timedelta(days=600)
    before = home.trust().trust
    after = change(home, office_world.roots, later)
    assert (after.version, after.expires) == (before.version + 1, later + TRUST_LIFE)
    same = {"version", "issued", "expires"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert home.trust().trust == after


def test_what_a_revoked_device_says_is_no_longer_taken_until_it_is_restored(office_world: Any) -> None:
    device = office_world.reporter("kiosk-1", "kiosk")
    revoke(office_world.home, "kiosk-1", office_world.roots, NOW)
    manifest, _ = office_world.sealed_dossier(device)
    with pytest.raises(UploadRefused):
        office_world.console.desk.create_upload(manifest)
    with pytest.raises(TrustChangeRefused, match="từ trước"):
        revoke(office_world.home, "kiosk-1", office_world.roots, NOW)
    restore(office_world.home, "kiosk-1", office_world.roots, NOW)
    assert office_world.console.desk.create_upload(manifest).id
    with pytest.raises(TrustChangeRefused, match="không nằm"):
        restore(office_world.home, "kiosk-1", office_world.roots, NOW)


def test_strangers_keys_change_nothing(office_world: Any) -> None:
    before = office_world.home.trust_bundle()
    for keys in ([], [SigningKey.generate()]):
        with pytest.raises(TrustChangeRefused, match="Cần 1 khoá gốc"):
            change(office_world.home, keys, NOW)
    assert office_world.home.trust_bundle() == before


def test_a_new_signing_key_is_used_at_once_by_the_signer_that_is_running(office_world: Any) -> None:
    home, client = office_world.home, office_world.console.signer
    client.sign("plan", plan(7, 0))
    trust = exchange_signer(home, office_world.roots, NOW)
    rule = trust.rule("office")
    assert rule is not None
    assert rule.epoch == 1
    envelope = client.sign("plan", plan(1, 1))
    assert open_sealed(envelope, "plan", [bytes.fromhex(key) for key in rule.signers.keys])
    with pytest.raises(SignerRefused):
        client.sign("plan", plan(8, 0))
    assert [path.name for path in home.signer.glob("*.key")] == ["2.key"]


def test_the_plan_is_signed_anew_in_the_new_epoch(office_world: Any) -> None:
    console = office_world.console
    console.broadcasts.refresh()
    exchange_signer(office_world.home, office_world.roots, NOW)
    assert console.documents.latest("plan") is None
    console.broadcasts.refresh()
    held = console.documents.latest("plan")
    assert held is not None
    assert held.epoch == 1


def test_devices_follow_a_new_root_and_the_signer_too(office_world: Any) -> None:
    home, client = office_world.home, office_world.console.signer
    pinned: RootKeys = home.roots
    new = [SigningKey.generate() for _ in range(3)]
    exchange_root(home, office_world.roots, lambda: new, 2, NOW)
    opened = open_bundle(home.trust_bundle(), pinned)
    assert (opened.root.version, opened.root.threshold, len(opened.root.keys)) == (2, 2, 3)
    assert client.sign("plan", plan(1, 0))
    fresh = type(home)(office_world.settings)
    assert fresh.roots.version == 2
    with pytest.raises(TrustChangeRefused, match="Cần 2 khoá gốc"):
        change(fresh, [*office_world.roots, new[0]], NOW)
    later = change(fresh, new[1:], NOW)
    assert open_bundle(home.trust_bundle(), pinned).trust == later
    assert client.sign("plan", plan(2, 0))


def test_too_few_old_keys_make_no_new_ones(office_world: Any) -> None:
    with pytest.raises(TrustChangeRefused):
        exchange_root(office_world.home, [SigningKey.generate()], lambda: pytest.fail("made"), 1, NOW)


def test_a_cut_before_the_list_is_written_leaves_the_old_key_working(
    office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise OSError("cut")

    monkeypatch.setattr("office.trust_changes.write_atomic", cut)
    with pytest.raises(OSError, match="cut"):
        exchange_signer(office_world.home, office_world.roots, NOW)
    office_world.stop_signer()
    office_world.start_signer()
    assert office_world.console.signer.sign("plan", plan(1, 0))


def test_limits_are_changed_alone(office_world: Any) -> None:
    before = office_world.home.trust().trust
    caps = before.caps.model_copy(update={"quiet_hours": read_quiet_hours(["21:30-05:00"])})
    after = change(office_world.home, office_world.roots, NOW, Rights(caps=caps))
    assert (after.caps, after.issuers, after.revoked) == (caps, before.issuers, before.revoked)


def test_keys_on_several_sticks_are_taken_together_and_once(tmp_path: Path) -> None:
    made = write_root_keys(tmp_path / "a", 2, 1)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "root-9.key").write_bytes(made[1].to_pem())
    assert {key.key_id for key in load_root_keys([tmp_path / "a", tmp_path / "b"])} == {key.key_id for key in made}
    with pytest.raises(TrustChangeRefused, match="USB"):
        load_root_keys([tmp_path])


@pytest.fixture
def call(office_world: Any, tmp_path: Path) -> Callable[..., Result]:
    """`langso office trust …` with this office's settings and its root key on a stick."""
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(office_world.settings), encoding="utf-8")
    stick = tmp_path / "stick"
    stick.mkdir()
    office_world.roots[0].save(stick / "root-1.key")

    def run(name: str, *more: str) -> Result:
        keys = [] if name == "show" else ["--root-keys", str(stick)]
        return CliRunner().invoke(office, ["trust", name, "--settings", str(file), *keys, *more])

    return run


def test_show_tells_who_may_order_and_until_when(call: Callable[..., Result]) -> None:
    said = call("show")
    assert said.exit_code == 0, said.output
    for part in ("Danh sách bản 1", "Được gửi lệnh: office", "cần 1 khoá", "thu hồi: không có"):
        assert part in said.output


def test_the_commands_change_the_list(office_world: Any, call: Callable[..., Result], tmp_path: Path) -> None:
    office_world.reporter("loa-1")
    new_stick = tmp_path / "new-stick"
    for name, more in (
        ("renew", []),
        ("revoke", ["loa-1"]),
        ("restore", ["loa-1"]),
        ("limits", ["--volume", "70", "--quiet-hours", "21:30-05:00"]),
        ("new-key", []),
        ("new-root", ["--to", str(new_stick), "--count", "3", "--threshold", "2"]),
    ):
        said = call(name, *more)
        assert said.exit_code == 0, f"{name}: {said.output} {said.exception}"
    held = office_world.home.trust()
    assert (held.trust.version, held.trust.caps.volume, held.root.version, held.root.threshold) == (7, 70, 2, 2)
    assert len(list(new_stick.glob("root-*.key"))) == 3
    assert office_world.console.signer.sign("plan", plan(1, 1))


def test_a_device_the_office_does_not_know_is_not_revoked(call: Callable[..., Result], office_world: Any) -> None:
    for name in ("loa-la", "../loa-1"):
        said = call("revoke", name)
        assert said.exit_code != 0
        assert "không có thiết bị" in str(said.exception)
    assert office_world.home.trust().trust.version == 1
