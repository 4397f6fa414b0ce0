"""`langso`, the one command: imports each role's commands only when they are asked for."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from langso.device.running import run_program
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.terminal.help_pages import in_list
from langso.words.catalogue import Joined, Sentence, t

_MACHINES = {
    "speaker": Sentence("cli-machine-speaker"),
    "kiosk": Sentence("cli-machine-kiosk"),
    "office": Sentence("cli-machine-office"),
}
_EVERY = tuple(_MACHINES)
_ROLE_FILE = Path("/usr/lib/langso/role")
_WHERE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "village": ("deploy.village.command", "village", ()),
    "setup": ("deploy.machine_setup.command", "setup", _EVERY),
    "install": ("deploy.machine_setup.install_command", "install", _EVERY),
    "bundle": ("deploy.packages.bundle", "bundle", ()),
    "pair": ("deploy.pairing", "pair", _EVERY),
    "courier": ("deploy.courier.command", "courier", _EVERY),
    "doctor": ("deploy.doctor.command", "doctor", _EVERY),
    "bench": ("deploy.bench.command", "bench", _EVERY),
    "settings": ("langso.settings.command", "settings", _EVERY),
    "clock": ("langso.device.clock_commands", "clock", ("speaker", "kiosk")),
    "root": ("langso.trust.roots.commands", "root", _EVERY),
    "office": ("office.commands", "office", ("office",)),
    "speaker": ("speaker.commands", "speaker", ("speaker",)),
    "kiosk": ("kiosk.commands", "kiosk", ("kiosk",)),
    "scan": ("scanner.commands", "scan", ("kiosk", "office")),
    "code": ("langso.code_command", "code", _EVERY),
    "words": ("langso.translations", "words", _EVERY),
    "bridge": ("firmware_bridge.commands", "bridge", ("speaker", "kiosk")),
}
"""Each command: its module, its name there, and which roles carry what it needs."""
_OURS = frozenset(where[0].split(".")[0] for where in _WHERE.values())
_SUBCOMMAND = re.compile(r"[a-z][a-z-]{1,30}")


class LazyGroup(click.Group):
    """A group that imports a role's commands when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order a newcomer meets them."""
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in _WHERE:
            return None
        module, name, _ = _WHERE[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, from the table above: nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, in_list([name])) for name in _WHERE])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="langso", message="Làng Số %(version)s")
def langso() -> None:
    """Làng Số: public loudspeakers, kiosks and an office for one commune."""


def not_carried(missing: str, words: Sequence[str]) -> str | None:
    """The sentence where a command needs a library that this machine does not have; None where the missing code is
    ours.
    """
    library = missing.split(".")[0]
    if not library or library in _OURS:
        return None
    named = [word for word in words[:1] if word in _WHERE]
    named += [word for word in words[1:2] if named and _SUBCOMMAND.fullmatch(word)]
    called = " ".join(["langso", *named])
    carriers = _WHERE[named[0]][2] if named else _EVERY
    # Where this very role should carry it, no other machine helps: only a developer's environment has all.
    where: object = Sentence("cli-machine-developer")
    if carriers and _role() not in carriers:
        where = Joined(Sentence("refusals-or"), [_MACHINES[role] for role in carriers])
    return t("cli-not-carried", called=called, library=library, where=where)


def _role() -> str:
    """What the installed package says; "" in a checkout."""
    try:
        return read_limited(_ROLE_FILE, 64).decode("ascii", "replace").strip()
    except FileRefused:
        return ""


def main() -> None:
    """Run the command line; an expected error is one sentence, without a traceback."""
    run_program(langso, missing=lambda error: not_carried(error.name or "", sys.argv[1:]))
