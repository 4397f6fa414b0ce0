from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.install.sockets import sockets_of
from deploy.install.units import units_of
from langso.settings.model import OfficeSettings


def test_the_office_gets_the_ports_a_browser_tries_first() -> None:
    office = OfficeSettings()
    assert {socket.port for socket in sockets_of("office")} == {office.https_port, office.http_port}
    assert {socket.service for socket in sockets_of("office")} <= {unit.name for unit in units_of("office")}
    assert sockets_of("speaker") == sockets_of("kiosk") == ()


def test_a_service_opens_its_sockets_however_it_is_started() -> None:
    """While it runs without them systemd refuses to open them: the console stayed shut until a reboot."""
    for unit in units_of("office"):
        own = [socket.file_name for socket in sockets_of("office") if socket.service == unit.name]
        lines = [line for line in unit.text().splitlines() if line.startswith("Sockets=")]
        assert lines == ([f"Sockets={' '.join(own)}"] if own else [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_socket_units(tmp_path: Path) -> None:
    service = tmp_path / "langso-office.service"
    service.write_text("[Service]\nExecStart=/bin/true\n")
    files = []
    for socket in sockets_of("office"):
        files.append(tmp_path / socket.file_name)
        files[-1].write_text(socket.text())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, files)],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:/usr/lib/systemd/system"},
        check=False,
    )
    assert not [line for line in (done.stderr + done.stdout).splitlines() if "langso-office" in line]
