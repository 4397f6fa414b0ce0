"""`langso courier import|export`: at the office, at a loudspeaker, at a kiosk; by a stick or any folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.asking import prompt
from langso.terminal.options import json_option, settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Joined, Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from deploy.courier.carrying import StickAccount
    from langso.settings.model import Settings

_PLACE = click.Path(path_type=Path)
_WORDS = {
    "taken": "courier-letters-taken",
    "same": "courier-letters-same",
    "older": "courier-letters-older",
    "refused": "courier-letters-refused",
    "failed": "courier-letters-failed",
}


@click.group()
def courier() -> None:
    """Carry between office and hamlet on a USB stick where there is no signal."""


@courier.command(name="import")
@click.argument("place", type=_PLACE)
@settings_option
@json_option
def bring(place: Path, settings_file: Path, as_json: bool) -> None:
    """Take from the stick what is for this machine."""
    from deploy.courier.carrying import Carrying
    from deploy.courier.mounting import opened
    from langso.courier.stick import CourierStick
    from langso.settings.reading import load_settings

    settings = load_settings(settings_file)
    _may(settings, quiet=as_json)
    with opened(place, write=False) as folder, CourierStick(folder, settings.commune.code) as stick:
        carried = Carrying(settings).bring(stick)
    _tell(carried, as_json=as_json)
    if not as_json and not carried.outcomes and not carried.waits:
        say(t("courier-none-for-this"), mark="warn")
    if not as_json and not carried.waits:
        say(t("courier-next-export", place=harmless(str(place))))


@courier.command(name="export")
@click.argument("place", type=_PLACE)
@settings_option
@json_option
def fetch(place: Path, settings_file: Path, as_json: bool) -> None:
    """Write to the stick what this machine has to send."""
    from deploy.courier.carrying import Carrying
    from deploy.courier.mounting import opened
    from langso.courier.stick import CourierStick
    from langso.settings.reading import load_settings

    settings = load_settings(settings_file)
    with opened(place, write=True) as folder, CourierStick(folder, settings.commune.code, make=True) as stick:
        carried = Carrying(settings).fetch(stick)
    _tell(carried, as_json=as_json)
    if not as_json:
        say(t("courier-written", letters=carried.written, files=carried.files))
        say(t("courier-pull-out"))


def _may(settings: Settings, *, quiet: bool) -> None:
    """Whoever plugs a stick into a device knows its PIN, once somebody has chosen one. Raises PinRefused."""
    from langso.device.clock_pin import check_pin, has_pin

    if settings.device.role == "office":
        return
    if has_pin(settings.paths.state):
        check_pin(settings.paths.state, prompt(t("courier-ask-pin"), hidden=True))
    elif not quiet:
        say(t("courier-choose-pin"), mark="warn")


def _tell(carried: StickAccount, *, as_json: bool) -> None:
    if as_json:
        told = {
            "outcomes": [one.model_dump(exclude_none=True) for one in carried.outcomes],
            **{name: getattr(carried, name) for name in ("written", "files", "missing", "left", "waits")},
        }
        say(json.dumps(told, ensure_ascii=False))
        return
    counts = {outcome: sum(one.outcome == outcome for one in carried.outcomes) for outcome in _WORDS}
    parts = [Sentence(_WORDS[outcome], letters=count) for outcome, count in counts.items() if count]
    if parts:
        say(t("courier-brought", parts=Joined(", ", parts)))
    for one in carried.outcomes:
        if one.why:
            say(t("courier-one-letter", name=harmless(one.name), why=harmless(one.why)), mark="warn")
    if carried.missing:
        say(t("courier-files-missing", files=carried.missing), mark="warn")
    if carried.left:
        say(t("courier-no-room", files=carried.left), mark="bad")
    if carried.waits:
        say(t("courier-program-later"), mark="warn")
