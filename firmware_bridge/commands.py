"""`langso bridge`: look at the board, switch an output by hand, run the simulated board."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from firmware_bridge.errors import BadPort, LinkLost
from langso.errors import UsageError
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.numbers import decimal

if TYPE_CHECKING:
    from firmware_bridge.host.link import Bridge
    from firmware_bridge.wire.reports import Telemetry
    from langso.settings.model import BridgeSettings

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


def _board(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--port", metavar="PORT")(command)
    return click.option("--settings", "settings_file", type=_FILE, metavar="FILE")(command)


@click.group()
def bridge() -> None:
    """The group `langso bridge`."""


@bridge.command()
@_board
@click.option("--json", "as_json", is_flag=True)
def status(settings_file: Path | None, port: str | None, as_json: bool) -> None:
    """Connect, wait for one telemetry, print it; exit 1 when the board does not answer."""
    heard = threading.Event()
    with _connect(_wanted(settings_file, port), lambda _: heard.set()) as board:
        heard.wait(2.5)
        hello, telemetry, check = board.hello, board.telemetry, board.health()
    if as_json:
        say(
            json.dumps(
                {
                    "board": hello.board,
                    "firmware": ".".join(map(str, hello.firmware)),
                    "protocol": hello.protocol,
                    "boot_id": hello.boot_id.hex(),
                    "reset_cause": hello.reset_cause,
                    "outputs": list(hello.outputs),
                    "telemetry": None if telemetry is None else _plain(telemetry, hello.outputs),
                    "level": check.level,
                    "why": check.why,
                    "fix": check.fix,
                },
                ensure_ascii=False,
            )
        )
        return
    say(f"{check.why} {check.fix}".strip())
    say(t("bridge-outputs", outputs=", ".join(hello.outputs), boot=hello.boot_id.hex()))
    if telemetry is not None:
        say(_sentence(telemetry, hello.outputs))


@bridge.command()
@_board
@click.option("--for", "seconds", type=click.FloatRange(0, 86400))
@click.argument("name", metavar="NAME")
def on(settings_file: Path | None, port: str | None, seconds: float | None, name: str) -> None:
    """Hold an output on; it falls when this command ends, because nobody renews its lease any more."""
    from firmware_bridge.opening import open_switchboard

    stop = _stop_event()
    board = open_switchboard(_wanted(settings_file, port))
    try:
        board.set_output(name, True)
        say(t("bridge-on", name=name))
        stop.wait(seconds)
        board.set_output(name, False)
        say(t("bridge-off", name=name))
    finally:
        board.close()


@bridge.command()
@_board
@click.argument("name", metavar="NAME")
def off(settings_file: Path | None, port: str | None, name: str) -> None:
    """Switch an output off (a new program taking over the board turns everything off anyway)."""
    from firmware_bridge.opening import open_switchboard

    board = open_switchboard(_wanted(settings_file, port))
    try:
        board.set_output(name, False)
        say(t("bridge-off", name=name))
    finally:
        board.close()


@bridge.command()
@_board
def watch(settings_file: Path | None, port: str | None) -> None:
    """Print telemetry as it comes, and say when the link goes or returns."""
    stop = _stop_event()
    names: list[tuple[str, ...]] = []

    def show(telemetry: Telemetry) -> None:
        say(_sentence(telemetry, names[0] if names else ()))

    with _connect(_wanted(settings_file, port), show) as board:
        names.append(board.hello.outputs)
        alive = True
        while not stop.wait(0.2):
            if board.alive != alive:
                alive = board.alive
                say(t("bridge-answers-again") if alive else t("bridge-lost", fix=board.health().fix))


@bridge.command()
@click.option("--dir", "folder", type=_FOLDER, required=True, metavar="FOLDER")
def twin(folder: Path) -> None:
    """Serve one simulated board until Ctrl-C, SIGTERM or the end of the parent process."""
    from firmware_bridge.twin.__main__ import run_twin

    run_twin(folder)


@bridge.command()
@click.argument("folder", type=_FOLDER, metavar="FOLDER")
def image(folder: Path) -> None:
    """Write the firmware's files; refuses a folder that already holds something."""
    from firmware_bridge.host.image import write_image

    if folder.exists() and any(folder.iterdir()):
        raise UsageError(Sentence("bridge-folder-not-empty", folder=folder))
    write_image(folder)
    say(t("bridge-written", folder=folder))


def _wanted(settings_file: Path | None, port: str | None) -> BridgeSettings:
    from langso.settings.model import BridgeSettings
    from langso.settings.reading import load_settings

    if port is not None:
        return BridgeSettings(port=port)
    if settings_file is None:
        raise UsageError(Sentence("bridge-where"))
    found: BridgeSettings = load_settings(settings_file).bridge
    if found.port is None:
        raise BadPort(Sentence("bridge-no-port-set", file=settings_file))
    return found


def _connect(settings: BridgeSettings, on_telemetry: Callable[[Telemetry], None]) -> Bridge:
    from firmware_bridge.host.link import Bridge
    from firmware_bridge.opening import GPIO_PREFIX

    if settings.port is None or settings.port.startswith(GPIO_PREFIX):
        raise BadPort(Sentence("bridge-needs-board"))
    board = Bridge(settings.port, settings.baud, settings.lease_ms, on_telemetry)
    if not board.open():
        why = board.health().fix
        board.close()
        raise LinkLost(why)
    return board


def _stop_event() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def _plain(telemetry: Telemetry, outputs: tuple[str, ...]) -> dict[str, object]:
    return {
        "on": [name for n, name in enumerate(outputs) if telemetry.driven & 1 << n],
        "muted": bool(telemetry.inputs & 1),
        "supply_mv": telemetry.supply_mv,
        "temperature_c": telemetry.temperature_dc / 10,
        "horn_ma": telemetry.horn_ma,
        "uptime_ms": telemetry.uptime_ms,
        "bad_frames": telemetry.bad_frames,
        "lease_drops": telemetry.lease_drops,
    }


def _sentence(telemetry: Telemetry, outputs: tuple[str, ...]) -> str:
    on_now = [name for n, name in enumerate(outputs) if telemetry.driven & 1 << n]
    return t(
        "bridge-readings-muted" if telemetry.inputs & 1 else "bridge-readings",
        on=", ".join(on_now) or Sentence("bridge-nothing"),
        volts=decimal(telemetry.supply_mv / 1000),
        degrees=decimal(telemetry.temperature_dc / 10),
        horn=telemetry.horn_ma,
        drops=telemetry.lease_drops,
        bad=telemetry.bad_frames,
    )
