"""A root key's file: only its passphrase opens it, and damage is told from a wrong passphrase."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langso.trust import SigningKey
from langso.trust.roots.errors import RootKeyDamaged, WrongPassphrase
from langso.trust.roots.key_file import (
    MAX_ROOT_KEY_FILE,
    RootKeyFile,
    encrypt,
    public_part,
    read_public_part,
    read_root_key,
    unlock,
)
from langso.trust.roots.passphrase_cipher import QUICK, STRONG

NOW = datetime(2026, 11, 29, tzinfo=UTC)
PHRASE = "Đường về thôn Bảy mùa lúa chín"
GOLDEN = json.dumps(
    {
        "kind": "root-key",
        "format": 1,
        "commune": "hoa-son",
        "holder": "Bà Lan, phó chủ tịch",
        "public_key": "7dc0fbf428eaa28bd977773a29f08499f5d098692197f62c66ddc72d34153c50",
        "made": "2026-11-29T00:00:00.000Z",
        "memory_kib": 8,
        "passes": 1,
        "lanes": 1,
        "salt": "0ca8e3fd06360f0632456635269ef06c",
        "nonce": "cea2252303e0765817426d7f",
        "sealed": (
            "7613329dea6bd666b96afd9f79fcec2263f7b2bef16e1643870a05bd225ff187620428b0367ee056c0bd2b43b97b0f84"
            "0bedcc6cd52639de548da2b70f43b1d21248cea9564eb8e2a32a074152ac38a59d5f7ef2f5406bbf4a3e93027c9e9ede"
            "219ad83064ef9d21ae4aa71cfd18830b8a2068ca1f371d66cc12acb08b531d81e4e777d8f82245"
        ),
        "sha256": "4e5290c01b830aeb6c436850ffce5af6ac4779b6fa9e7e1976f8e61672defc4e",
    }
).encode()
GOLDEN_ID = "7b778d29954316182a20df9175c12683ed7858ffeff067aadf84b9e2d3d217e5"


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture(scope="module")
def file(key: SigningKey) -> RootKeyFile:
    return encrypt(key, PHRASE, commune="hoa-son", holder="Chủ tịch xã", now=NOW, cost=QUICK)


def test_the_passphrase_opens_it_and_nothing_else_does(key: SigningKey, file: RootKeyFile) -> None:
    read = read_root_key(file.to_json())
    assert unlock(read, PHRASE).key_id == key.key_id
    with pytest.raises(WrongPassphrase, match="Chủ tịch xã"):
        unlock(read, PHRASE + " x")
    for secret in (key.to_pem()[30:60], PHRASE.encode(), b"duong ve thon"):
        assert secret not in file.to_json()


@pytest.mark.parametrize("typed", ["duong ve thon bay mua lua chin", "  ĐƯỜNG về  thôn Bảy mùa lúa chín "])
def test_marks_capitals_and_spaces_do_not_count(file: RootKeyFile, typed: str) -> None:
    assert unlock(file, typed).public == file.public


def test_a_stick_of_today_opens_with_every_later_version() -> None:
    """Sticks lie in drawers for years: neither the cipher nor what is folded away may change under format 1."""
    assert unlock(read_root_key(GOLDEN), PHRASE).key_id == GOLDEN_ID


def test_a_stick_is_expensive_to_guess() -> None:
    assert STRONG.memory_kib >= 64 << 10
    assert STRONG.passes >= 3


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_byte_is_damage_not_a_wrong_passphrase(file: RootKeyFile, data: st.DataObject) -> None:
    raw = bytearray(file.to_json())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        read = read_root_key(bytes(raw))
    except RootKeyDamaged:
        return
    # JSON has more than one spelling of the same thing; what was read is then the same thing.
    assert read == file


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.binary(max_size=400), st.just(b"x" * (MAX_ROOT_KEY_FILE + 1)), st.text(max_size=200).map(str.encode))
)
def test_rubbish_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(RootKeyDamaged):
        read_root_key(raw)


def test_what_stands_beside_the_key_cannot_be_exchanged(file: RootKeyFile) -> None:
    """With a right checksum: the cipher itself is bound to the other fields."""
    from langso.trust.roots.key_file import _checksum

    other = file.model_copy(update={"holder": "Kẻ gian"})
    other = other.model_copy(update={"sha256": _checksum(other)})
    with pytest.raises(WrongPassphrase):
        unlock(read_root_key(other.to_json()), PHRASE)


def test_a_newer_format_is_told_as_such(file: RootKeyFile) -> None:
    raw = json.dumps({**json.loads(file.to_json()), "format": 2}).encode()
    with pytest.raises(RootKeyDamaged, match="cập nhật"):
        read_root_key(raw)


@pytest.mark.parametrize("field", ["memory_kib", "passes", "lanes"])
def test_a_file_cannot_ask_for_endless_work(file: RootKeyFile, field: str) -> None:
    raw = json.dumps({**json.loads(file.to_json()), field: 1 << 30}).encode()
    with pytest.raises(RootKeyDamaged):
        read_root_key(raw)


def test_the_public_part_holds_no_secret_and_tells_damage(file: RootKeyFile) -> None:
    part = public_part(file)
    assert read_public_part(part.to_json()) == part
    assert part.code == file.code
    assert file.sealed.encode() not in part.to_json()
    with pytest.raises(RootKeyDamaged, match="xin lại"):
        read_public_part(part.to_json().replace("Chủ".encode(), "Chú".encode()))


@pytest.mark.parametrize("name", ["Chủ tịch\x1b[8m", "\u202eChủ tịch", "Chủ\u200btịch"])
def test_a_holder_s_name_steers_no_terminal(name: str) -> None:
    """What a holder signs is told in words: signs that hide or turn words have no place in it."""
    key = SigningKey.generate()
    with pytest.raises(ValueError, match="holder"):
        encrypt(key, PHRASE, commune="hoa-son", holder=name, now=NOW, cost=QUICK)
