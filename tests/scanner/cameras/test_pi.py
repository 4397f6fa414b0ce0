"""The Raspberry Pi's camera over a picamera2 that is acted with its documented calls, in a program of its own."""

from __future__ import annotations

import gc
import importlib.util
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scanner.cameras import pi_child
from scanner.cameras.camera import Locks
from scanner.cameras.pi import PiCamera, PiDevice
from scanner.cameras.pi_child import Child, ProgramAnswer, ProgramEnded
from scanner.cameras.pi_program import MAX_PIXELS, Sensor
from scanner.errors import CameraFault

STANDIN = Path(__file__).parent / "standin"
HERE = (sys.executable, str(STANDIN / "run.py"))
GOOD, HANGS, DIES, RAISES, OTHER, SLOW = range(6)


def _picamera2() -> Any:
    spec = importlib.util.spec_from_file_location("standin_picamera2", STANDIN / "picamera2.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Picamera2 = _picamera2().Picamera2


@pytest.fixture
def sensor() -> Iterator[Sensor]:
    made = Sensor(Picamera2, GOOD)
    assert made.open()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_put_by() -> Iterator[None]:
    yield
    pi_child.end_spare()


@pytest.fixture
def opened() -> Iterator[Callable[[int], PiDevice]]:
    made: list[PiDevice] = []

    def do(number: int) -> PiDevice:
        made.append(PiDevice(number, HERE))
        assert made[-1].open()
        return made[-1]

    yield do
    for device in made:
        device.close()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Another program in the camera's place: `channel`, `memory` and `life` are there, as file descriptors."""

    def do(body: str) -> None:
        file = tmp_path / "program.py"
        head = "import os, socket, sys\nchannel, memory, life = map(int, sys.argv[1:])\n"
        file.write_text(head + "channel = socket.socket(fileno=channel)\n" + body, encoding="utf-8")
        monkeypatch.setattr(pi_child, "_PROGRAM", str(file))

    return do


def gone(pid: int, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_the_stream_has_the_sensors_own_proportions(sensor: Sensor) -> None:
    assert sensor.grab().shape == (1296, 2304, 3)
    assert sensor.photograph().shape == (2592, 4608, 3)
    assert sensor.finer == 2.0


def test_a_very_large_sensor_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picamera2, "resolution", (9152, 6944))
    sensor = Sensor(Picamera2, GOOD)
    sensor.open()
    height, width, _ = sensor.photograph().shape
    assert width * height <= MAX_PIXELS * 1.01
    assert width % 2 == height % 2 == 0
    assert abs(width / height - 9152 / 6944) < 0.01
    ProgramAnswer(size=(width, height))


def test_locking_holds_what_the_last_frame_was_taken_with(sensor: Sensor) -> None:
    assert sensor.lock() == [True, True, True]
    controls = sensor._camera.controls
    assert (controls["AeEnable"], controls["ExposureTime"], controls["AnalogueGain"]) == (False, 9990, 1.5)
    assert (controls["AwbEnable"], controls["ColourGains"]) == (False, (1.9, 1.4))
    assert (controls["AfMode"], controls["LensPosition"]) == (0, 3.25)
    assert sensor.unlock() == [False, False, False]
    assert (controls["AeEnable"], controls["AwbEnable"], controls["AfMode"]) == (True, True, 2)


def test_what_is_held_is_held_in_the_still_and_after_it(sensor: Sensor) -> None:
    sensor.lock()
    sensor.photograph()
    camera = sensor._camera
    assert camera.still_controls["ExposureTime"] == 9990
    assert camera.still_controls["NoiseReductionMode"] == 2
    assert camera.controls["ExposureTime"] == 9990, "switching back must not bring automatic control back"


def test_a_camera_with_a_fixed_lens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picamera2, "focuses", False)
    sensor = Sensor(Picamera2, GOOD)
    sensor.open()
    assert sensor.lock()[0] is None
    assert "AfMode" not in sensor._camera.controls
    assert sensor.unlock()[0] is None


