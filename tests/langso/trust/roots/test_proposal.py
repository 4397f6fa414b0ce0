"""A proposal's file: parts that fit, signatures that count, rubbish refused; the words a holder reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.contract import Caps, IssuerRule, LoudnessCap, QuietHours, TrustDocument, VouchedAccount
from langso.trust import SigningKey, open_bundle, threshold_of
from langso.trust.roots import differences
from langso.trust.roots.ceremony import in_words, sign_with, sit_down
from langso.trust.roots.errors import ProposalRefused, RootKeyDamaged, StickRefused, WrongPassphrase
from langso.trust.roots.key_file import code_of, unlock
from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES, ReadProposal, build, read_proposal, sign
from langso.words.language import Language, in_language

from .conftest import PHRASE, Commune

Founded = Callable[[], ReadProposal]


def signed(read: ReadProposal, commune: Commune, *numbers: int) -> ReadProposal:
    for number in numbers:
        read = sign_with(sit_down(commune.sticks[number], read), PHRASE)
    return read


def test_two_of_three_sticks_in_turn_found_a_commune(commune: Commune) -> None:
    read = commune.founding()
    assert read.missing() == [f"Còn thiếu 2 chữ ký của khoá gốc: {', '.join(key.named() for key in commune.keys)}."]
    read = signed(read, commune, 2)
    assert "Còn thiếu 1" in read.missing()[0]
    with pytest.raises(ProposalRefused, match="Còn thiếu 1"):
        read.bundle()
    read = read_proposal(signed(read, commune, 0).proposal.to_json())
    assert read.missing() == []
    assert open_bundle(read.bundle(), read.roots).trust == read.trust


def test_signing_twice_is_one_signature(commune: Commune) -> None:
    read = signed(commune.founding(), commune, 0)
    assert sit_down(commune.sticks[0], read).done
    assert signed(read, commune, 0) == read
    assert "Còn thiếu 1" in read.missing()[0]


def test_a_wrong_passphrase_signs_and_remembers_nothing(commune: Commune) -> None:
    sitting = sit_down(commune.sticks[0], commune.founding())
    with pytest.raises(WrongPassphrase):
        sign_with(sitting, "mot cau khac han that dai")
    assert sit_down(commune.sticks[0], commune.founding()).memory is None


def test_a_stranger_stick_is_refused(commune: Commune) -> None:
    read = commune.founding()
    stranger = commune.stick("Người lạ")
    with pytest.raises(ProposalRefused, match="không thuộc"):
        sit_down(stranger, read)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_proposal_is_refused_or_says_what_it_says(
    data: st.DataObject, commune_once: tuple[Commune, bytes]
) -> None:
    commune, raw = commune_once
    changed = bytearray(raw)
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        read = read_proposal(bytes(changed))
        bundle = read.bundle()
    except ProposalRefused:
        return
    assert open_bundle(bundle, read.roots).trust == commune.founding().trust


@pytest.fixture(scope="module")
def commune_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Commune, bytes]:
    commune = Commune(tmp_path_factory.mktemp("commune"))
    for holder in ("A", "B"):
        commune.stick(holder)
    return commune, signed(commune.founding(), commune, 0, 1).proposal.to_json()


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode), st.just(b"[" * 100_000)))
def test_rubbish_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(ProposalRefused):
        read_proposal(raw)


def test_too_large_or_too_new_is_told(commune: Commune) -> None:
    with pytest.raises(ProposalRefused, match="quá lớn"):
        read_proposal(b" " * (MAX_PROPOSAL_BYTES + 1))
    raw = {**json.loads(commune.founding().proposal.to_json()), "format": 2}
    with pytest.raises(ProposalRefused, match="cập nhật"):
        read_proposal(json.dumps(raw).encode())


def test_parts_that_do_not_fit_are_refused(commune: Commune, founded: Founded) -> None:
    base = founded()
    good = commune.change(base)
    older = base.trust.model_copy(update={"version": 5}).to_json().decode()
    other = threshold_of([SigningKey.generate()])
    for wrong in (
        {"trust": older},
        {"root": other},
        {"root_version": 2},
        {"commune": "xa-khac"},
        {"base": None},
        {"trust": good.trust.model_copy(update={"issuer": "office"}).to_json().decode()},
        {"trust": good.trust.model_copy(update={"expires": good.trust.issued}).to_json().decode()},
        {"next_root": "{}"},
    ):
        with pytest.raises(ProposalRefused):
            read_proposal(good.proposal.model_copy(update=wrong).to_json())


def test_a_list_that_the_office_made_up_is_not_taken_for_the_present_one(commune: Commune, founded: Founded) -> None:
    """An owned office hides a change by pretending that it was made long ago: under a root that names the holder."""
    founded()
    thief = SigningKey.generate()
    mine = unlock(commune.keys[0], PHRASE)
    fake_commune = Commune(commune.folder, signer=thief, sticks=commune.sticks, keys=[commune.keys[0]])
    fake_base = fake_commune.founding(threshold=1)
    forged_root = threshold_of([mine.public, thief.public], 1)
    forged = fake_base.proposal.model_copy(update={"root": forged_root})
    forged_read = sign(read_proposal(forged.to_json()), thief)
    proposal = fake_commune.change(forged_read)
    assert in_words(proposal)[0].startswith("Chỉ gia hạn")
    with pytest.raises(ProposalRefused, match="báo xã"):
        sit_down(commune.sticks[0], proposal)
    # A stick that remembers nothing cannot know better: it says so, and names the keys to compare.
    (commune.sticks[0] / "langso-root-hoa-son.seen").unlink()
    words = sit_down(commune.sticks[0], proposal).words
    assert "chưa nhớ" in words[0]
    assert any(code_of(thief.public) in line for line in words)


def test_a_stick_does_not_go_back(commune: Commune, founded: Founded) -> None:
    base = founded()
    first = commune.change(base, caps=Caps(volume=50))
    second = commune.change(signed(first, commune, 0, 1), caps=Caps(volume=40))
    signed(second, commune, 0)
    with pytest.raises(ProposalRefused, match="đã cũ"):
        sit_down(commune.sticks[0], first)


def test_another_list_of_the_same_number_is_pointed_out(commune: Commune, founded: Founded) -> None:
    base = founded()
    signed(commune.change(base, caps=Caps(volume=50)), commune, 0)
    words = sit_down(commune.sticks[0], commune.change(base, caps=Caps(volume=90))).words
    assert words[0].startswith("CHÚ Ý: USB này đã ký một danh sách khác cùng số 2")


def test_a_new_root_needs_old_and_new_holders_and_sticks_follow(commune: Commune, founded: Founded) -> None:
    base = founded()
    commune.stick("Cô Tư")
    new = [commune.keys[0], commune.keys[1], commune.keys[3]]
    read = commune.change(base, next_root=(new, 2))
    words = "\n".join(in_words(read))
    assert f"thêm khoá gốc {commune.keys[3].named()}" in words
    assert f"bỏ khoá gốc {commune.keys[2].named()}" in words
    assert "khoá gốc cũ" in read.missing()[0]
    read = signed(read, commune, 0)
    assert "chưa nhớ" in sit_down(commune.sticks[3], read).words[0]
    read = signed(read, commune, 3)
    assert read.missing() == [
        f"Còn thiếu 1 chữ ký của khoá gốc cũ: {commune.keys[1].named()}, {commune.keys[2].named()}."
    ]
    # The key that goes may still sign for its own going, and for that alone.
    read = signed(read, commune, 2)
    assert read.missing() == []
    assert open_bundle(read.bundle(), base.roots).root.version == 2
    later = commune.change(read, caps=Caps(volume=30))
    assert signed(later, commune, 3, 1).missing() == []
    with pytest.raises(ProposalRefused, match="không thuộc"):
        sit_down(commune.sticks[2], later)


def test_a_stick_of_another_commune_is_refused(commune: Commune) -> None:
    read = commune.founding()
    empty = commune.folder / "empty"
    empty.mkdir()
    with pytest.raises(StickRefused, match="hoa-son"):
        sit_down(empty, read)
    (empty / "langso-root-hoa-son.key").write_bytes(b"{}")
    with pytest.raises(RootKeyDamaged):
        sit_down(empty, read)


ACCOUNT = VouchedAccount(
    id="phi",
    bin="970415",
    number="0123456789",
    holder="UBND XA HOA SON",
    purpose="fees",
    valid_until=datetime(2026, 12, 31, 17, tzinfo=UTC),
)
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "louder": ({"caps": Caps(volume=100)}, "CHÚ Ý: Âm lượng cao nhất 100 % (trước 80 %)"),
    "quieter": ({"caps": Caps(volume=10)}, "Âm lượng cao nhất 10 %"),
    "longer": ({"caps": Caps(volume=80, minutes_a_day=90)}, "90 phút mỗi ngày"),
    "softer": (
        {"caps": Caps(volume=80, loudness=(LoudnessCap(start="21:00", end="06:00", volume=40),))},
        "Từ 21:00 đến 06:00",
    ),
    "quiet": ({"caps": Caps(volume=80, quiet_hours=(QuietHours(start="21:00", end="05:00"),))}, "21:00–05:00"),
    "revoked": ({"revoked": ("loa-1", "loa-2")}, "Thu hồi thiết bị loa-2"),
    "restored": ({"revoked": ()}, "CHÚ Ý: trả quyền cho thiết bị đã thu hồi loa-1"),
    "account": ({"accounts": (ACCOUNT,)}, "CHÚ Ý: tài khoản nhận tiền «phi» là số 0123456789, ngân hàng 970415"),
    "payee": ({"accounts": (ACCOUNT,)}, "chủ UBND XA HOA SON, của xã, thu phí, lệ phí, dùng đến hết Thứ Năm 31/12"),
    "scans": ({"age_recipient": "age1" + "q" * 58}, "CHÚ Ý: giấy tờ quét được khoá cho age1qqqq"),
    "relay": ({"relay_hosts": ("vov.vn",)}, "CHÚ Ý: được tiếp âm từ vov.vn"),
    "merged": ({"communes": ("hoa-son", "hoa-binh")}, "thêm mã xã hoa-binh"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_said(commune: Commune, name: str) -> None:
    same: dict[str, Any] = {"caps": Caps(volume=80), "revoked": ("loa-1",)}
    base = signed(commune.founding(**same), commune, 0, 1)
    change, said = CHANGES[name]
    words = sit_down(commune.sticks[0], commune.change(base, **{**same, **change})).words
    assert any(said in line for line in words), words
    assert not any("Chỉ gia hạn" in line for line in words)


@pytest.mark.parametrize(("spoken", "mark"), [("vi", "CHÚ Ý: "), ("en", "ATTENTION: ")])
@pytest.mark.parametrize("name", CHANGES)
def test_what_must_not_be_passed_over_is_marked_in_every_language(
    commune: Commune, name: str, spoken: Language, mark: str
) -> None:
    same: dict[str, Any] = {"caps": Caps(volume=80), "revoked": ("loa-1",)}
    base = signed(commune.founding(**same), commune, 0, 1)
    signed(commune.change(base, **{**same, "caps": Caps(volume=81)}), commune, 0)
    with in_language(spoken):
        words = sit_down(commune.sticks[0], commune.change(base, **{**same, **CHANGES[name][0]})).words
    assert isinstance(words[0], differences.Weighty), "another list of this number was signed"
    assert [line.startswith(mark) for line in words] == [isinstance(line, differences.Weighty) for line in words]


ISSUERS: dict[str, tuple[dict[str, Any], str]] = {
    "kinds": ({"kinds": ("plan", "urgent", "order")}, "CHÚ Ý: «office» được thêm lệnh cho từng thiết bị"),
    "granted": ({"grants": ("notices",)}, "CHÚ Ý: «office» được thêm notices"),
    "fewer": ({"kinds": ("plan",)}, "không còn được lệnh khẩn"),
    "classes": ({"classes": ("normal",)}, "không còn được loại tin ưu tiên, tin khẩn cấp"),
    "places": ({"places": ("thon-1",)}, "thon-1"),
    "minutes": ({"minutes_a_day": 30}, "30 phút mỗi ngày"),
    "epoch": ({"epoch": 1}, "đời khoá 1"),
    "signers": ({"signers": threshold_of([SigningKey.generate()])}, "CHÚ Ý: «office» ký bằng khoá"),
}


@pytest.mark.parametrize("name", ISSUERS)
def test_each_change_of_an_issuer_is_said(commune: Commune, founded: Founded, name: str) -> None:
    change, said = ISSUERS[name]
    words = in_words(commune.change(founded(), issuers=[commune.rule(**change)]))
    assert any(said in line for line in words), words


def test_an_issuer_that_comes_or_goes_is_said(commune: Commune, founded: Founded) -> None:
    village = commune.rule(
        name="thon-1", places=("thon-1",), classes=("normal",), signers=threshold_of([SigningKey.generate()])
    )
    base = founded()
    added = commune.change(base, issuers=[commune.rule(), village])
    assert "CHÚ Ý: thêm nơi được ra lệnh «thon-1»." in in_words(added)
    gone = commune.change(signed(added, commune, 0, 1))
    assert any("«thon-1» không còn được ra lệnh" in line for line in in_words(gone))


def test_a_renewal_says_that_nothing_else_changes(commune: Commune, founded: Founded) -> None:
    words = in_words(commune.change(founded()))
    assert words[0].startswith("Chỉ gia hạn")
    assert "28/11/2028" in words[-1]


def test_a_field_of_a_later_contract_is_never_signed_unseen(founded: Founded) -> None:
    class Later(TrustDocument):
        payees: tuple[str, ...] = ()

    trust = founded().trust
    before = Later.model_validate(trust.model_dump())
    after = before.model_copy(update={"payees": ("970436 0123",)})
    words = differences.changes_in_words(before, after, founded_roots(), founded_roots(), str)
    assert any("payees" in line and "970436 0123" in line for line in words)
    first = differences.founding_in_words(after, founded_roots(), str)
    assert any("970436 0123" in line for line in first)


def test_what_a_later_list_adds_is_not_signed_by_a_program_that_cannot_tell_it(founded: Founded) -> None:
    proposal = founded().proposal
    trust = json.loads(proposal.trust)
    rule = {**trust["issuers"][0], "may_more": ["everything"]}
    for more in ({**trust, "payees": ["970436 0123"]}, {**trust, "issuers": [rule]}):
        with pytest.raises(ProposalRefused, match="cập nhật phần mềm"):
            build(proposal.model_copy(update={"trust": json.dumps(more), "signatures": ()}))
    assert build(proposal.model_copy(update={"trust": json.dumps({**trust, "payees": None}), "signatures": ()}))


def test_an_account_that_changes_hands_or_goes_is_said(commune: Commune) -> None:
    base = signed(commune.founding(accounts=(ACCOUNT,)), commune, 0, 1)
    other = ACCOUNT.model_copy(update={"number": "999", "holder_kind": "person", "village": "thon-1"})
    words = in_words(commune.change(base, accounts=(other,)))
    assert any("số 999" in line and "của thon-1" in line and "đứng tên cá nhân" in line for line in words)
    assert any("trước đây là số 0123456789" in line for line in words)
    assert any("«phi» không còn là của xã: số 0123456789" in line for line in in_words(commune.change(base)))


def founded_roots() -> Any:
    from langso.trust import RootKeys

    return RootKeys((bytes(32),), 1)


def test_every_field_of_today_is_told_or_always_the_same() -> None:
    assert set(TrustDocument.model_fields) == differences._TOLD
    assert set(IssuerRule.model_fields) == differences._RULE_TOLD
    assert set(Caps.model_fields) == differences._CAPS_TOLD
