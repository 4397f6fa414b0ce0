"""`langso speaker talk`: the PIN opens the village head's talk key; the last announcement once more."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.asking import prompt
from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import t

if TYPE_CHECKING:
    from speaker.talk_door import TalkDoor


@click.group()
def talk() -> None:
    """The village head's talk key on this loudspeaker: open it with the PIN, shut it."""


@talk.command(name="open")
@settings_option
def open_(settings_file: Path) -> None:
    """Open the talk key for a quarter of an hour, with the PIN of `langso clock pin`."""
    seconds = _door(settings_file).open()
    say(t("talk-opened", minutes=int(seconds // 60)))


@talk.command()
@settings_option
def again(settings_file: Path) -> None:
    """Play the last announcement once more, with the PIN; caps and quiet hours hold."""
    _door(settings_file).open(again=secrets.token_hex(8))
    say(t("talk-again-asked"))


@talk.command()
@settings_option
def close(settings_file: Path) -> None:
    """Shut the talk key now."""
    from langso.settings.reading import load_settings
    from speaker.talk_door import TalkDoor

    TalkDoor(load_settings(settings_file).paths.run).close()
    say(t("talk-closed"))


def _door(settings_file: Path) -> TalkDoor:
    from langso.device.clock_pin import check_pin
    from langso.settings.reading import load_settings
    from speaker.talk_door import TalkDoor

    settings = load_settings(settings_file)
    check_pin(settings.paths.state, prompt(t("talk-ask-pin"), hidden=True))
    return TalkDoor(settings.paths.run)
