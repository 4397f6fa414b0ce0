"""Who a link is: certificates that fit or do not, and two machines with one name."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from link_posts import CONNACK, HostileBroker, Post, plain, with_tls
from waiting import until

from langso.settings.reading import LinkSettings


def test_two_devices_with_one_identity_are_told_apart_from_a_bad_line(broker: Any, post: Callable[..., Post]) -> None:
    twins = [post(plain(broker), "loa-1").up(), post(plain(broker), "loa-1").up()]
    assert until(lambda: any("taken_over" in twin.reasons for twin in twins))
    told = next(twin for twin in twins if "taken_over" in twin.reasons)
    # Also while it has the place back: whoever looks later must still learn of the other.
    assert until(lambda: told.link.connected)
    assert told.link.contested
    assert told.link.check("").level == "warn"


def test_the_device_is_back_and_at_peace_once_its_clone_is_gone(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "loa-1").up()
    clone = post(plain(broker), "loa-1").up()
    assert until(lambda: "taken_over" in device.reasons and device.reasons.count("connected") >= 3)
    clone.link.stop()
    assert device.link.wait_connected(60)
    assert until(lambda: not device.link.contested)
    assert device.link.connected
    assert device.link.check("").level == "ok"


def test_a_machine_that_takes_the_place_again_and_again_is_given_way_to(post: Callable[..., Post]) -> None:
    thrown_out = HostileBroker(CONNACK + bytes([0xE0, 2, 0x8E, 0]))
    device = post(LinkSettings(host="127.0.0.1", port=thrown_out.port), "loa-1")
    device.link.start()
    try:
        # The first return is quick; the fifth comes after 0.1 + 0.2 + 0.4 + 0.75 s at the least.
        assert until(lambda: thrown_out.connections == 2, 5)
        second = time.monotonic()
        assert until(lambda: thrown_out.connections == 5)
        assert time.monotonic() - second > 0.2 + 0.4 + 0.75 - 0.05
        assert set(device.reasons) <= {"connecting", "connected", "taken_over"}
    finally:
        device.link.stop(1)
        thrown_out.close()


def test_a_broker_that_is_restarted_is_no_clone(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "loa-1").up()
    for _ in range(4):
        broker.kill()
        assert until(lambda: device.link.reason == "network")
        # It has tried the broker that is away, too.
        assert until(lambda: device.reasons[-2:] == ["network", "network"])
        broker.start()
        assert device.link.wait_connected(60)
    assert "taken_over" not in device.reasons
    assert not device.link.contested


def test_mutual_tls(tls_broker: Any, authority: Any, post: Callable[..., Post]) -> None:
    device = post(with_tls(tls_broker, authority.ca, authority.issue("loa-1")), "loa-1")
    device.link.subscribe("t")
    device.up()
    big = bytes(range(256)) * 4000
    assert device.link.publish("t", big, wait=60)
    assert until(lambda: device.payloads() == [big])
    tls_broker.kill()
    assert until(lambda: not device.link.connected)
    tls_broker.start()
    assert device.link.wait_connected(60)


def test_a_renewed_certificate_is_used_without_a_restart(
    tls_broker: Any, authority: Any, post: Callable[..., Post]
) -> None:
    pair = authority.issue("loa-1")
    device = post(with_tls(tls_broker, authority.ca, pair), "loa-1").up()
    first = pair[0].read_bytes()
    authority.issue("loa-1")
    assert pair[0].read_bytes() != first
    tls_broker.kill()
    assert until(lambda: not device.link.connected)
    tls_broker.start()
    assert device.link.wait_connected(60)


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        ("broker of another commune", "certificate", "không phải văn phòng đã ghép"),
        ("certificate for another name", "certificate", "không phải văn phòng đã ghép"),
        ("our certificate is a stranger's", "certificate", "không nhận chứng thư"),
        ("our certificate has expired", "certificate", "không nhận chứng thư"),
        ("no certificate of ours", "certificate", "không nhận chứng thư"),
        ("files absent", "certificate", "Không có tệp chứng thư"),
        ("files damaged", "certificate", "hỏng"),
        ("broker's certificate not yet valid", "clock", "đồng hồ"),
    ],
)
def test_certificates_that_do_not_fit_are_named_and_not_hammered(
    fault: str,
    reason: str,
    said: str,
    make_broker: Callable[..., Any],
    authority: Any,
    other_authority: Any,
    post: Callable[..., Post],
    tmp_path: Path,
) -> None:
    broker = make_broker(authority=authority)
    if fault == "certificate for another name":
        authority.issue("broker", server=True, hosts=("elsewhere.example",))
    if fault == "broker's certificate not yet valid":
        authority.issue("broker", server=True, days=(5, 30))
    broker.start()
    ca, pair = authority.ca, authority.issue("loa-1")
    match fault:
        case "broker of another commune":
            ca = other_authority.ca
        case "our certificate is a stranger's":
            pair = other_authority.issue("loa-1")
        case "our certificate has expired":
            pair = authority.issue("loa-1", days=(-30, -1))
        case "no certificate of ours":
            pair = None
        case "files absent":
            pair = (tmp_path / "absent.pem", tmp_path / "absent.key")
        case "files damaged":
            pair[1].write_text("not a key")
    device = post(with_tls(broker, ca, pair), "loa-1")
    device.link.start()
    assert until(lambda: device.link.reason == reason), (device.link.reason, device.link.why, device.states)
    assert said in device.link.why
    assert not device.link.connected
    # The listener is told right after the reason is there.
    assert until(lambda: bool(device.states) and said in device.states[-1][1]), device.states
    if reason == "certificate":
        tries = len(device.states)
        time.sleep(0.6)
        assert len(device.states) == tries
