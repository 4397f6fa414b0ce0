"""A device whose renewal was killed half way, or that was switched off past its certificate's end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from renewals import DAY, NOW, Served, pair, renewer, usable

from langso.device.certificate_renewal import Renewer
from langso.device.certificates import make_server_certificate
from langso.device.office_line import OfficeLine
from langso.device.pairing import begin_pairing, finish_pairing, load_paired
from langso.device.pairing_files import answer_request, read_request
from langso.mqtt.failures import Backoff
from langso.mqtt.link import Link
from langso.settings.model import LinkSettings
from langso.timekeeping.clock import SystemClock
from langso.timekeeping.known_time import KnownTime
from office.fleet.pairing import addresses_of

_KILLED = """
import os, signal, sys, traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from langso.device import certificate_renewal
from langso.timekeeping.clock import SystemClock
from langso.device.office_line import OfficeLine
from langso.device.pairing import load_paired
from langso.device.tls import KnownTime
calls = 0
def dying(real, at):
    def call(*arguments, **more):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)
    return call
def renew(state, url, days, at):
    line = OfficeLine(known=lambda: KnownTime(datetime.now(UTC) + timedelta(days=days), exact=True))
    one = certificate_renewal.Renewer(load_paired(state), url, line, SystemClock())
    os.open, os.fsync, os.fchmod, os.replace = (
        dying(one, at) for one in (os.open, os.fsync, os.fchmod, os.replace)
    )
    Path.unlink = dying(Path.unlink, at)
    one._ask = dying(one._ask, at)
    one.renew()
for asked in sys.stdin:
    state, url, days, at = asked.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        try:
            renew(Path(state), url, float(days), int(at))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def renew_killed() -> Iterator[Callable[[Path, str, float, int], int]]:
    """A renewal in a process of its own, killed at the so-manieth step; its exit status. What it imports is imported
    once: each process is forked from one that has it.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        asking, told = one.stdin, one.stdout
        assert asking is not None
        assert told is not None

        def renew(state: Path, url: str, days: float, at: int) -> int:
            print(state, url, days, at, sep="\t", file=asking, flush=True)
            return int(told.readline())

        yield renew


def test_killed_at_any_step_a_device_keeps_a_key_and_a_certificate_that_fit(
    served: Served, renew_killed: Callable[[Path, str, float, int], int], tmp_path: Path
) -> None:
    first = usable(pair(served.world, tmp_path / "loa-1"))
    certificates = served.world.office.fleet.certificates
    killed = renewed = 0
    for at in range(1, 60):
        state = tmp_path / f"cut-{at}"
        shutil.copytree(tmp_path / "loa-1", state, symlinks=True)
        given = len(certificates.given("loa-1"))
        status = renew_killed(state, served.url, 61, at)
        paired = load_paired(state)
        renewed += usable(paired) != first
        if status == 0:
            break
        assert status == -signal.SIGKILL
        killed += 1
        renewer(paired, served.url, 61).renew()
        assert usable(paired) != first
        # The key that waited is used again: the office was asked twice at most for the same one.
        assert len(certificates.given("loa-1")) - given <= 2
        served.world.office.store.db.execute("UPDATE certificates SET how = 'pairing'")
    assert (killed, renewed) == (17, 4), "each step once, the last three after the rename"


class OfficeAuthority:
    """The office's own, for a broker of the tests."""

    def __init__(self, home: Any, folder: Path) -> None:
        self._home, self._folder = home, folder
        folder.mkdir()
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(home.authority().certificate)

    def issue(self, name: str, *, server: bool = False) -> tuple[Path, Path]:
        made = make_server_certificate(self._home.authority(), ["localhost"], now=NOW)
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(made.certificate)
        files[1].write_bytes(made.key)
        return files


@pytest.mark.timeout(90)
def test_a_device_switched_off_past_its_end_comes_back_without_a_visit(
    served: Served, broker: Any, tmp_path: Path
) -> None:
    world = served.world
    real = type(broker)(tmp_path / "broker", authority=OfficeAuthority(world.home, tmp_path / "authority")).start()
    raw = begin_pairing(tmp_path / "loa-1", device="loa-1", role="speaker", now=NOW)
    read = read_request(raw)
    here = addresses_of(world.settings, here=True)
    ended = answer_request(
        read,
        commune="hoa-son",
        commune_name="",
        device="loa-1",
        root=world.home.roots,
        ca=world.home.authority(),
        addresses=here,
        now=NOW - 200 * DAY,
    )
    world.office.fleet.register("loa-1", "speaker", "", None, read.public)
    paired = finish_pairing(tmp_path / "loa-1", ended)
    world.office.fleet.certificates.note("loa-1", paired.certificate.read_bytes(), "pairing")
    states: list[str] = []
    link = Link(
        paired.link(LinkSettings(host="localhost", port=real.port)),
        "loa-1",
        on_message=lambda *_: None,
        on_state=lambda _, why: states.append(why),
        backoff=Backoff(base_s=0.1, cap_s=0.5, slow_s=600),
    )
    one = Renewer(
        paired,
        served.url,
        # An unproven clock, so that only the broker's refusal tells the device.
        OfficeLine(known=lambda: KnownTime(datetime(2026, 11, 1, tzinfo=UTC) - 400 * DAY, exact=False)),
        SystemClock(),
        refused=lambda: link.reason == "certificate",
        renewed=link.renew,
    )
    link._on_state = lambda _, why: (states.append(why), one.hurry())  # type: ignore[assignment]
    one.start()
    link.start()
    try:
        assert link.wait_connected(60), states
        assert any("không nhận chứng thư" in why for why in states)
        assert "Đã nối" in states[-1]
    finally:
        one.stop()
        link.stop(2)
        real.stop()
    row = world.office.store.db.execute("SELECT who, note FROM audit WHERE action = 'certificate'").fetchone()
    assert row[0] == "loa-1"
    # The end of the one before: a time, to be read in any language.
    assert datetime.fromisoformat(row[1]) < datetime.now(UTC)
