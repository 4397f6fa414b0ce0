"""Every command's help page in one Markdown document, as `--help` prints it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from deploy.cli import langso
from langso.terminal.help_pages import WordsContext

_WIDTH = 100


def command_pages() -> str:
    """The whole tree below `langso`, a heading and a block for each command."""
    # As a call makes it: Click keeps a command's help option, names and all, from the first page it writes.
    settings = {**langso.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = WordsContext(langso, info_name="langso", **settings)
    parts = []
    for page in _pages(langso, context):
        level = min(page.command_path.count(" ") + 2, 4)
        parts.append(f"{'#' * level} {page.command_path}\n\n```text\n{page.get_help().rstrip()}\n```\n")
    return "\n".join(parts)


def _pages(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                inner = WordsContext(
                    below, info_name=name, parent=context, terminal_width=_WIDTH, max_content_width=_WIDTH
                )
                yield from _pages(below, inner)
