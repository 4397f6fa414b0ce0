"""The broker tried beside the running link: let in, refused, of another authority, not there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from langso.link import Link
from langso.link_trial import try_link
from langso.settings_model import LinkSettings


@pytest.fixture
def settings(authority: Any, tls_broker: Any) -> LinkSettings:
    certificate, key = authority.issue("loa-1")
    return LinkSettings(host="127.0.0.1", port=tls_broker.port, ca=authority.ca, cert=certificate, key=key)


def test_a_device_of_the_commune_is_let_in(settings: LinkSettings) -> None:
    assert try_link(settings) is None


def test_the_device_s_own_connection_is_not_taken_over(settings: LinkSettings) -> None:
    states: list[bool] = []
    link = Link(settings, "loa-1", on_message=lambda *_: None, on_state=lambda up, _: states.append(up))
    link.start()
    assert link.wait_connected(10)
    for _ in range(3):
        assert try_link(settings) is None
    assert link.connected
    link.stop()
    assert states.count(True) == 1


def test_no_session_is_left_at_the_broker(make_broker: Callable[..., Any], authority: Any) -> None:
    broker = make_broker(authority=authority).start()
    certificate, key = authority.issue("loa-1")
    settings = LinkSettings(host="127.0.0.1", port=broker.port, ca=authority.ca, cert=certificate, key=key)
    assert try_link(settings) is None
    end = time.monotonic() + 5
    while "disconnected" not in broker.log() and time.monotonic() < end:
        time.sleep(0.02)
    broker.stop()
    # A session that outlives its client is in the file Mosquitto writes when it ends.
    assert b"trial-" not in (broker.folder / "mosquitto.db").read_bytes()


def test_another_authority_and_nobody_there_are_told_apart(
    settings: LinkSettings, other_authority: Any, free_port: Callable[[], int]
) -> None:
    certificate, key = other_authority.issue("loa-1")
    stranger = settings.model_copy(update={"ca": other_authority.ca, "cert": certificate, "key": key})
    failure = try_link(stranger)
    assert failure is not None
    assert failure.reason == "certificate"
    away = try_link(settings.model_copy(update={"port": free_port()}))
    assert away is not None
    assert away.reason == "network"


def test_a_broker_that_stands_still_is_given_up(settings: LinkSettings, tls_broker: Any) -> None:
    tls_broker.freeze()
    try:
        failure = try_link(settings, seconds=1.0)
    finally:
        tls_broker.thaw()
    assert failure is not None
    assert failure.reason == "network"
