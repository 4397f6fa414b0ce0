"""The screen's own loop feeds the watchdog, by frames that were really drawn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED
from stage.commune import Commune
from systemd_ear import SystemdEar

pytestmark = FETCHED

ROOT = Path(__file__).parents[2]
# SIGUSR1 hangs the main loop while threads go on; after SIGUSR2 it ticks but no frame comes to the screen.
RUN = """
import signal, sys, threading
from pathlib import Path
from langso.settings.reading import load_settings
from kiosk.shell.environment import prepare_kivy
settings = load_settings(Path(sys.argv[1]))
prepare_kivy(settings.kiosk, offscreen=True)
from kivy.core.window import Window
from kiosk.shell.unpaired import WaitingKiosk
signal.signal(signal.SIGUSR1, lambda *_: threading.Event().wait(60))
signal.signal(signal.SIGUSR2, lambda *_: Window.bind(on_flip=lambda *_: True))
if sys.argv[2] == "waiting":
    WaitingKiosk(settings).run()
    sys.exit()
from kiosk.agent import KioskAgent
from kiosk.shell.app import Kiosk
agent = KioskAgent(settings)
agent.start()
app = Kiosk(agent)
app.run()
agent.stop()
"""


@pytest.mark.parametrize(
    ("which", "fault"),
    [("paired", signal.SIGUSR1), ("paired", signal.SIGUSR2), ("waiting", signal.SIGUSR2)],
)
def test_a_screen_whose_loop_hangs_or_draws_no_more_is_no_longer_alive(
    commune: Any, cameras: dict[str, Path], tmp_path: Path, which: str, fault: signal.Signals
) -> None:
    device = commune if which == "paired" else Commune(tmp_path / "new")
    settings = tmp_path / "langso.toml"
    settings.write_text(
        device.settings_text(office_url="http://127.0.0.1:9", camera=cameras["paper"]), encoding="utf-8"
    )
    # The thread that waits for a pairing turns every two seconds.
    ear = SystemdEar(watchdog_s=1.2)
    kiosk = subprocess.Popen(
        [sys.executable, "-c", RUN, str(settings), which], cwd=ROOT, env={**os.environ, **ear.environment}
    )
    try:
        said = ear.wait("READY")
        assert ("chưa nối văn phòng" if which == "paired" else "ghép") in said["STATUS"]
        for _ in range(3):
            ear.wait("WATCHDOG")
        kiosk.send_signal(fault)
        assert ear.falls_silent(2.5)
        assert kiosk.poll() is None
    finally:
        kiosk.kill()
        kiosk.wait(60)
        ear.close()


def test_a_kiosk_that_waits_for_its_pairing_is_alive_and_says_so(cameras: dict[str, Path], tmp_path: Path) -> None:
    settings = tmp_path / "langso.toml"
    unpaired = Commune(tmp_path / "new")
    settings.write_text(
        unpaired.settings_text(office_url="http://127.0.0.1:9", camera=cameras["paper"]), encoding="utf-8"
    )
    ear = SystemdEar(watchdog_s=12.0)
    kiosk = subprocess.Popen(
        [sys.executable, "-m", "deploy", "kiosk", "run", "--settings", str(settings)],
        cwd=ROOT,
        env={**os.environ, **ear.environment, "SDL_VIDEODRIVER": "offscreen"},
    )
    try:
        assert "ghép" in ear.wait("READY")["STATUS"]
        ear.wait("WATCHDOG")
        kiosk.terminate()
        assert kiosk.wait(60) == 0
    finally:
        kiosk.kill()
        kiosk.wait(60)
        ear.close()
