"""A web page that does not answer because systemd does not hold its door open is cured by opening the door."""

from __future__ import annotations

from dataclasses import replace

import pytest
from laid_machines import Laid

from deploy.doctor import doors
from deploy.doctor.doors import judge_answers, judge_sockets
from deploy.doctor.outcome import Skipped
from deploy.doctor.scene import Scene, gather_scene
from deploy.doctor.services import Service
from deploy.install.units import sockets_of
from langso.contract.health import Check
from langso.settings.reading import load_settings
from office.founding.doors import Door

PLAIN, HTTPS, GUIDE = Door("plain", "127.0.0.1", 8080), Door("https", "::", 443), Door("guide", "::", 80)
OPEN = [Service(socket.file_name, sub="listening") for socket in sockets_of("office")]
UNIT = Service("langso-office.service", up_s=500.0)


def with_https(**more: str) -> list[Service]:
    """Both sockets, that of https changed."""
    return [replace(unit, **more) if "https" in unit.name else unit for unit in OPEN]  # type: ignore[arg-type]


def judged(sockets: list[Service], *, https: bool = False, guide: bool = True) -> Check | None:
    return judge_sockets(sockets, [(PLAIN, True), (HTTPS, https), (GUIDE, guide)])


def test_open_sockets_say_nothing_whatever_answers() -> None:
    assert judged(OPEN) is None
    assert judged([]) is None


def test_a_dead_socket_is_named_with_its_port_and_opened_while_the_service_stands_aside() -> None:
    check = judged(with_https(active="inactive", sub="dead"))
    assert check is not None
    assert check.level == "bad"
    assert check.why == "Cổng 443 không mở vì langso-office-https.socket không chạy."
    stop, start = check.fix.split("; ")
    every = "langso-office-https.socket langso-office-http.socket langso-office"
    assert (stop, start) == (f"sudo systemctl stop {every}", f"sudo systemctl start {every}")


def test_a_dead_socket_whose_port_still_answers_is_a_warning() -> None:
    check = judged(with_https(active="inactive"), https=True)
    assert check is not None
    assert check.level == "warn"
    assert "langso-office-https.socket" in check.fix


def test_both_dead_are_told_together() -> None:
    dead = [replace(unit, active="inactive") for unit in OPEN]
    check = judged(dead, guide=False)
    assert check is not None
    assert check.why.startswith("Cổng 443 không mở")
    assert "cổng 80 không mở vì langso-office-http.socket" in check.why
    assert "start langso-office-https.socket langso-office-http.socket langso-office" in check.fix


def test_one_that_failed_has_its_port_taken_by_another_program() -> None:
    check = judged(with_https(active="failed"))
    assert check is not None
    assert "sport = :443" in check.fix
    assert check.fix.index("ss -ltnp") < check.fix.index("systemctl start")


def test_a_masked_one_is_unmasked_first() -> None:
    check = judged(with_https(active="inactive", load="masked"))
    assert check is not None
    assert check.fix.startswith("sudo systemctl unmask langso-office-https.socket; sudo systemctl stop")


def test_a_port_that_the_service_opens_itself_needs_no_socket() -> None:
    dead = with_https(active="inactive")
    assert judge_sockets(dead, [(Door("https", "::", 8443), False)]) is None
    assert judge_sockets(dead, [(Door("https", "::", 1024), False)]) is None
    assert judge_sockets(dead, [(Door("https", "::", 1023), False)]) is not None


def test_another_silent_door_is_the_service_s() -> None:
    check = judge_answers({PLAIN: 200, HTTPS: None})
    assert check.level == "bad"
    assert "https://::1:443" in check.why
    assert "systemctl restart langso-office" in check.fix
    assert judge_answers({PLAIN: 500}).level == "bad"
    assert judge_answers({PLAIN: 499}).level == "ok"


@pytest.fixture
def scene(office: Laid) -> Scene:
    """An office run by systemd with its sockets, seen with its https page on."""
    office.change("[office]", '[office]\nhttps = "own"')
    found = gather_scene(load_settings(office.settings), office.settings)
    return replace(found, services=(UNIT,), beside=tuple(OPEN))


def test_the_sockets_of_the_machine_are_looked_at_also_where_the_service_is_down(scene: Scene) -> None:
    down = replace(scene, services=(replace(UNIT, active="inactive"),))
    assert list(doors.look(down)) == [Skipped("console", "langso-office.service không chạy")]
    dead = tuple(replace(unit, active="inactive") for unit in OPEN)
    (line,) = doors.look(replace(down, beside=dead))
    assert isinstance(line, Check)
    assert "langso-office-https.socket" in line.why
