"""`--help` in the language of whoever asks: texts of commands and options come from the catalogue, by their place.

`help-office-init` is what `langso office init` does, its form `.out` what its option is for, `.in-list` how a list of
commands names it, `.file-metavar` what stands for a value; what many commands share stands in `help-common`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

from langso.words.catalogue import is_known, t

_OURS = "langso"
_COMMON = "help-common"
_CLICKS_OWN = {
    "[required]": "help-page-required",
    "; required]": "help-page-and-required",
    "default: ": "help-page-default",
    "Show this message and exit.": "help-page-help",
    "Show the version and exit.": "help-page-version",
}
_VALUES = {
    "DIRECTORY": "help-page-value-folder",
    "FILE": "help-page-value-file",
    "PATH": "help-page-value-path",
    "TEXT": "help-page-value-text",
    "INTEGER": "help-page-value-number",
    "FLOAT": "help-page-value-number",
}
"""What Click writes for a value whose option does not name it."""

_VALUE = re.compile(rf"(?<= )({'|'.join(_VALUES)})( RANGE)?$")


class HelpPage(click.HelpFormatter):
    """Writes Click's own words (headings, `[required]`, `[default: …]`, the help option) from the catalogue."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line of a help page."""
        args = args.replace("[OPTIONS]", t("help-page-options")).replace("COMMAND [ARGS]...", t("help-page-command"))
        super().write_usage(prog, args, prefix or t("help-page-usage"))

    def write_heading(self, heading: str) -> None:
        """The name of a part of the page."""
        id = f"help-page-heading-{heading.lower()}"
        super().write_heading(t(id) if is_known(id) else heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of names with what they mean."""
        super().write_dl([(_value_named(name), _clicks_own(text)) for name, text in rows], col_max, col_spacing)


class WordsContext(click.Context):
    """A call whose command, options and commands below have their texts from the catalogue."""

    formatter_class = HelpPage

    def __init__(self, command: click.Command, *args: Any, **kwargs: Any) -> None:
        super().__init__(command, *args, **kwargs)
        place = _place(self)
        _put(command, place)
        if isinstance(command, click.Group):
            for name, below in command.commands.items():
                _put(below, [*place, name])


def help_id(place: Iterable[str]) -> str:
    """The id of a command's help: `["office", "init"]` -> `help-office-init`; of the whole: `help-langso`."""
    return "-".join(["help", *(place or [_OURS])])


def in_list(place: list[str]) -> str:
    """How a list of commands names one, without importing it."""
    return t(f"{help_id(place)}.in-list")


def _put(command: click.Command, place: list[str]) -> None:
    id = help_id(place)
    if is_known(id):
        command.help = t(id)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            parameter.help = _form(id, str(parameter.name)) or parameter.help
        if parameter.metavar is not None:
            parameter.metavar = _form(id, f"{parameter.name}-metavar") or parameter.metavar


def _form(id: str, form: str) -> str | None:
    name = next((whole for whole in (f"{id}.{form}", f"{_COMMON}.{form}") if is_known(whole)), None)
    return None if name is None else t(name)


def _place(context: click.Context) -> list[str]:
    names: list[str] = []
    here: click.Context | None = context
    while here is not None:
        if here.parent is not None or here.command.name != _OURS:
            names.insert(0, here.info_name or here.command.name or "")
        here = here.parent
    return names


def _value_named(option: str) -> str:
    """`--out DIRECTORY` in the language of whoever asks."""
    return _VALUE.sub(lambda found: t(_VALUES[found[1]]), option)


def _clicks_own(text: str) -> str:
    for theirs, id in _CLICKS_OWN.items():
        text = text.replace(theirs, t(id))
    return text
