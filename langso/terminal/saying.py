"""What a command says: every line goes out here, so that no file, stick or device speaks to the terminal itself."""

from __future__ import annotations

import click

from langso.words.harmless import harmless_lines

_COLOURS = {"good": "green", "warn": "yellow", "bad": "red"}


def say(text: str = "", *, mark: str = "", err: bool = False, nl: bool = True) -> None:
    """A line, or several, to whoever called the command. What strangers wrote into one line: `harmless` first.

    `mark`: "good", "warn" or "bad" colour it.
    """
    shown, colour = harmless_lines(text), _COLOURS.get(mark)
    click.echo(click.style(shown, fg=colour, bold=True) if colour else shown, err=err, nl=nl)
