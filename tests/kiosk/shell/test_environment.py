"""What the kiosk tells SDL and Kivy before they start: which screen, and one touch for one touch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from systemd_ear import SystemdEar

from kiosk.errors import NoScreen
from kiosk.shell.environment import refuse_32_bit, video_driver, wait_for_screen
from langso.device.waits import read_waits

ROOT = Path(__file__).parents[3]

TOUCHSCREEN = Path(__file__).parents[1] / "stage/touchscreen.py"


def ran(*arguments: str, **environment: str) -> str:
    """What a Python of its own prints, in an environment that says of Kivy nothing but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIVY")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def touched(*arguments: str) -> dict[str, object]:
    found = json.loads(ran(str(TOUCHSCREEN), *arguments).splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_a_touch_that_arrives_two_ways_presses_once() -> None:
    found = touched()
    assert found["presses"] == 1
    assert list(found["input"]) == ["mouse"]  # type: ignore[call-overload]


def test_the_same_touch_would_press_twice_by_kivys_own_settings() -> None:
    assert touched("--kivys-own")["presses"] == 2


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"])
def test_a_desktop_or_a_named_driver_is_left_to_sdl(name: str, tmp_path: Path) -> None:
    (tmp_path / "card0").touch()
    assert video_driver({name: "x"}, tmp_path) == ""
    assert video_driver({name: ""}, tmp_path) == "KMSDRM"


def test_without_a_desktop_the_graphics_card_is_used_itself(tmp_path: Path) -> None:
    (tmp_path / "renderD128").touch()
    with pytest.raises(NoScreen, match="cắm màn hình"):
        video_driver({}, tmp_path)
    (tmp_path / "card1").touch()
    assert video_driver({}, tmp_path) == "KMSDRM"


def test_the_driver_asked_for_is_one_that_the_installed_sdl_has() -> None:
    """Untried on hardware: a Pi without a desktop. That SDL knows the name is what can be known here."""
    ask = (
        "import ctypes, glob, os, kivy\n"
        "place = os.path.join(os.path.dirname(os.path.dirname(kivy.__file__)), '[Kk]ivy.libs', 'libSDL2-2*')\n"
        "sdl = ctypes.CDLL(glob.glob(place)[0]); sdl.SDL_GetVideoDriver.restype = ctypes.c_char_p\n"
        "print(*[sdl.SDL_GetVideoDriver(n).decode() for n in range(sdl.SDL_GetNumVideoDrivers())])"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert "KMSDRM" in done.stdout.split()


def test_a_system_of_32_bits_is_refused_with_what_to_install() -> None:
    with pytest.raises(NoScreen, match=r"Raspberry Pi OS \(64-bit\)"):
        refuse_32_bit((1 << 31) - 1)
    refuse_32_bit()


def test_a_machine_without_a_screen_is_told_in_a_sentence(tmp_path: Path) -> None:
    if any(Path("/dev/dri").glob("card*")):
        pytest.skip("this machine has a graphics card")
    settings = tmp_path / "langso.toml"
    settings.write_text(
        '[commune]\ncode = "hoa-son"\nname = "Xã"\n[device]\nid = "kiosk-1"\nrole = "kiosk"\n'
        f'[paths]\nstate = "{tmp_path}"\nrun = "{tmp_path / "run"}"\n',
        encoding="utf-8",
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "kiosk", "run", "--settings", str(settings)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in hidden},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith("Máy này không có màn hình")
    assert "Traceback" not in done.stderr


def test_a_kiosk_without_a_screen_waits_and_tells_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    ear = SystemdEar()
    for name, value in ear.environment.items():
        monkeypatch.setenv(name, value)
    leaving, seen = threading.Event(), []
    waiting = threading.Thread(target=lambda: seen.append(wait_for_screen(leaving, tmp_path, 0.05, tmp_path)))
    waiting.start()
    assert "STATUS" in ear.wait("READY")
    ear.wait("WATCHDOG")
    assert not seen, "it still waits"
    note = read_waits(tmp_path, "kiosk")
    assert note is not None
    assert (note.reason, note.pid) == ("screen", os.getpid())
    assert "màn hình" in note.why
    (tmp_path / "card0").touch()
    waiting.join(60)
    assert seen == [True]
    note = read_waits(tmp_path, "kiosk")
    assert note is not None
    assert note.over, "it waits no longer"
    ear.close()


def test_a_kiosk_that_waits_for_a_screen_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    leaving = threading.Event()
    leaving.set()
    assert not wait_for_screen(leaving, tmp_path, 60, tmp_path)


def test_kivy_leaves_nothing_among_temporary_files_and_loads_nothing_from_there(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    (temporary / "mods").mkdir(parents=True)
    (temporary / "mods/evil.py").write_text("")
    code = (
        "from kiosk.shell.environment import prepare_kivy\nfrom langso.settings.model import KioskSettings\n"
        "prepare_kivy(KioskSettings(), offscreen=True)\nfrom kivy.modules import Modules\n"
        "import kivy.core.window, os\nassert 'touchring' in Modules.list()\nassert 'evil' not in Modules.list()\n"
        "os._exit(0)"
    )
    # Whatever somebody has set, in which others' programs may lie.
    ran("-c", code, KIVY_HOME=str(temporary), TMPDIR=str(temporary), HOME=str(tmp_path / "home"))
    assert {path.name for path in temporary.rglob("*")} == {"mods", "evil.py"}
    assert not (tmp_path / "home").exists()
