"""Who runs a command of the office in a terminal, as the log and the pages name that person."""

from __future__ import annotations

from langso.words.catalogue import t

_COMMAND = "command:"
RESTORED = "restored:"
"""Whatever was read back from a signed document: who wrote it is not said there. No login has a colon."""


def operator() -> str:
    """The system's user name, after a word that no login can be."""
    import getpass

    try:
        return f"{_COMMAND}{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return _COMMAND


def who_in_words(who: str) -> str:
    """For a page or a list: a login as it is; whoever ran a command by his system's name; what was read back so."""
    if who == RESTORED:
        return t("people-restored")
    if not who.startswith(_COMMAND):
        return who
    user = who.removeprefix(_COMMAND)
    return t("people-operator", user=user) if user else t("people-operator-nameless")
