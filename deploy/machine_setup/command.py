"""`langso setup`: asks only what it cannot find out, may be stopped and run again at every step."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from deploy.machine_setup.dialogue import BARE_TERMINALS, Dialogue
from langso.terminal.saying import say
from langso.words.catalogue import Sentence

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--role", type=click.Choice(["office", "speaker", "kiosk"]))
@click.option("--commune")
@click.option("--commune-name")
@click.option("--device")
@click.option("--place")
@click.option("--village")
@click.option("--hostname")
@click.option("--name", "names", multiple=True)
@click.option("--time", "time_of_day")
@click.option("--stick", type=_FOLDER)
@click.option("--code", "codes", multiple=True)
@click.option("--replace", is_flag=True)
@click.option("--address")
@click.option("--pair-again", is_flag=True)
@click.option("--root-count", type=click.IntRange(1, 8))
@click.option("--root-threshold", type=click.IntRange(1, 8))
@click.option("--root-stick", "root_sticks", type=_FOLDER, multiple=True)
@click.option("--holder", "holders", multiple=True)
@click.option("--passphrase-file", "passphrases", type=_FILE, multiple=True)
@click.option("--root-public", "publics", type=_FILE, multiple=True)
@click.option("--proposal", "proposals", type=_FILE, multiple=True)
@click.option("--not-a-stick", is_flag=True)
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM")
@click.option("--volume", type=click.IntRange(1, 100), default=100, show_default=True)
@click.option("--account")
@click.option("--account-password-file", type=_FILE)
@click.option("--desk-passphrase-file", type=_FILE)
@click.option("--desk-sheet", type=_FILE)
@click.option("--unattended", is_flag=True)
@click.option("--plain/--no-plain", default=None)
@click.option("--no-start", is_flag=True)
@click.option("--check", is_flag=True)
@click.option("--tree", type=_FOLDER, default=Path("/"), hidden=True)
def setup(check: bool, unattended: bool, plain: bool | None, tree: Path, **given: object) -> None:
    """Put this machine to work: office, loudspeaker or kiosk. May be run as often as you like."""
    from deploy.install.place import MachinePlace, require_root
    from deploy.machine_setup.running import Guide, Options
    from langso.durable.single_instance import SingleInstance
    from langso.errors import LangsoError

    bare = os.environ.get("TERM", "dumb") in BARE_TERMINALS and _terminal()
    talk = Dialogue(asks=not unattended and _terminal(), plain=bare if plain is None else plain)
    place = MachinePlace(tree.absolute())
    guide = Guide(talk, place, Options(**given))  # type: ignore[arg-type]  # click gives what Options names
    if check:
        for line in guide.to_do():
            talk.say(line)
        return
    require_root(place)
    try:
        with SingleInstance(place.lock, name=Sentence("setup-another-setup")):
            guide.run()
    except LangsoError as error:
        if not talk.plain:
            raise
        say(talk.shown(str(error)), err=True)
        raise SystemExit(error.exit_code) from error


def _terminal() -> bool:
    return sys.stdin.isatty()
