"""`langso speaker`: run the agent, record what it plays, say what it holds, mute it on the spot."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import json_option, settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Joined, Sentence, t
from langso.words.harmless import harmless
from speaker.alone.commands import alone
from speaker.hand_commands import calibrate, journal, play, test_tone
from speaker.talk_commands import talk

if TYPE_CHECKING:
    from langso.contract import State
    from langso.settings.reading import Settings

RESTART_EXIT = 75
MAX_STATE_BYTES = 1 << 20
_LEVELS = {
    "ok": Sentence("speaker-level-ok"),
    "warn": Sentence("speaker-level-warn"),
    "bad": Sentence("speaker-level-bad"),
}


@click.group(name="speaker")
def speaker() -> None:
    """Public loudspeaker: play by the signed programme, keep a record, show its state, mute it."""


for _command in (play, test_tone, calibrate, journal, alone, talk):
    speaker.add_command(_command)


@speaker.command()
@settings_option
@json_option
def run(settings_file: Path, as_json: bool) -> None:
    """Run the loudspeaker until told to stop (Ctrl-C)."""
    from langso.device.ending import end_process
    from langso.device.pairing_stand import wait_until_paired
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging

    settings = load_settings(settings_file)
    start_logging("httpx")
    with SingleInstance(settings.paths.run / "speaker.lock", name=f"Loa {settings.device.id}"):
        stop = _on_signals()
        if not wait_until_paired(settings.paths.state, stop):
            return
        from speaker.agent import SpeakerAgent

        with _plans(settings):
            agent = SpeakerAgent(settings)
            _tell_run(agent.device, True, as_json=as_json)
            again = agent.run(stop)
        _tell_run(agent.device, False, as_json=as_json, restart=again)
    end_process(RESTART_EXIT if again else 0)


@speaker.command()
@settings_option
@json_option
def status(settings_file: Path, as_json: bool) -> None:
    """Tell what the loudspeaker holds and will play, from the newest state on this machine."""
    from langso.contract import State
    from langso.device.pairing_stand import in_a_sentence, next_steps, stand_of
    from langso.durable.files import read_limited
    from langso.errors import UsageError
    from langso.settings.reading import load_settings
    from speaker.agent import STATE_FILE
    from speaker.told import StatusTold, tell

    settings = load_settings(settings_file)
    path = settings.paths.run / STATE_FILE
    stand = stand_of(settings.paths.state)
    if stand.state != "paired" and not path.exists():
        if as_json:
            tell(StatusTold(pairing=stand.state, code=stand.code, why=stand.why))
            return
        say(in_a_sentence(stand))
        for number, step in enumerate(next_steps(stand), 1):
            say(f"{number}. {step}")
        say(t("speaker-waiting") if _is_running(settings) else t("speaker-not-running"))
        return
    if not path.exists():
        raise UsageError(Sentence("speaker-never-ran"))
    raw = read_limited(path, MAX_STATE_BYTES)
    try:
        state = State.model_validate_json(raw)
    except ValueError as error:
        raise UsageError(Sentence("speaker-state-damaged", path=path)) from error
    if as_json:
        tell(state)
        return
    for line in describe(state):
        say(harmless(line))
    if not _is_running(settings):
        say(t("speaker-last-written"))


@speaker.command()
@settings_option
@click.argument("state", type=click.Choice(["on", "off"]))
@json_option
def mute(settings_file: Path, state: str, as_json: bool) -> None:
    """Mute (on) or unmute (off) on the spot: beats every order and is reported to the commune."""
    from langso.settings.reading import load_settings
    from speaker.local_mute import wish_mute
    from speaker.told import MuteTold, tell

    settings = load_settings(settings_file)
    # The running loudspeaker keeps it in memory where the card takes nothing; without one it is kept for its start.
    if not (_is_running(settings) and wish_mute(settings.paths.run, state == "on")):
        _keep_mute(settings, state == "on")
    if as_json:
        tell(MuteTold(muted=state == "on"))
    else:
        say(t("speaker-muted") if state == "on" else t("speaker-unmuted"))


def _keep_mute(settings: Settings, muted: bool) -> None:
    from langso.durable.ownership import acting_as_owner
    from langso.durable.store import Store
    from langso.timekeeping.clock import SystemClock
    from speaker.record.database import DATABASE, MIGRATIONS
    from speaker.record.journal import Journal
    from speaker.record.plays import Ledger

    clock = SystemClock()
    with acting_as_owner(settings.paths.state), Store(settings.paths.state / DATABASE, MIGRATIONS) as store:
        journal = Journal(store, clock, device=settings.device.id, commune=settings.commune.code)
        Ledger(store, journal, clock).set_switch("muted", "1" if muted else "0")


def describe(state: State) -> list[str]:
    """The state in words, a line for each thing."""
    from langso.contract.health import check_of
    from langso.timekeeping import dates

    plans = [document for document in state.held if document.kind == "plan"]
    lines = [t("speaker-of-commune", device=state.device, commune=state.commune, written=dates.moment(state.written))]
    if plans:
        held = [Sentence("speaker-programme-version", issuer=plan.issuer, version=plan.version) for plan in plans]
        lines.append(t("speaker-programmes", held=Joined(", ", held)))
    else:
        lines.append(t("speaker-no-programme"))
    lines.append(t("speaker-sounds-held", ready=state.media_ready, wanted=state.media_wanted))
    lines.append(t("speaker-now-playing", playing=state.playing) if state.playing else t("speaker-now-silent"))
    following = state.next_play
    lines.append(t("speaker-next", following=dates.moment(following)) if following else t("speaker-nothing-next"))
    if state.muted:
        lines.append(t("speaker-muted-how-on"))
    for check in map(check_of, state.health):
        fix = f" {check.fix}" if check.level != "ok" else ""
        lines.append(f"[{_LEVELS[check.level]}] {check.why}{fix}")
    return lines


def _tell_run(device: str, running: bool, *, as_json: bool, restart: bool = False) -> None:
    from speaker.told import RunTold, tell

    if as_json:
        tell(RunTold(device=device, running=running, restart=restart))


@contextlib.contextmanager
def _plans(settings: Settings) -> Iterator[None]:
    """Takes orders from the folder that the settings name, if they name one."""
    from speaker.alone.plan_folder import PlanFolder

    if settings.speaker.plan_folder is None:
        yield
        return
    folder = PlanFolder(settings.speaker.plan_folder, settings.paths.state, settings.commune.code, settings.device.id)
    folder.start()
    try:
        yield
    finally:
        folder.stop()


def _on_signals() -> threading.Event:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


def _is_running(settings: Settings) -> bool:
    from langso.durable.errors import AlreadyRunning
    from langso.durable.single_instance import SingleInstance

    try:
        with SingleInstance(settings.paths.run / "speaker.lock"):
            return False
    except AlreadyRunning:
        return True
