"""Three ways to switch an amplifier, chosen by one line of settings."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.errors import BadPort, UnknownOutput
from firmware_bridge.gpio import GpioSwitchboard, PinsUnavailable, reach_lgpio
from firmware_bridge.host.link import Bridge
from firmware_bridge.host.state_of_board import BoardState, judge_board
from firmware_bridge.opening import open_switchboard, parse_pins
from firmware_bridge.switchboard import NoSwitchboard, Switchboard
from firmware_bridge.twin.process import Twin
from firmware_bridge.wire.codes import UNKNOWN, UNKNOWN_TEMPERATURE
from firmware_bridge.wire.messages import Hello
from firmware_bridge.wire.reports import Telemetry
from langso.settings.model import BridgeSettings

HELLO = Hello(1, (0, 1, 0), "pico", 1, bytes(8), ("lamp", "amplifier"), (), 60000)


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    """gpiozero's own mock, chosen by gpiozero's own environment variable."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    gpiozero.Device.ensure_pin_factory() if hasattr(gpiozero.Device, "ensure_pin_factory") else None
    device = gpiozero.OutputDevice(2)
    device.close()
    yield gpiozero.Device.pin_factory
    gpiozero.Device.pin_factory.reset()


def test_without_a_port_everything_is_accepted_and_said() -> None:
    board: Switchboard = open_switchboard(BridgeSettings())
    assert isinstance(board, NoSwitchboard)
    board.set_output("amplifier", True)
    assert board.health().level == "ok"
    assert "luôn bật" in board.health().why
    board.close()


def test_local_pins_start_low_follow_orders_and_end_low(factory: MockFactory) -> None:
    board = open_switchboard(BridgeSettings(port="gpio:amplifier=17,lamp=27"))
    amplifier, lamp = factory.pin(17), factory.pin(27)
    assert (amplifier.state, lamp.state) == (0, 0)
    board.set_output("amplifier", True)
    assert (amplifier.state, lamp.state) == (1, 0)
    board.set_output("amplifier", False)
    board.set_output("lamp", True)
    assert [state.state for state in amplifier.states] == [False, True, False]
    assert board.health().ok
    board.close()
    assert lamp.state == 0
    assert not board.health().ok
    board.close()


def test_an_unknown_local_output_is_refused(factory: MockFactory) -> None:
    board = GpioSwitchboard({"amplifier": 17})
    with pytest.raises(UnknownOutput, match="amplifier"):
        board.set_output("lamp", True)
    board.close()


def test_a_pin_in_use_is_said_and_the_others_are_given_back(factory: MockFactory) -> None:
    first = GpioSwitchboard({"amplifier": 17})
    with pytest.raises(PinsUnavailable):
        GpioSwitchboard({"lamp": 4, "amplifier": 17})
    GpioSwitchboard({"lamp": 4}).close()
    first.close()


@pytest.mark.parametrize(
    "port", ["gpio:", "gpio:x", "gpio:28", "gpio:-1", "gpio:a=1,a=2", "gpio:a=1,b=1", "gpio:=4", "gpio:٣"]
)
def test_pins_that_make_no_sense_are_refused(port: str) -> None:
    with pytest.raises(BadPort):
        parse_pins(port)


@given(st.text(max_size=300))
def test_any_text_after_gpio_is_pins_or_refused(text: str) -> None:
    try:
        pins = parse_pins("gpio:" + text)
    except BadPort:
        return
    assert pins
    assert all(0 <= number <= 27 for number in pins.values())


def test_a_serial_port_that_is_not_there_does_not_stop_the_program_and_is_said() -> None:
    bridge = Bridge("/dev/langso-nothing-here", lease_ms=1000)
    assert not bridge.open(0.3)
    check = bridge.health()
    assert check.level == "bad"
    assert "/dev/langso-nothing-here" in check.fix
    bridge.close()


