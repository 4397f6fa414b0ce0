"""The broker tried beside the running link: let in, refused, of another authority, not there; who is disturbed."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from waiting import until

from langso.mqtt.link import Link
from langso.mqtt.reasons import Failure
from langso.mqtt.trial import knock, try_link
from langso.settings.model import LinkSettings


def login(settings: LinkSettings, **more: Any) -> Failure | None:
    return try_link(settings, "loa-1", **more)


Trial = Callable[..., Failure | None]
both = pytest.mark.parametrize("trial", [knock, login])


def settings_of(name: str, authority: Any, broker: Any) -> LinkSettings:
    certificate, key = authority.issue(name)
    return LinkSettings(host="127.0.0.1", port=broker.port, ca=authority.ca, cert=certificate, key=key)


@pytest.fixture
def settings(authority: Any, tls_broker: Any) -> LinkSettings:
    return settings_of("loa-1", authority, tls_broker)


@both
def test_a_device_of_the_commune_is_let_in(settings: LinkSettings, trial: Trial) -> None:
    assert trial(settings) is None


def test_knocking_does_not_touch_the_device_s_own_connection(settings: LinkSettings) -> None:
    states: list[bool] = []
    link = Link(settings, "loa-1", on_message=lambda *_: None, on_state=lambda up, _: states.append(up))
    link.start()
    assert link.wait_connected(60)
    for _ in range(3):
        assert knock(settings) is None
    # What the broker had to say to this connection has come by now.
    assert link.publish("x", b"", wait=60)
    assert link.connected
    assert not link.contested
    link.stop()
    assert states.count(True) == 1


def test_logging_in_takes_the_connection_over_which_is_why_there_is_knocking(settings: LinkSettings) -> None:
    states: queue.Queue[bool] = queue.Queue()
    link = Link(settings, "loa-1", on_message=lambda *_: None, on_state=lambda up, _: states.put(up))
    link.start()
    assert states.get(timeout=60)
    assert login(settings) is None
    # Mosquitto 2.0.11 closes the elder without a word over TLS, later ones say why.
    assert not states.get(timeout=60)
    link.stop()


def test_knocking_leaves_no_session_at_the_broker(make_broker: Callable[..., Any], authority: Any) -> None:
    broker = make_broker(authority=authority).start()
    assert knock(settings_of("loa-1", authority, broker)) is None
    until(lambda: "disconnected" in broker.log())
    broker.stop()
    # A session that outlives its client is in the file Mosquitto writes when it ends.
    assert b"loa-1" not in (broker.folder / "mosquitto.db").read_bytes()


@both
def test_what_waits_for_a_device_that_is_away_still_waits(
    settings: LinkSettings, authority: Any, tls_broker: Any, trial: Trial
) -> None:
    heard: queue.Queue[bytes] = queue.Queue()

    def device() -> Link:
        link = Link(settings, "loa-1", on_message=lambda topic, payload, retain: heard.put(payload))
        link.subscribe("order")
        link.start()
        assert link.wait_connected(60)
        return link

    device().stop()
    office = Link(settings_of("office", authority, tls_broker), "office", on_message=lambda *_: None)
    office.start()
    assert office.publish("order", b"play", wait=60)
    assert trial(settings) is None
    back = device()
    assert heard.get(timeout=60) == b"play"
    for link in (back, office):
        link.stop()


@both
def test_another_authority_and_nobody_there_are_told_apart(
    settings: LinkSettings, other_authority: Any, free_port: Callable[[], int], trial: Trial
) -> None:
    certificate, key = other_authority.issue("loa-1")
    stranger = settings.model_copy(update={"ca": other_authority.ca, "cert": certificate, "key": key})
    failure = trial(stranger)
    assert failure is not None
    assert failure.reason == "certificate"
    away = trial(settings.model_copy(update={"port": free_port()}))
    assert away is not None
    assert away.reason == "network"


@both
def test_a_broker_that_takes_no_name_of_a_certificate_is_no_broker_for_us(
    make_broker: Callable[..., Any], authority: Any, trial: Trial
) -> None:
    broker = make_broker(authority=authority, extra="use_identity_as_username false\nallow_anonymous false").start()
    failure = trial(settings_of("loa-1", authority, broker))
    assert failure is not None
    assert failure.reason == "refused"


@both
def test_a_certificate_of_another_commune_does_not_pass(
    settings: LinkSettings, other_authority: Any, trial: Trial
) -> None:
    certificate, key = other_authority.issue("loa-1")
    # The broker's word comes after the handshake, and where its end of the line comes first it is lost.
    failure = trial(settings.model_copy(update={"cert": certificate, "key": key}))
    assert failure is not None
    assert failure.reason in ("certificate", "network")


@both
def test_a_broker_that_stands_still_is_given_up(settings: LinkSettings, tls_broker: Any, trial: Trial) -> None:
    tls_broker.freeze()
    try:
        failure = trial(settings, seconds=1.0)
    finally:
        tls_broker.thaw()
    assert failure is not None
    assert failure.reason == "network"
