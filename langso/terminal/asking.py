"""Questions at a terminal: no word of theirs is English, yes and no are understood in Vietnamese."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import click

from langso.terminal.saying import say
from langso.words import fold
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless_lines

_YES = frozenset(["c", "co", "d", "dung", "ok", "ro", "roi", "u", "vang", "y", "yes"])
_NO = frozenset(["chua", "k", "khong", "ko", "n", "no", "s", "sai"])


def yes_or_no(text: str) -> bool | None:
    """What an answer means, with or without marks and capitals; None where it is neither."""
    plain = fold(text).casefold().strip(" .!\t")
    if plain in _YES:
        return True
    return False if plain in _NO else None


def prompt(
    question: str,
    *,
    default: str | None = None,
    hidden: bool = False,
    end: str = ": ",
    shown: Callable[[str], str] = harmless_lines,
) -> str:
    """One line that is typed; Enter means `default`, and is asked again where that is None.

    Bytes that are no letters (another keyboard's encoding) are told and asked again.
    """
    while True:
        with contextlib.suppress(UnicodeError):
            typed = click.prompt(
                shown(question),
                default=default,
                show_default=bool(default) and not hidden,
                hide_input=hidden,
                prompt_suffix=end,
            )
            # A terminal without UTF-8 lets them through, marked.
            str(typed).encode()
            return str(typed)
        say(shown(t("terminal-unreadable")))


def confirm(question: str, *, default: bool | None = None, shown: Callable[[str], str] = harmless_lines) -> bool:
    """Asks until it is answered; Enter means `default` where there is one. `shown`: as this terminal can show it."""
    enter = {True: Sentence("terminal-enter-yes"), False: Sentence("terminal-enter-no"), None: ""}[default]
    while True:
        typed = prompt(t("terminal-yes-or-no", question=question, enter=enter), default="", shown=shown)
        meant = yes_or_no(typed) if typed.strip() else default
        if meant is not None:
            return meant
        say(shown(t("terminal-say-yes-or-no")))
