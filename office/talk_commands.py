"""`langso office talk`: which village's head may speak over its loudspeakers, and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.settings.model import Settings


@click.group()
def talk() -> None:
    """Which village's head may speak over its loudspeakers, and for how long."""


@talk.command()
@settings_option
@click.argument("village")
@click.option("--day", type=click.IntRange(1, 1440), default=10, show_default=True)
@click.option("--month", type=click.IntRange(1, 44640), default=120, show_default=True)
@click.option("--until", default="", metavar="'DD/MM/YYYY HH:MM'")
def give(settings_file: Path, village: str, day: int, month: int, until: str) -> None:
    """Let the head of a village speak there by the talk key."""
    from langso.contract import TalkRight
    from langso.errors import UsageError
    from langso.timekeeping import dates
    from langso.words.village_names import village_name
    from office.people.operator import operator
    from office.signer.client import BY_ROOT
    from office.whole_office import Office

    try:
        ends = dates.read_moment(until) if until else None
    except ValueError as error:
        raise UsageError(Sentence("clock-time-form")) from error
    with Office(_settings(settings_file)) as opened:
        if village not in {device.village for device in opened.fleet.devices() if device.role == "speaker"}:
            raise UsageError(Sentence("office-talk-no-village", village=harmless(village[:64])))
        right = TalkRight(village=village, minutes_a_day=day, minutes_a_month=max(day, month), until=ends)
        opened.talk.give(right, operator(), BY_ROOT)
        told = opened.talk.catch_up()
        say(t("office-talk-given", village=village_name(village), day=day, month=max(day, month), count=len(told)))


@talk.command()
@settings_option
@click.argument("village")
def withdraw(settings_file: Path, village: str) -> None:
    """No longer let anybody speak there; who is speaking falls silent."""
    from langso.words.village_names import village_name
    from office.people.operator import operator
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        opened.talk.withdraw(village, operator())
        opened.talk.catch_up()
        say(t("office-talk-withdrawn", village=harmless(village_name(village[:64]))))


@talk.command(name="list")
@settings_option
def list_(settings_file: Path) -> None:
    """Who may speak where, and what was said."""
    from langso.timekeeping import dates
    from langso.words.village_names import village_name
    from office.people.operator import who_in_words
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        rights = opened.talk.all()
        if not rights:
            say(t("office-talk-none"))
        for one in rights:
            name = village_name(one.village)
            if one.right is None:
                say(t("office-talk-none-in", village=name, by=harmless(who_in_words(one.by))))
            else:
                day, month = one.right.minutes_a_day, one.right.minutes_a_month
                say(t("office-talk-in", village=name, day=day, month=month, waiting=one.waiting))
            for talked in opened.talk.told(one.village):
                when, seconds = dates.moment(talked.at), talked.heard_ms // 1000
                line = t("office-talk-line", device=talked.device, when=when, title=talked.title, seconds=seconds)
                say(harmless(f"  {line}"))


def _settings(path: Path) -> Settings:
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings

    settings = load_settings(path)
    click.get_current_context().with_resource(acting_as_owner(settings.paths.state))
    return settings
