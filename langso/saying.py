"""What a command says: every line goes out here, so that no file, stick or device speaks to the terminal itself."""

from __future__ import annotations

import click

from langso.shown import harmless_lines


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """A line, or several, to whoever called the command. What strangers wrote into one line: `harmless` first."""
    click.echo(harmless_lines(text), err=err, nl=nl)
