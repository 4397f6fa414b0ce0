"""The whole way: host program, pty, and the very firmware under MicroPython."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from waiting import until

from firmware_bridge.errors import LinkLost, TwinError, UnknownOutput
from firmware_bridge.host.image import FILES, write_image
from firmware_bridge.host.link import Bridge
from firmware_bridge.twin.process import Twin
from firmware_bridge.wire import codes
from firmware_bridge.wire.reports import Telemetry

LEASE_MS = 600
SLACK_S = 2.0
"""For a busy machine; what falls by a longer lease, or by none, falls later."""
"""Two shared cores: scheduling, not the lease, takes this."""

HOLDER = """
import sys, time
from firmware_bridge.host.link import Bridge
bridge = Bridge(sys.argv[1], lease_ms=int(sys.argv[2]))
assert bridge.open(10)
bridge.set_output("amplifier", True)
print("on", flush=True)
time.sleep(60)
"""

STARTER = """
import sys, time
from firmware_bridge.twin.process import Twin
Twin(sys.argv[1]).start()
print("up", flush=True)
time.sleep(60)
"""

WITHOUT = """
import importlib.util, pathlib
importlib.util.find_spec = lambda *a: None
from firmware_bridge.twin.bench import Bench
Bench(pathlib.Path("x"), print)
"""


def test_switching_reaches_the_pins_and_closing_lets_them_fall(twin: Twin) -> None:
    assert twin.pins() == {"amplifier": False, "lamp": False, "fan": False}
    with Bridge(str(twin.port), lease_ms=60_000) as bridge:
        assert bridge.alive
        assert bridge.hello.board == "pico"
        bridge.set_output("amplifier", True)
        bridge.set_output("lamp", True)
        assert twin.wait_pin("amplifier", True)
        assert bridge.outputs() == {"amplifier": True, "lamp": True, "fan": False}
        bridge.set_output("lamp", False)
        assert twin.wait_pin("lamp", False)
        assert twin.pins()["amplifier"]
    assert twin.wait_pin("amplifier", False, SLACK_S), "close switches off, it does not wait for the lease"


def test_the_lease_is_kept_for_many_lease_times_while_the_host_lives(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=LEASE_MS) as bridge:
        bridge.set_output("amplifier", True)
        time.sleep(LEASE_MS / 1000 * 4)
        changes = [event.level for event in twin.pin_log() if event.name == "amplifier"]
        assert changes[-1] == 1
        assert changes.count(1) == 1
        assert bridge.counters.lease_drops == 0


def test_a_killed_host_program_lets_the_relay_fall_within_the_lease(twin: Twin) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(twin.port), str(LEASE_MS)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert host.stdout is not None
        assert host.stdout.readline() == "on\n"
        assert twin.wait_pin("amplifier", True)
        host.kill()
        killed = time.monotonic()
        assert twin.wait_pin("amplifier", False)
    finally:
        host.kill()
        host.wait()
    fall = [event for event in twin.pin_log() if event.name == "amplifier"][-1]
    assert (fall.level, fall.cause) == (0, "firmware")
    assert 0 < fall.monotonic - killed < LEASE_MS / 1000 + SLACK_S
    assert abs(fall.wall - time.time()) < 10


@pytest.mark.parametrize("how", ["silent", "unplugged"])
def test_a_pulled_cord_drops_the_amplifier_and_a_plugged_one_restores_what_is_still_wanted(
    twin: Twin, how: str
) -> None:
    with Bridge(str(twin.port), lease_ms=LEASE_MS) as bridge:
        bridge.set_output("amplifier", True)
        bridge.set_output("lamp", True)
        assert twin.wait_pin("lamp", True)
        pulled = time.monotonic()
        twin.cord(how)  # type: ignore[arg-type]
        assert twin.wait_pin("amplifier", False)
        fall = [event for event in twin.pin_log() if event.name == "amplifier"][-1]
        assert fall.monotonic - pulled < LEASE_MS / 1000 + SLACK_S
        until(lambda: not bridge.alive)
        assert bridge.health().level == "bad"
        with pytest.raises(LinkLost):
            bridge.set_output("lamp", False)
        twin.cord("plugged")
        assert twin.wait_pin("amplifier", True)
        time.sleep(0.2)
        assert not twin.pins()["lamp"], "no longer wanted: must not come back"
        assert bridge.counters.connects == 2
        assert bridge.counters.restarts == 0


def test_a_restarted_board_gets_its_outputs_back_and_is_counted(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=LEASE_MS) as bridge:
        first = bridge.hello.boot_id
        bridge.set_output("amplifier", True)
        assert twin.wait_pin("amplifier", True)
        twin.reset()
        assert twin.wait_pin("amplifier", False)
        assert [event for event in twin.pin_log() if event.name == "amplifier" and not event.level][-1].cause in (
            "reset",
            "firmware",
        )
        assert twin.wait_pin("amplifier", True)
        assert bridge.hello.boot_id != first
        assert bridge.counters.restarts == 1


def test_a_restarted_board_is_noticed_long_before_a_long_lease_is_due(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=60000) as bridge:
        bridge.set_output("amplifier", True)
        assert twin.wait_pin("amplifier", True)
        twin.reset()
        assert twin.wait_pin("amplifier", False)
        assert twin.wait_pin("amplifier", True), "its telemetry says that it forgot"


def test_a_faulty_telemetry_callback_does_not_end_the_link(twin: Twin, caplog: pytest.LogCaptureFixture) -> None:
    def faulty(_: Telemetry) -> None:
        bridge.set_output("lamp", True)

    bridge = Bridge(str(twin.port), lease_ms=LEASE_MS, on_telemetry=faulty)
    with bridge:
        assert until(lambda: "must not wait" in caplog.text)
        bridge.set_output("amplifier", True)
        assert bridge.alive


def test_a_hung_firmware_is_reset_by_its_watchdog_and_says_so(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=LEASE_MS) as bridge:
        bridge.set_output("amplifier", True)
        assert twin.wait_pin("amplifier", True)
        os.kill(_chip_of(twin), signal.SIGSTOP)
        assert twin.wait_pin("amplifier", False)
        assert twin.pin_log()[-1].cause == "reset"
        assert twin.wait_pin("amplifier", True)
        assert bridge.hello.reset_cause == codes.CAUSE_WATCHDOG


def test_the_sensors_the_mute_switch_and_a_cut_horn_cable_reach_the_health_check(twin: Twin) -> None:
    heard: list[Telemetry] = []
    with Bridge(str(twin.port), lease_ms=2000, on_telemetry=heard.append) as bridge:
        bridge.set_output("amplifier", True)
        assert until(lambda: bridge.telemetry is not None and bridge.telemetry.driven == 1)
        telemetry = bridge.telemetry
        assert telemetry is not None
        assert abs(telemetry.supply_mv - 12400) < 60
        assert abs(telemetry.temperature_dc - 310) < 15
        assert abs(telemetry.horn_ma - 180) < 3
        assert bridge.health().level == "ok"
        twin.sense(horn_ma=0)
        assert until(lambda: "dòng ra loa" in bridge.health().why)
        twin.sense(horn_ma=180, supply_mv=10500)
        assert until(lambda: "10,5 V" in bridge.health().why)
        twin.sense(supply_mv=12400, muted=True)
        assert twin.wait_pin("amplifier", False)
        assert until(lambda: "tắt tiếng" in bridge.health().why)
        assert bridge.muted()
        assert bridge.outputs()["amplifier"], "still ordered"
        twin.sense(muted=False)
        assert twin.wait_pin("amplifier", True)
        assert until(lambda: not bridge.muted())
        twin.sense(muted=True)
        assert until(bridge.muted)
    assert not bridge.muted(), "of a board that is gone nobody knows how its switch stands"
    assert len(heard) >= 3


def test_many_threads_may_switch_at_once(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=3000) as bridge:
        errors: list[Exception] = []

        def work(name: str) -> None:
            try:
                for turn in range(40):
                    bridge.set_output(name, turn % 2 == 0)
                    bridge.keep_alive()
                bridge.set_output(name, True)
            except (LinkLost, RuntimeError) as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in bridge.hello.outputs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert errors == []
        assert until(lambda: twin.pins() == {"amplifier": True, "lamp": True, "fan": True})
        ups = [event.level for event in twin.pin_log() if event.name == "fan"]
        assert ups[-41:] == [1, 0] * 20 + [1], "no order may be lost, doubled or swapped"


def test_a_second_program_is_told_that_the_port_is_in_use(twin: Twin) -> None:
    with Bridge(str(twin.port), lease_ms=3000) as first:
        first.set_output("amplifier", True)
        second = Bridge(str(twin.port))
        assert not second.open(0.5)
        assert "chương trình khác" in second.health().fix
        second.close()
        first.keep_alive()
        assert twin.pins()["amplifier"]


def test_an_unknown_output_is_refused_with_the_names_there_are(twin: Twin) -> None:
    with Bridge(str(twin.port)) as bridge, pytest.raises(UnknownOutput, match="amplifier, lamp, fan"):
        bridge.set_output("siren", True)


def test_noise_on_the_line_costs_nothing_but_a_count(twin: Twin) -> None:
    noise = os.open(twin.port, os.O_RDWR | os.O_NOCTTY)
    try:
        with Bridge(str(twin.port), lease_ms=LEASE_MS) as bridge:
            bridge.set_output("amplifier", True)
            os.write(noise, os.urandom(3000))
            bridge.keep_alive()
            bridge.set_output("lamp", True)
            assert twin.wait_pin("lamp", True)
    finally:
        os.close(noise)


def test_the_twin_ends_with_its_parent(tmp_path: Path) -> None:
    pytest.importorskip("micropython_run")
    folder = tmp_path / "orphan"
    parent = subprocess.Popen([sys.executable, "-c", STARTER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    bench = int((folder / "lock").read_text())
    chip = _chip_of(Twin(folder))
    parent.kill()
    parent.wait()
    assert until(lambda: not _running(bench) and not _running(chip))
    assert not (folder / "serial").is_symlink()


def test_a_bench_killed_outright_takes_its_firmware_with_it(twin: Twin, tmp_path: Path) -> None:
    chip = _chip_of(twin)
    os.kill(int((tmp_path / "twin" / "lock").read_text()), signal.SIGKILL)
    assert until(lambda: not _running(chip))


def test_a_twin_started_by_a_thread_outlives_that_thread(tmp_path: Path) -> None:
    pytest.importorskip("micropython_run")
    twin = Twin(tmp_path / "twin")
    starter = threading.Thread(target=twin.start)
    starter.start()
    starter.join()
    try:
        until(lambda: not Path(f"/proc/self/task/{starter.native_id}").exists())
        with Bridge(str(twin.port)) as bridge:
            assert bridge.alive
    finally:
        twin.stop()


def test_a_second_twin_in_the_same_folder_is_refused(twin: Twin, tmp_path: Path) -> None:
    with pytest.raises(TwinError, match="đang chạy"):
        Twin(tmp_path / "twin").start()
    assert twin.pins()


def test_stopping_takes_the_power_away_and_removes_the_port(tmp_path: Path) -> None:
    pytest.importorskip("micropython_run")
    twin = Twin(tmp_path / "twin")
    twin.start()
    bridge = Bridge(str(twin.port), lease_ms=60000)
    assert bridge.open()
    bridge.set_output("fan", True)
    assert twin.wait_pin("fan", True)
    twin.stop()
    assert twin.pins() == {"amplifier": False, "lamp": False, "fan": False}
    assert twin.pin_log()[-1].cause == "power"
    assert not twin.port.is_symlink()
    bridge.close()


def test_without_micropython_the_reason_is_given(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "TwinUnavailable" in done.stderr
    assert "x86_64" in done.stderr


def test_the_image_holds_every_source_the_firmware_imports(tmp_path: Path) -> None:
    boot = write_image(tmp_path / "flash")
    written = {str(path.relative_to(tmp_path / "flash")) for path in (tmp_path / "flash").rglob("*.py")}
    assert written == {"main.py", *(f"firmware_bridge/{name}" for name in FILES)}
    assert "firmware.main" in boot.read_text()


def _chip_of(twin: Twin) -> int:
    bench = (twin.port.parent / "lock").read_text().strip()
    children = Path(f"/proc/{bench}/task/{bench}/children").read_text().split()
    return int(children[0])


def _running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
