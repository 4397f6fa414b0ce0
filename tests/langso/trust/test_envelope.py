"""Envelopes: what is sealed opens, and nothing else does."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import MAX_DOCUMENT_BYTES, MAX_SIGNATURES
from langso.trust import Refused, SigningKey, countersign, key_id, open_sealed, read_sealed, seal

KEYS = [SigningKey.generate() for _ in range(17)]
PAYLOAD = '{"kind":"plan","name":"Thông báo"}'.encode()
SEALED = seal(PAYLOAD, "plan", KEYS[:2])
PUBLIC = [KEYS[0].public, KEYS[1].public]


def refusal(raw: bytes, kind: str = "plan", keys: list[bytes] | None = None, threshold: int = 2) -> str:
    with pytest.raises(Refused) as caught:
        open_sealed(raw, kind, PUBLIC if keys is None else keys, threshold)
    return caught.value.reason


def opened_or_reason(raw: bytes) -> bytes | str:
    try:
        return open_sealed(raw, "plan", PUBLIC, 2)
    except Refused as refused:
        return refused.reason


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(SEALED) | fields).encode()


def signatures() -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(SEALED)["signatures"]
    return listed


def test_the_exact_payload_comes_out_whatever_else_signed_too() -> None:
    assert open_sealed(SEALED, "plan", PUBLIC, 2) == PAYLOAD
    assert open_sealed(countersign(SEALED, "plan", [KEYS[5]]), "plan", PUBLIC, 2) == PAYLOAD


@given(st.binary(max_size=300))
def test_any_bytes_can_be_sealed(payload: bytes) -> None:
    assert open_sealed(seal(payload, "state", KEYS[:1]), "state", [KEYS[0].public]) == payload


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(place: int, flip: int) -> None:
    raw = bytearray(SEALED)
    raw[place] ^= flip
    assert opened_or_reason(bytes(raw)) in (PAYLOAD, "malformed", "forged", "threshold")


@given(st.integers(0, len(SEALED)), st.integers(0, 60), st.binary(max_size=60))
def test_a_cut_or_filled_place_is_refused_or_changes_nothing(place: int, length: int, filling: bytes) -> None:
    raw = SEALED[:place] + filling + SEALED[place + length :]
    assert opened_or_reason(raw) in (PAYLOAD, "malformed", "forged", "threshold")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(key_id(PUBLIC[0])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["keyid", "sig", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["payload", "payloadType", "signatures", "extra"]), json_values)
def test_a_field_of_another_shape_is_refused(name: str, value: Any) -> None:
    raw = json.dumps(json.loads(SEALED) | {name: value}).encode()
    assert refusal(raw) in ("malformed", "forged")


@given(st.binary(max_size=300))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    assert refusal(rubbish) == "malformed"


def test_a_key_counts_once_however_often_it_is_listed() -> None:
    one = seal(PAYLOAD, "plan", KEYS[:1])
    doubled = json.loads(one)
    doubled["signatures"] *= 2
    assert refusal(json.dumps(doubled).encode()) == "malformed"
    assert refusal(one, keys=[KEYS[0].public, KEYS[0].public]) == "threshold"


def test_a_key_id_spelt_in_capitals_is_no_second_key() -> None:
    first, _ = signatures()
    assert refusal(changed(signatures=[first, first | {"keyid": first["keyid"].upper()}])) == "malformed"


def test_a_stolen_key_id_with_another_keys_signature_is_forged() -> None:
    stranger = json.loads(seal(PAYLOAD, "plan", [KEYS[9]]))["signatures"][0]
    listed = [stranger | {"keyid": key.key_id} for key in KEYS[:2]]
    assert refusal(changed(signatures=listed)) == "forged"


def test_one_good_of_two_needed_is_too_few_and_a_bad_one_beside_enough_does_no_harm() -> None:
    first, second = signatures()
    bad = second | {"sig": base64.b64encode(bytes(64)).decode()}
    assert refusal(changed(signatures=[first, bad])) == "threshold"
    assert open_sealed(changed(signatures=[first, bad]), "plan", PUBLIC, 1) == PAYLOAD


def test_another_kind_is_refused_though_the_keys_are_right() -> None:
    assert refusal(SEALED, kind="urgent") == "malformed"
    assert refusal(changed(payloadType="application/vnd.langso.urgent.v1+json"), kind="urgent") == "forged"


def test_base64_has_one_spelling() -> None:
    sealed = seal(b"ab", "plan", KEYS[:2])
    assert b'"YWI="' in sealed
    for other in (b'"YWJ="', b'"YWI"', b'"YW I="', b'"YWI=\\n"', b'"YWI=="', b'"YW\\u002dI="'):
        assert refusal(sealed.replace(b'"YWI="', other)) == "malformed"


def test_a_field_written_twice_is_refused() -> None:
    assert refusal(SEALED[:-1] + b',"payload":"YWI="}') == "malformed"


def test_more_than_sixteen_signatures_and_more_than_a_mebibyte_are_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        seal(PAYLOAD, "plan", KEYS)
    filler = [{"keyid": f"{i:064x}", "sig": signatures()[0]["sig"]} for i in range(MAX_SIGNATURES - 1)]
    assert refusal(changed(signatures=signatures() + filler)) == "malformed"
    assert refusal(SEALED + b" " * MAX_DOCUMENT_BYTES) == "too_large"
    with pytest.raises(Refused, match="quá lớn"):
        seal(bytes(MAX_DOCUMENT_BYTES * 3 // 4), "plan", KEYS[:1])


def test_sixteen_signatures_and_a_mebibyte_are_read() -> None:
    full = seal(PAYLOAD, "plan", KEYS[:MAX_SIGNATURES])
    assert open_sealed(full, "plan", [KEYS[MAX_SIGNATURES - 1].public]) == PAYLOAD
    padded = SEALED + b" " * (MAX_DOCUMENT_BYTES - len(SEALED))
    assert read_sealed(padded, "plan").payload == PAYLOAD


def test_deep_nesting_does_not_bring_the_reader_down() -> None:
    for deep in (b"[" * 200_000, b'{"a":' * 200_000, b'{"payload":' + b"9" * 10_000 + b"}"):
        assert refusal(deep) == "malformed"


def test_sealing_without_a_key_or_with_one_twice_is_a_mistake_of_ours() -> None:
    for keys in ([], [KEYS[0], KEYS[0]]):
        with pytest.raises(ValueError, match="key"):
            seal(PAYLOAD, "plan", keys)
    for kind in ("", "Plan", "plan/../x", "plan v1"):
        with pytest.raises(ValueError, match="kind"):
            seal(PAYLOAD, kind, KEYS[:1])


def test_nothing_of_a_forged_payload_is_looked_at() -> None:
    sealed = read_sealed(seal(b"\xff{not json", "plan", [KEYS[3]]), "plan")
    with pytest.raises(Refused) as caught:
        sealed.require(PUBLIC, 1)
    assert caught.value.reason == "forged"


def test_a_model_that_no_device_would_open_is_not_sealed() -> None:
    from langso.contract import TargetSet

    with pytest.raises(Refused):
        seal(TargetSet(devices=("lo\u00e0a\u0300",)), "plan", KEYS[:1])
    assert seal(TargetSet(devices=("loa-1",)), "plan", KEYS[:1])


@pytest.mark.parametrize("listed", [{"keyid": "a"}, "ab", None, 3, True, {}])
def test_signatures_that_are_no_list_are_refused(listed: object) -> None:
    with pytest.raises(Refused) as caught:
        read_sealed(changed(signatures=listed), "plan")
    assert (caught.value.reason, caught.value.detail) == ("malformed", f"not 1-{MAX_SIGNATURES} signatures")


@pytest.mark.parametrize("part", [b"{},", b"1,", b'{"a":1},', b'"\xcc\x81",'])
def test_a_million_parts_are_refused_unread(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (b"[" + part * (MAX_DOCUMENT_BYTES // len(part)))[:MAX_DOCUMENT_BYTES]

    def read(raw: bytes) -> object:
        raise AssertionError("it was read")

    monkeypatch.setattr("langso.trust.envelope.strict_json", read)
    assert refusal(raw) == "malformed"


def test_as_many_signatures_as_may_be_are_read_and_one_object_more_is_not() -> None:
    full = seal(PAYLOAD, "plan", KEYS[:MAX_SIGNATURES])
    assert open_sealed(full, "plan", PUBLIC, 2) == PAYLOAD
    more = json.loads(full)
    more["signatures"].append({"keyid": KEYS[16].key_id, "sig": more["signatures"][0]["sig"]})
    assert refusal(json.dumps(more).encode()) == "malformed"
