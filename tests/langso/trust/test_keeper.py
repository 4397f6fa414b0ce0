"""What a device obeys, what it keeps of it, and for how long."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from refusals import refusal

from langso.contract import Plan, ReceiptsAck
from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.trust import (
    Keeper,
    Refused,
    SigningKey,
    make_bundle,
    make_trust,
    root_keys,
    seal,
    threshold_of,
)


def test_a_plan_of_the_office_is_taken_and_held_after_a_restart(world: Any) -> None:
    keeper = world.paired()
    raw = world.sealed(world.plan())
    taken = keeper.take("plan", raw)
    assert taken.fresh
    assert isinstance(taken.document, Plan)
    again = world.keeper()
    held = again.held("plan", "office")
    assert held is not None
    assert held.document == taken.document
    assert held.sha256 == taken.sha256
    assert not again.take("plan", raw).fresh
    assert {(h.kind, h.version) for h in again.versions()} == {("trust", 1), ("plan", 1)}


def test_nothing_is_taken_before_trust(world: Any) -> None:
    assert refusal(world.keeper().take, "plan", world.sealed(world.plan())) == "no_trust"


def test_a_refusal_names_issuer_version_and_hash_of_what_was_verified_and_nothing_of_what_was_not(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(5)))
    with pytest.raises(Refused) as caught:
        keeper.take("plan", world.sealed(world.plan(4)))
    assert (caught.value.issuer, caught.value.version) == ("office", 4)
    assert caught.value.sha256 is not None
    with pytest.raises(Refused) as caught:
        keeper.take("plan", world.sealed(world.plan(9), SigningKey.generate()))
    assert (caught.value.issuer, caught.value.version, caught.value.sha256) == (None, None, None)


def test_a_held_plan_stays_after_its_expiry_but_none_is_accepted_anew(world: Any) -> None:
    keeper = world.paired()
    late = world.sealed(world.plan(2))
    first = world.sealed(world.plan(1))
    keeper.take("plan", first)
    world.clock.advance(timedelta(days=15).total_seconds())
    assert refusal(keeper.take, "plan", late) == "expired"
    assert keeper.held("plan") is not None
    restarted = world.keeper()
    assert restarted.held("plan") is not None
    assert not restarted.take("plan", first).fresh


def test_trust_that_lapses_stays_in_force(world: Any) -> None:
    keeper = world.paired()
    world.clock.advance(timedelta(days=400).total_seconds())
    assert keeper.take("plan", world.sealed(world.plan())).fresh
    assert world.keeper().trust is not None


def test_a_commune_that_merges_is_obeyed_under_both_codes_and_a_stranger_under_none(world: Any) -> None:
    keeper = world.paired()
    assert refusal(keeper.take, "plan", world.sealed(world.plan(1, commune="xa-moi"))) == "wrong_commune"
    keeper.take_trust(world.bundle(2, communes=("xa-mau", "xa-moi")))
    assert keeper.take("plan", world.sealed(world.plan(1, commune="xa-moi", audience="xa-moi"))).fresh
    assert keeper.take("plan", world.sealed(world.plan(2, audience="xa-mau"))).fresh
    assert refusal(keeper.take, "plan", world.sealed(world.plan(3, commune="xa-khac"))) == "wrong_commune"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(3, audience="xa-khac"))) == "wrong_audience"
    assert refusal(keeper.take_trust, world.bundle(3, communes=("xa-moi",), commune="xa-moi")) == "wrong_commune"


def test_a_revoked_device_obeys_and_holds_nothing_until_it_is_let_in_again(world: Any) -> None:
    keeper = world.paired()
    raw = world.sealed(world.plan())
    keeper.take("plan", raw)
    assert keeper.take_trust(world.bundle(2, revoked=("loa-1",))).fresh
    for device in (keeper, world.keeper()):
        assert device.revoked
        assert refusal(device.take, "plan", raw) == "revoked"
        assert device.held("plan") is None
    keeper.take_trust(world.bundle(3))
    assert keeper.held("plan") is not None


def test_when_trust_drops_a_key_what_it_signed_is_no_longer_held(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(7)))
    world.office = SigningKey.generate()
    keeper.take_trust(world.bundle(2, issuers=world.rules(epoch=2)))
    assert keeper.held("plan") is None
    assert keeper.take("plan", world.sealed(world.plan(1, epoch=2))).fresh
    restarted = world.keeper().held("plan")
    assert restarted is not None
    assert restarted.document.epoch == 2


def test_old_and_new_key_side_by_side_let_the_held_plan_play_on(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(7)))
    old, world.office = world.office, SigningKey.generate()
    office, village = world.rules()
    both = office.model_copy(update={"signers": threshold_of([old, world.office])})
    keeper.take_trust(world.bundle(2, issuers=[both, village]))
    assert keeper.held("plan") is not None
    assert keeper.take("plan", world.sealed(world.plan(8))).fresh


def test_an_issuers_rule_is_there_for_the_speakers_policy(world: Any) -> None:
    trust = world.paired().trust
    assert trust is not None
    rule = trust.rule("thon-1")
    assert rule is not None
    assert (rule.places, rule.minutes_a_day) == (("thon-1",), 30)
    assert trust.rule("thon-2") is None


def test_each_issuers_urgent_orders_are_held_apart(world: Any) -> None:
    keeper = world.paired()
    keeper.take("urgent", world.sealed(world.urgent(3)), topic_issuer="office")
    mine = world.urgent(1, issuer="thon-1")
    keeper.take("urgent", world.sealed(mine, world.village), topic_issuer="thon-1")
    assert [taken.document.issuer for taken in keeper.all_held("urgent")] == ["office", "thon-1"]
    held = world.keeper().held("urgent", "thon-1")
    assert held is not None
    assert held.document == mine


def test_an_acknowledgement_may_go_back_but_is_only_for_its_device(world: Any) -> None:
    keeper = world.paired()

    def ack(through: int, **changes: Any) -> bytes:
        signer = changes.pop("signer", world.office)
        fields = {"issuer": "office", "device": "loa-1", "commune": "xa-mau", "journal": "0" * 32} | changes
        return seal(ReceiptsAck(**fields, through=through, written=world.clock.now()), "ack", [signer])

    assert keeper.take("ack", ack(9)).document.through == 9
    assert keeper.take("ack", ack(3)).document.through == 3
    assert refusal(keeper.take, "ack", ack(3, device="loa-2")) == "wrong_audience"
    assert refusal(keeper.take, "ack", ack(3, commune="xa-khac")) == "wrong_commune"
    assert refusal(keeper.take, "ack", ack(3, issuer="thon-1")) == "wrong_role"
    assert refusal(keeper.take, "ack", ack(3), topic_issuer="thon-1") == "wrong_role"
    assert refusal(keeper.take, "ack", ack(3, signer=world.village)) == "wrong_role"
    assert refusal(keeper.take, "ack", ack(3, issuer="thon-1", signer=world.village)) == "wrong_role"
    assert refusal(keeper.take, "ack", ack(3, signer=SigningKey.generate())) == "forged"


def test_a_document_on_disk_that_was_tampered_with_is_not_held_and_can_be_sent_again(world: Any) -> None:
    keeper = world.paired()
    raw = world.sealed(world.plan())
    keeper.take("plan", raw)
    file = world.state / "trust" / "held" / "plan.office.json"
    file.write_bytes(raw.replace(b'"sig":"', b'"sig":"AA'))
    restarted = world.keeper()
    assert restarted.held("plan") is None
    world.clock.advance(timedelta(days=15).total_seconds())
    assert restarted.take("plan", raw).fresh


def test_an_acknowledgement_signed_before_the_newest_is_no_news_until_another_trust(world: Any) -> None:
    keeper = world.paired()
    now = world.clock.now()

    def fresh(seconds: float, through: int = 9) -> bool:
        fields = {"issuer": "office", "device": "loa-1", "commune": "xa-mau", "journal": "0" * 32}
        ack = ReceiptsAck(**fields, through=through, written=now + timedelta(seconds=seconds))
        return bool(keeper.take("ack", seal(ack, "ack", [world.office])).fresh)

    assert fresh(0)
    assert fresh(0, 4), "what it acknowledges may go back"
    assert not fresh(-0.001)
    assert fresh(3600)
    assert not fresh(3599)
    with pytest.raises(Refused) as refused:
        fresh(86_401)
    assert refused.value.reason == "from_future"
    assert fresh(86_399)
    keeper.take_trust(world.bundle(2))
    assert fresh(1)


def test_an_older_document_put_back_on_disk_is_not_held(world: Any) -> None:
    keeper = world.paired()
    older = world.sealed(world.plan(1))
    keeper.take("plan", older)
    keeper.take("plan", world.sealed(world.plan(2)))
    (world.state / "trust" / "held" / "plan.office.json").write_bytes(older)
    assert world.keeper().held("plan") is None


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff" * 50])
def test_a_damaged_trust_file_only_waits_for_the_next_one(world: Any, rubbish: bytes) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan()))
    bundle = (world.state / "trust" / "bundle.json").read_bytes()
    (world.state / "trust" / "bundle.json").write_bytes(rubbish)
    restarted = world.keeper()
    assert restarted.trust is None
    assert restarted.take_trust(bundle).fresh
    assert restarted.held("plan") is not None


def test_a_trust_file_exchanged_on_disk_is_not_believed(world: Any) -> None:
    file = world.state / "trust" / "bundle.json"
    first = world.bundle(1)
    world.paired().take_trust(world.bundle(2))
    for other in (first, world.bundle(2, revoked=("loa-2",)), world.bundle(3, commune="xa-khac")):
        file.write_bytes(other)
        assert world.keeper().trust is None
    newer = world.bundle(3)
    file.write_bytes(newer)
    restarted = world.keeper()
    assert restarted.trust is not None
    assert not restarted.take_trust(newer).fresh
    assert refusal(restarted.take_trust, world.bundle(2)) == "rolled_back"


def test_a_trust_file_of_before_the_new_root_is_not_believed(world: Any) -> None:
    new = [SigningKey.generate()]
    keeper = world.paired()
    file = world.state / "trust" / "bundle.json"
    old = file.read_bytes()
    chain = (world.link(2, world.root, new, expires=world.clock.now() + timedelta(days=9)),)
    keeper.take_trust(world.bundle(1, chain, keys=new, root_version=2))
    file.write_bytes(old)
    assert world.keeper().trust is None


def test_a_crash_between_document_and_mark_leaves_the_document_marked_at_the_next_start(
    world: Any, monkeypatch: Any
) -> None:
    keeper = world.paired()
    monkeypatch.setattr(Keeper, "_mark", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        keeper.take("plan", world.sealed(world.plan(5)))
    monkeypatch.undo()
    restarted = world.keeper()
    assert restarted.held("plan") is not None
    assert refusal(restarted.take, "plan", world.sealed(world.plan(4))) == "rolled_back"


def no_room_but_in(folder: Path) -> Any:
    def write(path: Path, data: bytes, **more: Any) -> None:
        if not path.is_relative_to(folder):
            no_room()
        write_atomic(path, data, **more)

    return write


def no_room(*_: Any, **__: Any) -> None:
    raise FileRefused("đầy") from OSError(errno.ENOSPC, "No space left on device")


def test_on_a_card_without_room_orders_are_taken_and_lower_ones_refused_as_ever(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = world.paired()
    with monkeypatch.context() as card:
        card.setattr("langso.durable.owed_files.write_atomic", no_room)
        assert keeper.take("plan", world.sealed(world.plan(5))).fresh
        assert keeper.held("plan").document.version == 5
        assert keeper.files.owed
        assert refusal(keeper.take, "plan", world.sealed(world.plan(4))) == "rolled_back"
        assert not keeper.files.catch_up()
    assert keeper.files.catch_up()
    restarted = world.keeper()
    assert restarted.held("plan").document.version == 5
    assert refusal(restarted.take, "plan", world.sealed(world.plan(4))) == "rolled_back"


def test_what_the_card_lacks_outlives_the_process_in_the_run_folder(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.paired()
    keeper = world.keeper(spare=tmp_path / "run")
    with monkeypatch.context() as card:
        card.setattr("langso.durable.owed_files.write_atomic", no_room_but_in(tmp_path / "run"))
        assert keeper.take("plan", world.sealed(world.plan(5))).fresh
        after = world.keeper(spare=tmp_path / "run")
        assert after.held("plan").document.version == 5
        assert refusal(after.take, "plan", world.sealed(world.plan(4))) == "rolled_back"
    assert after.files.catch_up()
    assert world.keeper().held("plan").document.version == 5
    assert [path for path in (tmp_path / "run").rglob("*") if path.is_file()] == []


def test_a_mark_never_comes_to_the_card_before_its_document(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut would leave a device that refuses the plan it holds, and is silent until it has a line."""
    keeper = world.paired()
    assert keeper.take("plan", world.sealed(world.plan(4))).fresh

    def no_plan(path: Path, data: bytes, **more: Any) -> None:
        if path.suffix == ".json":
            no_room()
        write_atomic(path, data, **more)

    monkeypatch.setattr("langso.durable.owed_files.write_atomic", no_plan)
    assert keeper.take("plan", world.sealed(world.plan(5))).fresh
    after_the_cut = world.keeper()
    assert after_the_cut.held("plan").document.version == 4


