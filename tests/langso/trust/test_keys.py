"""Keys: saved and loaded, named by their hash, and what is no key is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from langso.durable.errors import FileRefused
from langso.trust import KeyFileError, RootKeys, SigningKey, key_id, open_sealed, seal


def test_a_saved_key_signs_as_before_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = SigningKey.generate()
    key.save(tmp_path / "office.key")
    loaded = SigningKey.load(tmp_path / "office.key")
    assert open_sealed(seal(b"x", "plan", [loaded]), "plan", [key.public]) == b"x"
    assert (tmp_path / "office.key").stat().st_mode & 0o777 == 0o600
    assert loaded.key_id == hashlib.sha256(key.public).hexdigest() == key_id(key.public)


def test_the_private_key_is_not_shown() -> None:
    key = SigningKey.generate()
    assert repr(key) == f"SigningKey({key.key_id})"


def test_an_absent_damaged_or_other_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    with pytest.raises(FileRefused):
        SigningKey.load(path)
    pem = SigningKey.generate().to_pem()
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for data in (b"", pem[:60], pem.replace(b"M", b"N"), other):
        path.write_bytes(data)
        with pytest.raises(KeyFileError):
            SigningKey.load(path)
    path.write_bytes(pem + b" " * 5000)
    with pytest.raises(FileRefused):
        SigningKey.load(path)


@given(st.binary(max_size=200))
def test_rubbish_is_no_key(rubbish: bytes) -> None:
    with pytest.raises(KeyFileError):
        SigningKey.from_pem(rubbish)


@pytest.mark.parametrize(
    ("keys", "threshold", "version"),
    [
        ((), 1, 1),
        ((b"a" * 32,), 2, 1),
        ((b"a" * 32,), 0, 1),
        ((b"a" * 32, b"a" * 32), 1, 1),
        ((b"a",), 1, 1),
        ((b"a" * 32,), 1, 0),
    ],
)
def test_a_root_that_cannot_work_is_refused(keys: tuple[bytes, ...], threshold: int, version: int) -> None:
    with pytest.raises(ValueError, match="root"):
        RootKeys(keys, threshold, version)