def test_frames_stills_and_controls_come_through_the_whole_way() -> None:
    with PiCamera("0", rotate=180, python=HERE) as camera:
        first, still, second = camera.read(), camera.still(), camera.read()
        assert camera.health.good
    assert first is not None
    assert still is not None
    assert second is not None
    assert first.finer == 2.0
    assert still.image.shape == (2592, 4608, 3)
    assert second.image.shape == (1296, 2304, 3)
    # Turned round, the first pixel is the last; each picture is its own, whatever came after it.
    numpy = int(np.__version__.split(".")[0])
    assert [tuple(frame.image[-1, -1]) for frame in (first, still, second)] == [
        (numpy, number, 77) for number in (1, 2, 3)
    ]


def test_a_frame_stays_what_it_was_when_the_next_has_come(opened: Callable[[int], PiDevice]) -> None:
    device = opened(GOOD)
    first = device.grab()
    assert [int(frame[0, 0, 1]) for frame in (device.grab(), device.photograph(), first)] == [2, 3, 1]


def test_focus_exposure_and_colour_are_held_through_the_program(opened: Callable[[int], PiDevice]) -> None:
    device = opened(GOOD)
    assert device.lock() == Locks(focus=True, exposure=True, colour=True)
    assert device.unlock() == Locks(focus=False, exposure=False, colour=False)


def test_it_is_debians_own_interpreter_with_debians_own_numpy() -> None:
    """Where apt's OpenCV is installed (built for another numpy than ours on Debian 12) the stand-in uses that."""
    debians = ("/usr/bin/python3", "-I", str(STANDIN / "run.py"))
    asked = subprocess.run(
        ["/usr/bin/python3", "-I", "-c", "import cv2, numpy; print(numpy.__version__)"],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        pytest.skip("needs apt's OpenCV (apt install python3-opencv)")
    with PiCamera("0", python=debians) as camera:
        frame = camera.read()
    assert frame is not None
    assert frame.image[0, 0, 0] == int(asked.stdout.split(".")[0])


def test_no_camera_on_the_cable_is_away() -> None:
    with PiCamera("9", python=HERE) as camera:
        assert camera.read() is None
        assert camera.health.condition == "away"


def test_without_picamera2_it_is_said_what_to_install() -> None:
    with pytest.raises(CameraFault, match="apt-get install python3-picamera2"):
        PiCamera("0", python=(sys.executable, "-I"))
    with pytest.raises(CameraFault, match=r"apt-get install python3$"):
        PiCamera("0", python=("/nowhere/python3",))


def test_our_own_python_settings_do_not_reach_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(STANDIN))
    with pytest.raises(CameraFault, match="python3-picamera2"):
        PiCamera("0", python=(sys.executable,))


def test_a_program_that_hangs_is_ended_and_another_is_started(opened: Callable[[int], PiDevice]) -> None:
    device = opened(HANGS)
    child = device._running
    with pytest.raises(TimeoutError):
        child.picture("grab", 0.2)
    assert gone(child.pid)
    device.close()
    assert opened(GOOD).grab().shape == (1296, 2304, 3)


def test_the_screen_is_told_that_the_picture_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.cameras.pi._SOONER_S", 2.6)
    with PiCamera(str(HANGS), python=HERE) as camera:
        assert camera.read() is None
        assert camera.health.condition == "frozen"


def test_a_program_that_dies_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.cameras.device.RETRY_S", 0.0)
    with PiCamera(str(DIES), python=HERE) as camera:
        assert camera.read() is None
        assert camera.health.condition == "away"
        assert camera._device is None
        camera._make = lambda: PiDevice(GOOD, HERE)
        assert camera.read() is not None


@pytest.mark.parametrize(("number", "why"), [(RAISES, "not in the mood"), (OTHER, "was not asked for")])
def test_a_driver_that_refuses_is_quoted_and_the_program_lives(
    number: int, why: str, opened: Callable[[int], PiDevice]
) -> None:
    device = opened(number)
    with pytest.raises(OSError, match=why):
        device.grab()
    if number == OTHER:
        with pytest.raises(OSError, match=why):
            device.photograph()
    assert device.unlock().exposure is False


