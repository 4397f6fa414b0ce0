"""`langso office`: keys made, the signer run, a broadcast sent from the command line."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.help_pages import in_list
from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, Unit, t

if TYPE_CHECKING:
    from langso.settings.model import Settings
    from langso.voices.signals import Signal

_FILE = click.Path(path_type=Path, dir_okay=False)
_LATER = {
    "account": ("office.account_commands", "account"),
    "web": ("office.web.commands", "web"),
    "signer": ("office.signer_commands", "signer"),
    "trust": ("office.trust_commands", "trust"),
    "ca": ("office.ca_commands", "ca"),
    "audit": ("office.audit_commands", "audit"),
    "desk": ("office.desk_commands", "desk"),
    "talk": ("office.talk_commands", "talk"),
    "staff": ("office.web.commands", "staff"),
}


class _OfficeGroup(click.Group):
    """Some commands live beside the pages and are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        module, name = _LATER[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(90)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted([*rows, *((name, in_list(["office", name])) for name in _LATER)]))


@click.group(name="office", cls=_OfficeGroup)
def office() -> None:
    """The commune's office: its keys, the signer, the web pages, broadcasts."""


@office.command()
@settings_option
@click.option("--root", "roots", type=_FILE, multiple=True)
@click.option("--threshold", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM")
@click.option("--volume", type=click.IntRange(1, 100), default=100, show_default=True)
@click.option("-o", "--out", type=_FILE, required=True)
def init(
    settings_file: Path,
    roots: tuple[Path, ...],
    threshold: int,
    quiet_hours: tuple[str, ...],
    volume: int,
    out: Path,
) -> None:
    """Found the office: make its keys, and propose the list of rights for the root keys to sign."""
    from langso.contract import Caps
    from langso.durable.files import read_limited, write_atomic
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.ceremony import in_words
    from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, read_public_part
    from office.founding import founding
    from office.founding.limits import read_quiet_hours

    settings = load_settings(settings_file)
    caps = Caps(volume=volume, quiet_hours=read_quiet_hours(quiet_hours))
    parts = [read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)) for path in roots]
    founding.roots_of(parts, threshold, settings.commune.code)
    now = SystemClock().now()
    home = founding.begin(settings, now)
    read = founding.propose(home, parts, now, threshold=threshold, caps=caps)
    write_atomic(out, read.proposal.to_json(), mode=0o644)
    warning = founding.advice(len(parts), threshold)
    for line in (*in_words(read), *([str(warning)] if warning else []), "", *read.missing()):
        say(line)
    say(t("office-compare-then-sign", file=out))


@office.command(name="say")
@settings_option
@click.argument("text")
@click.option("--at", required=True)
@click.option("--to", "targets", required=True)
@click.option("--title", default="")
@click.option("--priority", is_flag=True)
@click.option("--no-chime", is_flag=True)
@click.option("--exercise", is_flag=True)
@click.option("--relay", "stream", metavar="URL")
@click.option("--minutes", type=click.IntRange(1, 180), default=30, show_default=True)
def broadcast(
    settings_file: Path,
    text: str,
    at: str,
    targets: str,
    title: str,
    priority: bool,
    no_chime: bool,
    exercise: bool,
    stream: str | None,
    minutes: int,
) -> None:
    """Send a broadcast: spoken, signed, put into the plan."""
    from langso.timekeeping import dates
    from office.broadcasting.plans import relayed
    from office.broadcasting.when import read_when
    from office.people.operator import operator
    from office.signer.client import BY_ROOT
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        by = operator()
        draft = opened.broadcasts.draft(
            text,
            targets=_names(targets),
            start=read_when(at, opened.clock.now()),
            by=by,
            title=title,
            broadcast_class="priority" if priority else "normal",
            exercise=exercise,
            relay=relayed(stream, minutes * 60_000),
        )
        opened.broadcasts.prepare(draft.id, chime=not no_chime)
        sent = opened.broadcasts.send(draft.id, by, BY_ROOT if opened.broadcasts.must_be_asked() else None)
        when = Unit(dates.moment, sent.planned.start)
        if opened.speaker_orders.standings().of(sent) != "signed":
            raise SignerUnreachable(
                Sentence("office-say-unsigned", id=sent.id, why=opened.speaker_orders.why, when=when)
            )
        say(t("office-say-planned", id=sent.id, when=when))


@office.command()
@settings_option
@click.argument("broadcast")
def withdraw(settings_file: Path, broadcast: str) -> None:
    """Withdraw a broadcast from the plan; if it is being played, it stops."""
    from office.people.operator import operator
    from office.signer.client import BY_ROOT
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        withdrawn = opened.broadcasts.withdraw(broadcast, operator(), BY_ROOT)
        if opened.speaker_orders.standings().of(withdrawn) != "withdrawn":
            raise SignerUnreachable(Sentence("office-not-withdrawn", id=broadcast, why=opened.speaker_orders.why))
        say(t("office-withdrawn", id=broadcast))


@office.command()
@settings_option
@click.argument("text")
@click.option("--to", "targets", default="all", show_default=True)
@click.option("--repeat", type=click.IntRange(1, 1000), default=3, show_default=True)
@click.option("--minutes", type=click.IntRange(1, 1440), default=60, show_default=True)
@click.option("--exercise", is_flag=True)
@click.option("--signal", type=click.Choice(["siren", "fire", "flood", "notice"]))
def urgent(
    settings_file: Path, text: str, targets: str, repeat: int, minutes: int, exercise: bool, signal: Signal | None
) -> None:
    """Give an emergency at once; it cuts into whatever is being played."""
    from office.people.operator import operator
    from office.signer.client import BY_ROOT
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        order = opened.alarms.urgent(
            text,
            targets=_names(targets),
            by=operator(),
            repeat=repeat,
            minutes=minutes,
            exercise=exercise,
            signal=signal,
            proof=BY_ROOT,
        )
        say(t("office-urgent-given", id=order.id))


@office.command()
@settings_option
@click.argument("order", default="*")
def clear(settings_file: Path, order: str) -> None:
    """All clear: end one urgent order, or all."""
    from office.people.operator import operator
    from office.signer.client import BY_ROOT
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as opened:
        ended = opened.alarms.all_clear(order, operator(), BY_ROOT)
        if opened.speaker_orders.unheard_endings():
            raise SignerUnreachable(Sentence("office-not-cleared", why=opened.speaker_orders.why))
        say(t("office-cleared", ids=", ".join(ended.ends)))


def _settings(path: Path) -> Settings:
    """The settings; until the command ends, root is the office's own user, so that no file becomes root's."""
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings

    settings = load_settings(path)
    click.get_current_context().with_resource(acting_as_owner(settings.paths.state))
    return settings


def _names(targets: str) -> list[str]:
    return [name.strip() for name in targets.split(",") if name.strip()]
