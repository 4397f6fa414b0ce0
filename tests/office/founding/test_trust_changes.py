"""The list of rights changed with the root keys, heard by devices, obeyed by the signer that is running."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from founded import public_parts, signed
from plans import plan
from refusals import refused

from langso.contract import Account, Caps, TrustDocument, VouchedAccount
from langso.durable.files import write_atomic
from langso.settings.reading import write_settings
from langso.trust import RootKeys, SigningKey, open_bundle, open_sealed, read_sealed, seal
from langso.trust.roots.ceremony import in_words
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import _checksum, code_of
from langso.trust.roots.proposal import Signature, build, read_proposal
from office.commands import office
from office.errors import TrustChangeRefused, UploadRefused
from office.founding.limits import read_quiet_hours
from office.founding.trust_changes import (
    Rights,
    apply,
    propose,
    propose_account,
    propose_account_gone,
    propose_new_root,
    propose_new_signing_key,
    propose_relays,
    propose_restoring,
    propose_revoking,
    propose_vouching,
)
from office.places import TRUST_LIFE, OfficeHome
from office.signer.errors import SignerRefused

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def begins_now() -> None:
    """The signer judges by the real clock, and forgives ten minutes: less than a whole suite may take."""
    global NOW
    NOW = datetime.now(UTC)


def change(
    home: OfficeHome, keys: Sequence[SigningKey], now: datetime, rights: Rights | None = None
) -> TrustDocument:
    """Proposed, signed by these keys, applied."""
    return apply(home, [signed(propose(home, now, rights), keys)])


def exchange_signer(home: OfficeHome, keys: Sequence[SigningKey], now: datetime) -> TrustDocument:
    return apply(home, [signed(propose_new_signing_key(home, now), keys)])


def test_renewing_lengthens_the_list_and_changes_nothing_else(office_world: Any) -> None:
    home, later = office_world.home, NOW.replace(microsecond=0) + timedelta(days=600)
    before = home.trust().trust
    after = change(home, office_world.roots, later)
    assert (after.version, after.expires) == (before.version + 1, later + TRUST_LIFE)
    same = {"version", "issued", "expires"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert home.trust().trust == after


def test_what_root_said_of_money_and_privacy_stays_until_root_says_otherwise(office_world: Any) -> None:
    home = office_world.home
    account = VouchedAccount(id="phi", bin="970415", number="0123456789", holder="UBND XA HOA SON", purpose="fees")
    first = propose(home, NOW).proposal
    trust = json.loads(first.trust) | {"accounts": [json.loads(account.to_json())], "relay_hosts": ["vov.vn"]}
    said = build(first.model_copy(update={"trust": json.dumps(trust)}))
    assert apply(home, [signed(said, office_world.roots)]).accounts == (account,)
    for after in (
        change(home, office_world.roots, NOW),
        apply(home, [signed(propose_revoking(home, "loa-9", NOW), office_world.roots)]),
        exchange_signer(home, office_world.roots, NOW),
    ):
        assert (after.accounts, after.relay_hosts) == ((account,), ("vov.vn",))


def test_what_a_revoked_device_says_is_no_longer_taken_until_it_is_restored(office_world: Any) -> None:
    home, roots = office_world.home, office_world.roots
    device = office_world.reporter("kiosk-1", "kiosk")
    proposal = propose_revoking(home, "kiosk-1", NOW)
    manifest, _ = office_world.sealed_dossier(device)
    office_world.office.desk.create_upload(manifest)
    apply(home, [signed(proposal, roots)])
    with pytest.raises(UploadRefused):
        office_world.office.desk.create_upload(manifest)
    with refused(TrustChangeRefused, "founding-revoked-before"):
        propose_revoking(home, "kiosk-1", NOW)
    apply(home, [signed(propose_restoring(home, "kiosk-1", NOW), roots)])
    assert office_world.office.desk.create_upload(manifest).id
    with refused(TrustChangeRefused, "founding-not-revoked"):
        propose_restoring(home, "kiosk-1", NOW)


def test_without_enough_root_keys_nothing_changes(office_world: Any) -> None:
    before = office_world.home.trust_bundle()
    proposal = propose(office_world.home, NOW)
    with pytest.raises(ProposalRefused, match="Còn thiếu 1 chữ ký"):
        apply(office_world.home, [proposal.proposal.to_json()])
    with pytest.raises(ProposalRefused, match="không thuộc"):
        signed(proposal, [SigningKey.generate()])
    assert office_world.home.trust_bundle() == before


def test_a_strangers_signature_put_in_by_hand_counts_for_nothing(office_world: Any) -> None:
    before = office_world.home.trust_bundle()
    read = propose(office_world.home, NOW)
    stranger = SigningKey.generate()
    forged = read_sealed(seal(read.trust, "trust", [stranger]), "trust").signatures[0][1].hex()
    for name in (stranger.key_id, office_world.roots[0].key_id):
        claim = Signature(part="trust", key_id=name, signature=forged)
        raw = read.proposal.model_copy(update={"signatures": (claim,)}).to_json()
        with pytest.raises(ProposalRefused, match="Còn thiếu"):
            apply(office_world.home, [raw])
    assert office_world.home.trust_bundle() == before


def test_a_proposal_upon_an_older_list_is_refused_with_words(office_world: Any) -> None:
    home, roots = office_world.home, office_world.roots
    old = signed(propose(home, NOW), roots)
    louder = Rights(caps=Caps(volume=40))
    change(home, roots, NOW + timedelta(hours=1), louder)
    before = home.trust_bundle()
    with pytest.raises(ProposalRefused, match="bản 1, nay xã đã dùng bản 2"):
        apply(home, [old])
    assert home.trust_bundle() == before


def test_applying_twice_changes_nothing(office_world: Any) -> None:
    raw = signed(propose(office_world.home, NOW), office_world.roots)
    first = apply(office_world.home, [raw])
    before = office_world.home.trust_bundle()
    assert apply(office_world.home, [raw]) == first
    assert office_world.home.trust_bundle() == before


def test_a_new_signing_key_is_used_at_once_by_the_signer_that_is_running(office_world: Any) -> None:
    home, client = office_world.home, office_world.office.signer
    client.sign("plan", plan(7, NOW, epoch=0))
    proposal = propose_new_signing_key(home, NOW)
    client.sign("plan", plan(8, NOW, epoch=0))
    assert propose_new_signing_key(home, NOW).trust.issuers == proposal.trust.issuers
    trust = apply(home, [signed(proposal, office_world.roots)])
    rule = trust.rule("office")
    assert rule is not None
    assert rule.epoch == 1
    envelope = client.sign("plan", plan(1, NOW, epoch=1))
    assert open_sealed(envelope, "plan", [bytes.fromhex(key) for key in rule.signers.keys])
    with pytest.raises(SignerRefused):
        client.sign("plan", plan(9, NOW, epoch=0))
    assert [path.name for path in home.signer.glob("*.key")] == ["2.key"]


def test_a_signing_key_that_was_lost_meanwhile_is_not_put_in_force(office_world: Any) -> None:
    home = office_world.home
    raw = signed(propose_new_signing_key(home, NOW), office_world.roots)
    (home.signer / "2.key").unlink()
    with refused(ProposalRefused, "founding-new-key-gone"):
        apply(home, [raw])
    assert office_world.office.signer.sign("plan", plan(1, NOW, epoch=0))


def test_the_plan_is_signed_anew_in_the_new_epoch(office_world: Any) -> None:
    office = office_world.office
    office.speaker_orders.refresh()
    exchange_signer(office_world.home, office_world.roots, NOW)
    assert office.documents.latest("plan") is None
    office.speaker_orders.refresh()
    held = office.documents.latest("plan")
    assert held is not None
    assert held.epoch == 1


def test_devices_follow_a_new_root_and_the_signer_too(office_world: Any) -> None:
    home, client = office_world.home, office_world.office.signer
    pinned: RootKeys = home.roots
    new = [SigningKey.generate() for _ in range(3)]
    proposal = propose_new_root(home, public_parts(new), 2, NOW)
    for too_few in (new, new[:1], office_world.roots, [*office_world.roots, new[0]]):
        with pytest.raises(ProposalRefused, match="Còn thiếu"):
            apply(home, [signed(proposal, too_few)])
    apply(home, [signed(proposal, [*office_world.roots, *new[:2]])])
    opened = open_bundle(home.trust_bundle(), pinned)
    assert (opened.root.version, opened.root.threshold, len(opened.root.keys)) == (2, 2, 3)
    assert client.sign("plan", plan(1, NOW, epoch=0))
    fresh = type(home)(office_world.settings)
    assert fresh.roots.version == 2
    with pytest.raises(ProposalRefused, match="không thuộc"):
        change(fresh, office_world.roots, NOW)
    with pytest.raises(ProposalRefused, match="Còn thiếu 1"):
        change(fresh, [new[0]], NOW)
    later = change(fresh, new[1:], NOW)
    assert open_bundle(home.trust_bundle(), pinned).trust == later
    assert client.sign("plan", plan(2, NOW, epoch=0))


def test_copies_signed_apart_are_put_together(make_office: Any) -> None:
    world = make_office()
    home = world.home
    new = [SigningKey.generate() for _ in range(3)]
    apply(home, [signed(propose_new_root(home, public_parts(new), 2, NOW), [*world.roots, *new])])
    home = type(home)(world.settings)
    proposal = propose(home, NOW)
    copies = [signed(proposal, [key]) for key in new[:2]]
    for alone in copies:
        with pytest.raises(ProposalRefused, match="Còn thiếu 1"):
            apply(home, [alone])
    # A copy that carries rubbish under the other's name does not spoil it.
    rubbish = Signature(part="trust", key_id=new[0].key_id, signature="00" * 64)
    spoilt = read_proposal(copies[1]).proposal
    spoilt = spoilt.model_copy(update={"signatures": (*spoilt.signatures, rubbish)})
    assert apply(home, [copies[0], spoilt.to_json()]).version == 3
    with pytest.raises(ProposalRefused, match="khác nhau"):
        apply(home, [copies[0], signed(propose(home, NOW + timedelta(days=1)), new)])


@pytest.mark.parametrize("number", range(1, 4))
def test_a_cut_leaves_an_office_that_works_and_applying_again_finishes(
    office_world: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The power goes before the n-th write or removal of an exchange of root and signing key."""
    home, roots = office_world.home, office_world.roots
    new = [SigningKey.generate()]
    root = signed(propose_new_root(home, public_parts(new), 1, NOW), [*roots, *new])
    done: list[Path] = []

    def cut(path: Path, *rest: Any, **more: Any) -> None:
        if len(done) + 1 == number:
            raise OSError("cut")
        done.append(path)
        write_atomic(path, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr("office.founding.trust_changes.write_atomic", cut)
        patch.setattr("office.founding.founding.write_atomic", cut)
        with contextlib.suppress(OSError):
            apply(home, [root])
    fresh = type(home)(office_world.settings)
    office_world.stop_signer()
    office_world.start_signer()
    assert office_world.office.signer.sign("plan", plan(1, NOW, epoch=0))
    apply(fresh, [root])
    fresh = type(home)(office_world.settings)
    assert fresh.roots.version == 2
    assert fresh.trust().root.version == 2
    assert office_world.office.signer.sign("plan", plan(2, NOW, epoch=0))


def test_a_cut_before_the_list_is_written_leaves_the_old_key_working(
    office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise OSError("cut")

    monkeypatch.setattr("office.founding.trust_changes.write_atomic", cut)
    with pytest.raises(OSError, match="cut"):
        exchange_signer(office_world.home, office_world.roots, NOW)
    office_world.stop_signer()
    office_world.start_signer()
    assert office_world.office.signer.sign("plan", plan(1, NOW, epoch=0))


def test_limits_are_changed_alone(office_world: Any) -> None:
    before = office_world.home.trust().trust
    caps = before.caps.model_copy(update={"quiet_hours": read_quiet_hours(["21:30-05:00"])})
    after = change(office_world.home, office_world.roots, NOW, Rights(caps=caps))
    assert (after.caps, after.issuers, after.revoked) == (caps, before.issuers, before.revoked)


def test_another_communes_proposal_is_refused(office_world: Any) -> None:
    read = propose(office_world.home, NOW)
    other = office_world.settings.model_copy(
        update={"commune": office_world.settings.commune.model_copy(update={"code": "xa-khac"})}
    )
    with pytest.raises(ProposalRefused, match="hoa-son"):
        apply(type(office_world.home)(other), [signed(read, office_world.roots)])


@pytest.fixture
def call(office_world: Any, tmp_path: Path) -> Callable[..., Result]:
    """`langso office trust …` with this office's settings; proposals go to de-nghi.json."""
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(office_world.settings), encoding="utf-8")

    def run(name: str, *more: str) -> Result:
        out = [] if name in ("show", "apply") else ["-o", str(tmp_path / "de-nghi.json")]
        return CliRunner().invoke(office, ["trust", name, "--settings", str(file), *out, *more])

    return run


def test_show_tells_who_may_order_and_until_when(call: Callable[..., Result], office_world: Any) -> None:
    said = call("show")
    assert said.exit_code == 0, said.output
    # The same digits as a holder reads before signing.
    assert f"(khoá {code_of(bytes.fromhex(office_world.home.rule().signers.keys[0]))}," in said.output
    for part in ("Danh sách bản 1", "Được gửi lệnh: office", "cần 1 khoá", "thu hồi: không có", "người giữ 1"):
        assert part in said.output


def test_the_commands_change_the_list(office_world: Any, call: Callable[..., Result], tmp_path: Path) -> None:
    office_world.reporter("loa-1")
    file, new = tmp_path / "de-nghi.json", [SigningKey.generate() for _ in range(3)]
    roots = []
    for number, part in enumerate(public_parts(new)):
        path = tmp_path / f"khoa-{number}.json"
        path.write_bytes(part.model_copy(update={"sha256": _checksum(part)}).to_json())
        roots += ["--root", str(path)]
    for name, keys, more in (
        ("renew", office_world.roots, []),
        ("revoke", office_world.roots, ["loa-1"]),
        ("restore", office_world.roots, ["loa-1"]),
        (
            "limits",
            office_world.roots,
            ["--volume", "70", "--quiet-hours", "21:30-05:00"],
        ),
        ("limits", office_world.roots, ["--loudness", "21:00-06:00=40"]),
        ("new-key", office_world.roots, []),
        ("new-root", [*office_world.roots, *new[:2]], [*roots, "--threshold", "2"]),
    ):
        version = office_world.home.trust().trust.version
        said = call(name, *more)
        assert said.exit_code == 0, f"{name}: {said.output} {said.exception}"
        assert office_world.home.trust().trust.version == version
        assert "chưa có gì thay đổi" in said.output
        file.write_bytes(signed(read_proposal(file.read_bytes()), keys))
        said = call("apply", str(file))
        assert said.exit_code == 0, f"{name}: {said.output} {said.exception}"
    held = office_world.home.trust()
    assert (held.trust.version, held.trust.caps.volume, held.root.version, held.root.threshold) == (8, 70, 2, 2)
    assert office_world.office.signer.sign("plan", plan(1, NOW, epoch=1))


def test_a_device_the_office_does_not_know_is_not_revoked(
    call: Callable[..., Result], office_world: Any, tmp_path: Path
) -> None:
    for name in ("loa-la", "../loa-1"):
        said = call("revoke", name)
        assert said.exit_code != 0
        assert "không có thiết bị" in str(said.exception)
    assert not (tmp_path / "de-nghi.json").exists()


def test_what_was_entered_before_the_root_vouched_comes_under_it_by_one_command(office_world: Any) -> None:
    """An office of release 0.2: accounts in its catalogue, its key for scans in pairing answers only."""
    home, roots = office_world.home, office_world.roots
    entered = Account(bin="970415", number="113366", holder="UBND XA HOA SON", label="Phí")
    first = propose(home, NOW).proposal
    before = {name: value for name, value in json.loads(first.trust).items() if name != "age_recipient"}
    said = build(first.model_copy(update={"trust": json.dumps(before)}))
    assert apply(home, [signed(said, roots)]).age_recipient is None
    read = propose_vouching(home, [entered], NOW)
    after = apply(home, [signed(read, roots)])
    assert [(one.id, one.bin, one.number, one.purpose, one.village) for one in after.accounts] == [
        ("fees-1", "970415", "113366", "fees", None)
    ]
    assert after.age_recipient == home.age_recipient()
    assert any("113366" in line for line in in_words(read)), "whoever signs reads it"
    with refused(TrustChangeRefused, "founding-vouched-before"):
        propose_vouching(home, [entered], NOW)


def test_accounts_and_relays_change_one_by_one(office_world: Any) -> None:
    home, roots = office_world.home, office_world.roots
    fund = VouchedAccount(
        id="quy",
        purpose="fund",
        village="thon-1",
        holder_kind="person",
        bin="970415",
        number="1",
        holder="TRAN VAN A",
    )
    assert apply(home, [signed(propose_account(home, fund, NOW), roots)]).accounts == (fund,)
    other = fund.model_copy(update={"number": "2"})
    assert apply(home, [signed(propose_account(home, other, NOW), roots)]).accounts == (other,)
    with refused(TrustChangeRefused, "founding-vouched-before"):
        propose_account(home, other, NOW)
    assert apply(home, [signed(propose_relays(home, ["VOV.vn", "vov.vn "], NOW), roots)]).relay_hosts == ("vov.vn",)
    for wrong in ("https://vov.vn", "vov.vn:443", "*.vov.vn", ""):
        with refused(TrustChangeRefused, "founding-relay-host"):
            propose_relays(home, [wrong], NOW)
    with refused(TrustChangeRefused, "founding-no-account"):
        propose_account_gone(home, "phi", NOW)
    assert apply(home, [signed(propose_account_gone(home, "quy", NOW), roots)]).accounts == ()
    assert apply(home, [signed(propose_relays(home, [], NOW), roots)]).relay_hosts == ()
