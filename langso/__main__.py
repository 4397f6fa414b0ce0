"""`python -m langso`: the commands that need nothing but this folder; an installed `langso` has them too."""

import click

from langso.device.clock_commands import clock
from langso.device.running import run_program
from langso.settings.command import settings
from langso.trust.roots.commands import root


@click.group(name="langso", commands=[clock, root, settings])
def langso() -> None:
    """Root keys, the clock, settings."""


if __name__ == "__main__":
    run_program(langso, "langso")
