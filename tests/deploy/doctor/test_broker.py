"""Doctor looks for the office as the device itself does, and cuts no line that is there."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from laid_machines import COMMUNE, DEVICE, Laid, state_of

from deploy.doctor.broker import judge_line, look, may_be_linked, reach
from deploy.doctor.scene import FRESH_S, gather_scene
from deploy.doctor.services import Service
from langso.contract import Topics
from langso.contract.health import Check
from langso.device import pairing
from langso.device.whereabouts import Place, Whereabouts
from langso.durable.single_instance import SingleInstance
from langso.mqtt.link import FIND_CLONE, Link
from langso.mqtt.reasons import Failure, from_reason
from langso.settings.model import LinkSettings
from langso.settings.reading import load_settings
from langso.timekeeping.known_time import wall_time
from langso.words.language import Language, use_language


@pytest.fixture(autouse=True)
def no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' certificates are for localhost only, at which nobody is asked for another place."""
    monkeypatch.setattr("langso.device.whereabouts.is_loopback", lambda _: False)


def moved(authority: Any) -> LinkSettings:
    """Paired with a broker that is no longer at this port of this name."""
    certificate, key = authority.issue("loa-1")
    return LinkSettings(host="localhost", port=1, ca=authority.ca, cert=certificate, key=key)


def test_an_office_that_is_found_elsewhere_under_its_name_is_no_broken_line(authority: Any, tls_broker: Any) -> None:
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.2", 1), Place("127.0.0.1", tls_broker.port)])
    link = moved(authority)
    failure, place = reach(link, where, wall_time, "loa-1", lambda: False)
    assert failure is None
    assert place == Place("127.0.0.1", tls_broker.port)
    check = judge_line(failure, link, office=False, place=place)
    assert check.level == "ok"
    assert "127.0.0.1" in check.why


def test_where_nothing_lets_it_in_the_paired_name_s_failure_is_told(
    authority: Any, make_broker: Any, tmp_path: Any
) -> None:
    stranger = type(authority)(tmp_path / "stranger")
    liar = make_broker(authority=stranger).start()
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.1", liar.port)])
    failure, place = reach(moved(authority), where, wall_time, "loa-1", lambda: False)
    assert failure is not None
    assert (failure.reason, place) == ("network", None)


def test_a_device_without_other_places_tries_its_settings_only(authority: Any) -> None:
    failure, place = reach(moved(authority), None, wall_time, "loa-1", lambda: False)
    assert failure is not None
    assert place is None


class Running:
    """The loudspeaker's program: its lock, its own line to the broker, and its note of how that stands."""

    def __init__(self, laid: Laid) -> None:
        self.laid, self.states = laid, list[bool]()
        self.link = Link(
            pairing.load_paired(laid.state).link(load_settings(laid.settings).link),
            DEVICE,
            on_message=lambda *_: None,
            on_state=lambda up, _: self.states.append(up),
        )

    def note(self, check: Check) -> None:
        (self.laid.run / "speaker-state.json").write_bytes(state_of("speaker", check).to_json())

    def line(self) -> Check:
        return next(check for check in self.laid.examine().checks if check.name == "broker")


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    yield
    use_language("vi")


@pytest.fixture
def running(speaker: Laid) -> Iterator[Running]:
    with SingleInstance(speaker.run / "speaker.lock"):
        made = Running(speaker)
        made.link.start()
        assert made.link.wait_connected(60)
        yield made
        made.link.stop()


def test_the_running_program_s_line_is_not_cut(running: Running) -> None:
    running.note(running.link.check("-"))
    for _ in range(2):
        assert running.line().level == "ok"
    # What the broker had to say to this line has come by now.
    assert running.link.publish(Topics(COMMUNE).device(DEVICE, "state"), b"", wait=60)
    assert running.states == [True]
    assert not running.link.contested


@pytest.mark.parametrize("reader", ["vi", "en"])
def test_neither_is_one_that_a_clone_has_lately_taken(running: Running, reader: Language) -> None:
    running.note(Check.warning("link", "Một máy khác đang dùng số hiệu này.", FIND_CLONE))
    use_language(reader)
    assert running.line().level == "ok"
    assert running.link.publish(Topics(COMMUNE).device(DEVICE, "state"), b"", wait=60)
    assert running.states == [True]


