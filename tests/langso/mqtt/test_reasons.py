from __future__ import annotations

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from langso.mqtt.reasons import from_reason

EXPECTED = {
    ("network", "soon"): {0, 4, 128, 131, 136, 139, 141, 152, 160},
    ("network", "later"): {137, 150, 151, 156, 159},
    ("protocol", "later"): {129, 130, 143, 144, 147, 148, 149, 153, 154, 155, 158, 161, 162},
    ("refused", "slow"): {132, 133, 134, 135, 138, 140, 157},
    ("taken_over", "yield"): {142},
}


def standard(packet: int) -> set[int]:
    """Codes that the MQTT 5 standard knows for a packet, by paho's own list."""
    names = ReasonCode(packet).names
    return {code for code, meanings in names.items() if any(packet in packets for packets in meanings.values())}


def test_every_code_of_the_standard_was_thought_about() -> None:
    thought = set().union(*EXPECTED.values())
    assert thought == standard(PacketTypes.CONNACK) | standard(PacketTypes.DISCONNECT)


@pytest.mark.parametrize("code", range(256))
def test_each_code_has_its_reason_and_its_pace(code: int) -> None:
    found = from_reason(code, "xa.example")
    wanted = next((kind for kind, codes in EXPECTED.items() if code in codes), ("network", "soon"))
    assert (found.reason, found.pace) == wanted
    assert str(found.why).endswith(".")
    assert "{" not in str(found.why)


def test_only_what_a_person_must_mend_is_slow_and_only_a_clone_is_given_way_to() -> None:
    paces = {code: from_reason(code, "h").pace for code in range(256)}
    assert {code for code, pace in paces.items() if pace == "slow"} == {132, 133, 134, 135, 138, 140, 157}
    assert [code for code, pace in paces.items() if pace == "yield"] == [142]
