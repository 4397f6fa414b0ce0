"""A call that Click would take and we do not: refused in our own words."""

from __future__ import annotations

import click

from langso.words.catalogue import Words


class WrongCall(click.UsageError):
    """Shown with the hint to the command's help; exit status 2. Click's own get theirs in `refusals`."""

    def __init__(self, said: Words, ctx: click.Context | None = None) -> None:
        super().__init__(str(said), ctx)
