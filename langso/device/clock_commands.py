"""`langso clock`: how the time of this machine is proven, and setting it by hand where nobody proves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.device.clock_by_hand import ClockByHand
from langso.device.clock_pin import choose_pin, has_pin
from langso.device.errors import TimeRefused
from langso.terminal.asking import confirm, prompt
from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.timekeeping import dates
from langso.timekeeping.hand_set import told_of
from langso.words.catalogue import Sentence, Unit, t

if TYPE_CHECKING:
    from langso.settings.reading import Settings


@click.group()
def clock() -> None:
    """How the time of this machine is proven, and setting it by hand where nobody proves it."""


@clock.command()
@settings_option
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
@settings_option
def set_(moment: str, who: str, settings_file: Path) -> None:
    """Set the time by hand ('30/11/2026 08:15', Vietnamese time), with the PIN."""
    settings = _device(settings_file)
    state = settings.paths.state
    by_hand = ClockByHand(state)
    meant = by_hand.read(moment)
    if not has_pin(state):
        raise TimeRefused(Sentence("clock-pin-none"))
    by_hand.check(prompt(t("clock-ask-pin"), hidden=True))
    there = dates.local(meant)
    if not confirm(t("clock-sure", moment=dates.full(meant), lunar=dates.lunar(there.date())), default=False):
        raise TimeRefused(Sentence("clock-not-changed"))
    by_hand.keep(meant, who)
    say(t("clock-was-set", moment=dates.full(meant)))


@clock.command()
@settings_option
def show(settings_file: Path) -> None:
    """Tell what was set by hand; the rest stands in `langso doctor`."""
    settings = _device(settings_file)
    told = told_of(settings.paths.state)
    if told is None:
        say(t("clock-nothing-by-hand"))
    else:
        say(t("clock-by-hand-since", moment=Unit(dates.full, told.moment), who=told.who or "—"))


def _device(settings_file: Path) -> Settings:
    from langso.settings.reading import load_settings

    settings = load_settings(settings_file)
    if settings.device.role not in ("speaker", "kiosk"):
        raise TimeRefused(Sentence("clock-devices-only", set_clock=Sentence("machine-set-clock")))
    return settings