def test_a_program_that_has_no_line_is_tried_in_full(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def refused(_: LinkSettings, client_id: str, **__: object) -> Failure:
        tried.append(client_id)
        return from_reason(0x87, "localhost")

    monkeypatch.setattr("deploy.doctor.broker.try_link", refused)
    running.note(Check.warning("link", "Máy chủ không cho vào.", "Xem mạng."))
    assert running.line().level == "bad"
    running.note(Check.good("link", "Đã nối."))
    assert running.line().level == "ok"
    # One that hangs says nothing: nothing is known of its line.
    old = time.time() - 2 * FRESH_S
    os.utime(running.laid.run / "speaker-state.json", (old, old))
    assert running.line().level == "bad"
    assert tried == [DEVICE, DEVICE]


@pytest.mark.parametrize(
    ("service", "only_knocks"),
    [
        # Its line comes up at any moment, also right after it wrote that it has none.
        (Service("langso-speaker.service", up_s=5.0), True),
        (Service("langso-speaker.service", active="activating", sub="start"), True),
        (Service("langso-speaker.service", active="deactivating", sub="stop-sigterm"), True),
        # No process: nothing is connected.
        (Service("langso-speaker.service", active="activating", sub="auto-restart"), False),
        (Service("langso-speaker.service", active="inactive", sub="dead"), False),
        (Service("langso-speaker.service", up_s=5000.0), False),
    ],
)
def test_a_program_that_has_only_just_begun_is_not_logged_in_beside(
    running: Running, service: Service, only_knocks: bool
) -> None:
    running.note(Check.warning("link", "Máy chủ không cho vào.", "Xem mạng."))
    settings = load_settings(running.laid.settings)
    scene = replace(gather_scene(settings, running.laid.settings), services=(service,), begun_s=5000.0)
    assert may_be_linked(scene) is only_knocks


BROKER = Service("langso-broker.service", up_s=500.0)
CONSOLE = Service("langso-office.service", up_s=500.0, status="Đã nối máy chủ tin; Lịch đã ký.")


def office_line(laid: Laid, *services: Service) -> Check:
    scene = replace(gather_scene(load_settings(laid.settings), laid.settings), services=services)
    (line,) = look(scene)
    assert isinstance(line, Check)
    return line


def test_the_running_office_s_line_is_not_cut_and_its_own_word_counts(office: Laid) -> None:
    states: list[bool] = []
    link = Link(
        load_settings(office.settings).link, "office",
        on_message=lambda *_: None, on_state=lambda up, _: states.append(up),
    )  # fmt: skip
    link.start()
    assert link.wait_connected(60)
    assert office_line(office, BROKER, CONSOLE).level == "ok"
    for words in ("Chưa nối máy chủ tin: máy chủ tin không cho vào; Lịch đã ký.", "Not connected: không cho vào"):
        cut = replace(CONSOLE, status=words, trouble=errno.ENOTCONN)
        told = office_line(office, BROKER, cut)
        assert told.level == "warn"
        assert "không cho vào" in told.why
    # Its words alone are for people.
    assert office_line(office, BROKER, replace(cut, trouble=0)).level == "ok"
    # What it said before either was started anew may be old.
    for services in ((BROKER, replace(cut, up_s=5.0)), (replace(BROKER, up_s=5.0), cut)):
        assert office_line(office, *services).level == "ok"
    assert link.publish(Topics(COMMUNE).plan, b"", wait=60)
    assert states == [True]
    link.stop()


def test_a_broker_of_the_office_s_own_that_hangs_is_started_anew(office: Laid) -> None:
    office.broker.stop()
    with socket.create_server(("127.0.0.1", office.broker.port)):
        told = office_line(office, BROKER, CONSOLE)
    assert told.level == "bad"
    assert "bị treo" in told.why
    assert "sudo systemctl restart langso-broker" in told.fix


def test_one_that_answers_and_shuts_the_door_is_not_said_to_hang(office: Laid) -> None:
    office.broker.stop()
    with socket.create_server(("127.0.0.1", office.broker.port)) as door:

        def shut() -> None:
            with contextlib.suppress(OSError):
                while True:
                    door.accept()[0].close()

        thread = threading.Thread(target=shut, daemon=True)
        thread.start()
        told = office_line(office, BROKER, CONSOLE)
        door.shutdown(socket.SHUT_RDWR)
        thread.join(60)
    assert told.level == "bad"
    assert "treo" not in told.why