@pytest.mark.parametrize("kind", ["trust", "root", "state", "receipts", "dossier"])
def test_a_device_obeys_no_other_kinds(world: Any, kind: str) -> None:
    keeper = world.paired()
    raw = seal(world.plan().model_copy(update={"kind": kind}), kind, [world.office])
    assert refusal(keeper.take, kind, raw) == "wrong_role"


def test_a_bad_clock_mode_is_a_mistake_of_ours(world: Any) -> None:
    with pytest.raises(ValueError, match="clock mode"):
        world.keeper(clock_mode="ntp")


def test_two_of_three_root_keys_are_needed_where_the_root_says_so(world: Any) -> None:
    world.root = [SigningKey.generate() for _ in range(3)]
    roots = root_keys(world.root, 2)
    keeper = world.keeper(roots=roots)
    assert refusal(keeper.take_trust, world.bundle(keys=world.root[:1])) == "threshold"
    assert keeper.take_trust(world.bundle(keys=world.root[1:])).fresh


def test_one_villages_threshold_is_not_met_by_anothers_keys(world: Any) -> None:
    second = SigningKey.generate()
    office, village = world.rules()
    strict = office.model_copy(update={"signers": threshold_of([world.office, second], 2)})
    keeper = world.paired()
    keeper.take_trust(world.bundle(2, issuers=[strict, village]))
    plan = world.plan()
    assert refusal(keeper.take, "plan", seal(plan, "plan", [world.office])) == "threshold"
    assert refusal(keeper.take, "plan", seal(plan, "plan", [world.office, world.village])) == "wrong_role"
    assert keeper.take("plan", seal(plan, "plan", [world.office, second])).fresh


def test_trust_from_a_root_under_another_name_is_refused(world: Any) -> None:
    keeper = world.paired()
    stranger = make_bundle(
        make_trust(
            "xa-mau",
            world.rules(),
            [SigningKey.generate()],
            version=2,
            issued=world.clock.now(),
            expires=world.clock.now() + timedelta(days=1),
        )
    )
    assert refusal(keeper.take_trust, stranger) == "forged"


def _power_cut(*_: Any, **_named: object) -> None:
    raise KeyboardInterrupt


def test_one_who_only_looks_sees_what_is_held_and_writes_nothing(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan()))
    folder = world.state / "trust"
    (folder / "marks.1").unlink()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    looked = world.keeper(look_only=True)
    assert looked.held("plan", "office") is not None
    assert not looked.needs_nonce
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    (folder / "marks.2").unlink()
    assert world.keeper(look_only=True).needs_nonce
    assert not (folder / "marks.1").exists()