@pytest.mark.parametrize("port", ["socket://127.0.0.1:9", "spy:///dev/null", "loop://", "/dev/null", ""])
def test_only_serial_devices_are_opened(port: str) -> None:
    bridge = Bridge(port, lease_ms=1000)
    assert not bridge.open(0.3)
    assert bridge.health().level == "bad"
    bridge.close()


@pytest.mark.parametrize("lease", [0, 99, 60001])
def test_a_lease_out_of_limits_is_refused(lease: int) -> None:
    with pytest.raises(ValueError, match="lease_ms"):
        Bridge("/dev/null", lease_ms=lease)


def test_the_settings_open_a_bridge(twin: Twin) -> None:
    board = open_switchboard(BridgeSettings(port=str(twin.port), lease_ms=600))
    board.set_output("amplifier", True)
    assert twin.wait_pin("amplifier", True)
    board.close()
    assert twin.wait_pin("amplifier", False)


def _telemetry(
    driven: int = 0b10, inputs: int = 0, supply: int = 12400, heat: int = 310, horn: int = 180
) -> Telemetry:
    return Telemetry(driven, driven, inputs, supply, heat, horn, 1, 0, 0)


@pytest.mark.parametrize(
    ("telemetry", "level", "word"),
    [
        (None, "ok", "đã nối"),
        (_telemetry(), "ok", "12,4 V"),
        (_telemetry(inputs=1, horn=0), "warn", "tắt tiếng"),
        (_telemetry(horn=0), "warn", "dòng ra loa"),
        (_telemetry(driven=0b01, horn=0), "ok", "đã nối"),
        (_telemetry(horn=UNKNOWN), "ok", "đã nối"),
        (_telemetry(supply=10999), "warn", "11,0 V"),
        (_telemetry(heat=711), "warn", "71 °C"),
        (_telemetry(heat=UNKNOWN_TEMPERATURE), "ok", "đã nối"),
    ],
)
def test_the_gravest_finding_is_shown(telemetry: Telemetry | None, level: str, word: str) -> None:
    check = judge_board(BoardState(HELLO, "", telemetry))
    assert check.level == level
    assert word in check.why


def test_no_link_is_bad_and_passes_on_what_to_do() -> None:
    check = judge_board(BoardState(None, "Hãy cắm dây."))
    assert (check.level, check.fix) == ("bad", "Hãy cắm dây.")


STAND_IN = """
import os
with open(os.path.join(os.environ.get("LG_WD", "/"), ".lgd-nfy0"), "w"):
    pass
"""


def test_the_systems_own_lgpio_is_reached_and_nothing_else_of_the_system(tmp_path: Path) -> None:
    """As on a Pi: our environment does not see Debian's packages, some of which bear the names of ours."""
    (tmp_path / "lgpio.py").write_text(STAND_IN, encoding="utf-8")
    (tmp_path / "serial.py").write_text("raise AssertionError", encoding="utf-8")
    script = (
        "import sys; from pathlib import Path; from firmware_bridge.gpio import reach_lgpio\n"
        "before = list(sys.path)\n"
        f"print(reach_lgpio(Path({str(tmp_path)!r})), sys.modules.get('lgpio') is not None, sys.path == before)\n"
        "import serial; print(reach_lgpio(Path('/nowhere')))"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "LG_WD": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd="/", env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "True", "True"]


@pytest.mark.parametrize("text", ["import nothing_of_that_name", "raise FileNotFoundError(2, '.lgd-nfy-3')"])
def test_an_lgpio_that_is_absent_or_broken_is_told_and_leaves_no_trace(text: str, tmp_path: Path) -> None:
    before = list(sys.path)
    assert not reach_lgpio(tmp_path / "absent")
    (tmp_path / "lgpio.py").write_text(text, encoding="utf-8")
    assert not reach_lgpio(tmp_path)
    assert sys.path == before
    assert "lgpio" not in sys.modules