@pytest.mark.parametrize("number", [GOOD, HANGS])
def test_the_program_dies_with_the_kiosk(number: int) -> None:
    """However the kiosk ends, and though the program hangs in its driver."""
    script = (
        "import sys; from scanner.cameras.pi import PiDevice\n"
        f"device = PiDevice({number}, {HERE!r}); device.open(); print(device._running.pid, flush=True)\n"
        "device.grab(); import time; time.sleep(60)"
    )
    kiosk = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True
    )
    assert kiosk.stdout is not None
    child = int(kiosk.stdout.readline())
    assert not gone(child, 0.1)
    kiosk.send_signal(signal.SIGKILL)
    kiosk.wait()
    kiosk.stdout.close()
    assert gone(child)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 3000,
        b'{"size": [16, 16]}' + b" " * 5000,
        b'{"opened": "yes"}',
        b'{"size": [4608, 259200]}',
        b'{"size": [16384, 16384]}',
        b'{"size": [-4608, -2592]}',
        b'{"size": [0, 0]}',
        b'{"size": [4608.5, 2592]}',
        b'{"size": [4608]}',
        b'{"finer": 1e999}',
        b'{"finer": 0}',
        b'{"locks": [true, true]}',
        b'{"more": 1}',
    ],
    ids=range(16),
)
def test_a_program_that_speaks_strangely_is_believed_nothing(said: bytes, program: Callable[[str], None]) -> None:
    program(f"channel.recv(4096); channel.send({said!r}); channel.recv(4096)" if said else "sys.exit(0)")
    child = Child((sys.executable,))
    with pytest.raises(ProgramEnded):
        child.picture("grab", 5)
    assert gone(child.pid)
    with pytest.raises(ProgramEnded):
        child.ask("grab", 5)


def test_an_answer_without_a_picture_is_no_picture(program: Callable[[str], None]) -> None:
    program("channel.recv(4096); channel.send(b'{}'); channel.recv(4096)")
    child = Child((sys.executable,))
    with pytest.raises(ProgramEnded, match="no picture"):
        child.picture("grab", 5)


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["size", "finer", "locks", "opened", "failed"]), inner)
        ),
        max_leaves=8,
    ).map(lambda v: json.dumps(v).encode())
)
def test_whatever_is_said_a_picture_fits_its_memory(said: bytes) -> None:
    try:
        answer = ProgramAnswer.model_validate_json(said)
    except ValidationError:
        return
    if answer.size is not None:
        assert 0 < 3 * answer.size[0] * answer.size[1] <= pi_child._BYTES


def test_the_program_cannot_take_the_memory_away(program: Callable[[str], None]) -> None:
    program(
        "channel.recv(4096)\n"
        "try:\n    os.ftruncate(memory, 0)\n"
        'except OSError as error:\n    channel.send((\'{"failed": "%s"}\' % error.strerror).encode())\n'
        "channel.recv(4096)"
    )
    child = Child((sys.executable,))
    with pytest.raises(OSError, match="not permitted"):
        child.ask("grab", 5)
    child.end()


def test_a_closed_cameras_program_waits_loaded_for_the_next_and_keeps_no_picture() -> None:
    first = PiDevice(GOOD, HERE)
    first.open()
    pid, memory = first._running.pid, first._running._memory
    first.grab()
    assert any(memory[:100])
    first.close()
    assert not any(memory[: 3 * 2304 * 64])
    second = PiDevice(GOOD, HERE)
    second.open()
    assert second._running.pid == pid
    second.close()


def test_programs_that_cannot_even_be_killed_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class InTheDriver:
        def poll(self) -> None: ...

    monkeypatch.setattr(pi_child, "_strays", [InTheDriver()] * pi_child.MOST_STRAYS)
    with pytest.raises(ProgramEnded, match="restart"):
        Child(HERE)


def test_what_a_program_was_given_is_given_back() -> None:
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        device = PiDevice(GOOD, HERE)
        device.open()
        device.grab()
        device.close()
        pi_child.end_spare()
    with pytest.raises(ProgramEnded):
        Child(("/nowhere/python3",))
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
