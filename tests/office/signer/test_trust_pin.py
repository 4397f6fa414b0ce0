"""The signer believes the root it pinned, whatever lies in the office's folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import plan
from refusals import refused

from langso.contract import Caps
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey, make_bundle, make_root, make_trust, root_keys, threshold_of
from office.places import office_rule
from office.signer.errors import NotInitialised, SignerRefused, SignerUnreachable
from office.signer.places import RootFile
from office.signer.signing import Signing
from office.signer.trust_pin import FILE, TrustPin, write_pin

NOW = datetime.now(UTC)


def bundle(
    roots: list[SigningKey], version: int, *, root: int = 1, chain: tuple[bytes, ...] = (), **more: Any
) -> bytes:
    trust = make_trust(
        "hoa-son",
        [office_rule(SigningKey.generate())],
        roots,
        version=version,
        issued=NOW,
        expires=NOW + timedelta(days=9),
        root_version=root,
        **more,
    )
    return make_bundle(trust, chain)


@pytest.fixture
def root() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def pin(tmp_path: Path, root: SigningKey) -> TrustPin:
    write_pin(tmp_path, root_keys([root]))
    return TrustPin(tmp_path, lambda: pytest.fail("the pin is there"))


def again(tmp_path: Path) -> TrustPin:
    return TrustPin(tmp_path, lambda: pytest.fail("the pin is there"))


def test_an_office_that_brings_a_root_of_its_own_gets_no_signature(office_world: Any) -> None:
    """Root and trust exchanged together verify for each other, not for the signer."""
    home, thief = office_world.home, SigningKey.generate()
    own = SigningKey.load(home.signer / "1.key")
    louder = make_trust(
        "hoa-son",
        [office_rule(own)],
        [thief],
        version=2,
        issued=NOW,
        expires=NOW + timedelta(days=9),
        caps=Caps(volume=100),
    )
    home.root_file.write_bytes(RootFile(root=threshold_of([thief])).to_json())
    home.trust_file.write_bytes(make_bundle(louder))
    assert type(home)(office_world.settings).trust().trust.version == 2
    with refused(SignerRefused, "signer-list-forged"):
        Signing(home, SystemClock())
    with refused(SignerUnreachable, "signer-list-forged"):
        office_world.office.signer.sign("plan", plan(issued=NOW))


def test_a_lost_trust_document_is_answered_not_hung_up_on(office_world: Any) -> None:
    office_world.home.trust_file.unlink()
    with pytest.raises(SignerUnreachable, match=r"trust\.bundle"):
        office_world.office.signer.sign("plan", plan(issued=NOW))


def test_an_older_trust_document_is_refused_after_a_newer_one(
    pin: TrustPin, root: SigningKey, tmp_path: Path
) -> None:
    old, new = bundle([root], 3), bundle([root], 4)
    pin.open(old)
    assert pin.open(new).version == 4
    for held in (pin, again(tmp_path)):
        with refused(SignerRefused, "signer-list-old"):
            held.open(old)
        assert held.open(new).version == 4


def test_two_documents_of_one_number_are_not_both_believed(pin: TrustPin, root: SigningKey) -> None:
    pin.open(bundle([root], 3))
    with refused(SignerRefused, "signer-list-old"):
        pin.open(bundle([root], 3, caps=Caps(volume=100)))


def test_a_new_root_signed_by_the_old_is_followed_and_kept(pin: TrustPin, root: SigningKey, tmp_path: Path) -> None:
    new = SigningKey.generate()
    link = make_root(
        "hoa-son",
        root_keys([new], version=2),
        issued=NOW,
        expires=NOW + timedelta(days=9),
        old_keys=[root],
        new_keys=[new],
    )
    assert pin.open(bundle([new], 1, root=2, chain=(link,))).epoch == 2
    with pytest.raises(SignerRefused):
        again(tmp_path).open(bundle([root], 9))
    assert again(tmp_path).open(bundle([new], 2, root=2)).version == 2


def test_an_office_from_before_pins_is_pinned_once(tmp_path: Path, root: SigningKey) -> None:
    assert TrustPin(tmp_path, lambda: root_keys([root])).open(bundle([root], 1)).version == 1
    with pytest.raises(SignerRefused):
        TrustPin(tmp_path, lambda: root_keys([SigningKey.generate()])).open(bundle([SigningKey.generate()], 2))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.just(b"{}"), st.just(b"x" * 20_000)))
def test_a_damaged_pin_is_told_and_not_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with refused(NotInitialised, "signer-pin-damaged"):
        again(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content
