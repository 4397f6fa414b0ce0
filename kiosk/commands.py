"""`langso kiosk`: run the touchscreen, or leave pictures of its screens."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from langso.terminal.options import settings_option
from langso.words.catalogue import Sentence, t

RESTART_EXIT = 75


@click.group(name="kiosk")
def kiosk() -> None:
    """The group `langso kiosk`."""


@kiosk.command()
@settings_option
def run(settings_file: Path) -> None:
    """Run the kiosk on the screen until it is told to stop (Ctrl-C)."""
    from kiosk.shell.memory import begin_wiping, keep_to_itself

    # Before anything else is loaded: all of it is loaded anew.
    begin_wiping()
    import signal
    import threading

    from kiosk.shell.environment import prepare_kivy, refuse_32_bit, wait_for_screen
    from kiosk.shell.orphans import adopt
    from langso.device.ending import end_process
    from langso.device.pairing_stand import stand_of
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging

    settings = load_settings(settings_file)
    keep_to_itself()
    adopt()
    start_logging("httpx")
    with SingleInstance(settings.paths.run / "kiosk.lock", name=f"Kiosk {settings.device.id}"):
        refuse_32_bit()
        # A service waits for its screen; a person at a terminal is told at once, below.
        if "NOTIFY_SOCKET" in os.environ:
            leaving = threading.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: leaving.set())
            if not wait_for_screen(leaving, settings.paths.run):
                return
            # As before the wait: a stop while Kivy loads must end the process.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
        prepare_kivy(settings.kiosk)
        if stand_of(settings.paths.state).state != "paired":
            from kiosk.shell.unpaired import WaitingKiosk

            waiting = WaitingKiosk(settings)
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: waiting.leave())
            waiting.run()
            if not waiting.paired:
                end_process(0)
            # A window opens once in a process: the same process begins anew.
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        from kiosk.agent import KioskAgent
        from kiosk.shell.app import Kiosk

        agent = KioskAgent(settings)
        try:
            app = Kiosk(agent)
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: app.leave())
            agent.start()
            app.run()
        finally:
            agent.stop()
        again = agent.restart.is_set()
    end_process(RESTART_EXIT if again else 0)


@kiosk.command()
@settings_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def shots(settings_file: Path, out: Path) -> None:
    """Draw the kiosk's screens into PNG files; no real screen is needed."""
    from kiosk.errors import KioskError
    from kiosk.shell.driving import drive
    from kiosk.shell.driving_steps import Step
    from langso.device.ending import end_process
    from langso.settings.reading import load_settings

    steps = [
        Step(shot="home"),
        Step(touch=t("screens-home-scan")),
        Step(pause=1.5),
        Step(shot="scan"),
        Step(touch=t("screens-back")),
        Step(touch=t("screens-home-fee")),
        Step(pause=1.5),
        Step(shot="fee"),
    ]
    visit = drive(load_settings(settings_file), steps, out)
    if not visit.ok:
        raise KioskError(Sentence("kiosk-shots-failed"))
    click.echo(t("kiosk-shots-made", folder=out))
    end_process(0)
