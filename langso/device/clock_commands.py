"""`langso clock`: how the time of this machine is proven, and setting it by hand where nobody proves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.device.clock_pin import check_pin, choose_pin, has_pin
from langso.device.errors import TimeRefused
from langso.terminal.asking import confirm, prompt
from langso.terminal.saying import say
from langso.timekeeping import dates
from langso.timekeeping.clock import since_boot
from langso.timekeeping.evidence import ClockPlaces, boot_id, rtc_reading
from langso.timekeeping.hand_set import set_by_hand, told_of
from langso.timekeeping.known_time import RELEASED
from langso.words.catalogue import Sentence, Unit, t

if TYPE_CHECKING:
    from langso.settings.reading import Settings

MOST_AHEAD = timedelta(days=400)
"""Nobody brings a courier's stick so seldom: a year typed wrong is the likelier."""
BEHIND = timedelta(days=1)
_settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("/etc/langso/langso.toml"),
)


@click.group()
def clock() -> None:
    """How the time of this machine is proven, and setting it by hand where nobody proves it."""


@clock.command()
@_settings_option
def pin(settings_file: Path) -> None:
    """Choose the PIN that sets the time (6 to 12 digits; there is none before)."""
    settings = _device(settings_file)
    first = prompt(t("clock-ask-new-pin"), hidden=True)
    if prompt(t("clock-ask-pin-again"), hidden=True) != first:
        raise TimeRefused(Sentence("clock-pin-differs"))
    choose_pin(settings.paths.state, first)
    say(t("clock-pin-chosen"))


@clock.command(name="set")
@click.argument("moment")
@click.option("--who", default="", help="Who sets it, for the record.")
@_settings_option
def set_(moment: str, who: str, settings_file: Path) -> None:
    """Set the time by hand ('30/11/2026 08:15', Vietnamese time), with the PIN."""
    settings = _device(settings_file)
    state = settings.paths.state
    meant = read_time(moment, _floor(settings))
    if not has_pin(state):
        raise TimeRefused(Sentence("clock-pin-none"))
    check_pin(state, prompt(t("clock-ask-pin"), hidden=True))
    there = dates.local(meant)
    if not confirm(t("clock-sure", moment=dates.full(meant), lunar=dates.lunar(there.date())), default=False):
        raise TimeRefused(Sentence("clock-not-changed"))
    set_by_hand(
        state,
        meant,
        steady=since_boot(),
        boot=boot_id(),
        rtc=rtc_reading(ClockPlaces().rtc),
        who=who,
    )
    say(t("clock-was-set", moment=dates.full(meant)))


@clock.command()
@_settings_option
def show(settings_file: Path) -> None:
    """Tell what was set by hand; the rest stands in `langso doctor`."""
    settings = _device(settings_file)
    told = told_of(settings.paths.state)
    if told is None:
        say(t("clock-nothing-by-hand"))
    else:
        say(t("clock-by-hand-since", moment=Unit(dates.full, told.moment), who=told.who or "—"))


def read_time(text: str, floor: datetime | None) -> datetime:
    """The Vietnamese time that was typed. `floor`: what signed documents prove. Raises TimeRefused for what is no
    time, or cannot be now.
    """
    try:
        meant = dates.read_moment(text)
    except ValueError as error:
        raise TimeRefused(Sentence("clock-time-form")) from error
    lowest = max(RELEASED, floor or RELEASED)
    if meant < lowest - BEHIND:
        raise TimeRefused(Sentence("clock-time-before", proven=Unit(dates.full, lowest)))
    if meant > lowest + MOST_AHEAD and floor is not None:
        raise TimeRefused(Sentence("clock-time-far", proven=Unit(dates.full, lowest)))
    return meant


def _device(settings_file: Path) -> Settings:
    from langso.settings.reading import load_settings

    settings = load_settings(settings_file)
    if settings.device.role not in ("speaker", "kiosk"):
        raise TimeRefused(Sentence("clock-devices-only", set_clock=Sentence("machine-set-clock")))
    return settings


def _floor(settings: Settings) -> datetime | None:
    from langso.trust.marks import FOLDER, MarksFile

    marks = MarksFile(settings.paths.state / FOLDER).load()
    return None if marks is None else max((floor.proven or floor.moment for floor in marks.floors), default=None)
