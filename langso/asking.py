"""Yes or no, asked and understood in Vietnamese at a terminal."""

from __future__ import annotations

from collections.abc import Callable

import click

from langso.words import fold

_YES = frozenset(["c", "co", "d", "dung", "ok", "ro", "roi", "u", "vang", "y", "yes"])
_NO = frozenset(["chua", "k", "khong", "ko", "n", "no", "s", "sai"])


def yes_or_no(text: str) -> bool | None:
    """What an answer means, with or without marks and capitals; None where it is neither."""
    plain = fold(text).casefold().strip(" .!\t")
    if plain in _YES:
        return True
    return False if plain in _NO else None


def confirm(question: str, *, default: bool | None = None, shown: Callable[[str], str] = str) -> bool:
    """Asks until it is answered; Enter means `default` where there is one. `shown`: as this terminal can show it."""
    enter = {True: ", Enter = có", False: ", Enter = không", None: ""}[default]
    while True:
        typed = str(click.prompt(shown(f"{question} (có/không{enter})"), default="", show_default=False))
        meant = yes_or_no(typed) if typed.strip() else default
        if meant is not None:
            return meant
        click.echo(shown("Hãy gõ «có» hoặc «không» (hay c, k), rồi bấm Enter."))
