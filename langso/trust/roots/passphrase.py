"""The passphrase of a root key: judged, suggested, asked for without being shown.

It is compared without marks, capitals and extra spaces: whoever made it up with a Vietnamese keyboard must be able
to type it at a bare Debian console, which has none. The suggestion's strength does not rest on what is folded away.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

from langso.durable.files import read_limited
from langso.terminal.asking import prompt
from langso.trust.roots.errors import WeakPassphrase, WrongPassphrase
from langso.words import fold
from langso.words.catalogue import Sentence, t

MIN_LETTERS = 20
MIN_DISTINCT = 8
MAX_LETTERS = 256
SUGGESTED_SYLLABLES = 7
TRIES = 3

Ask = Callable[[str], str]
"""Asks a person for something secret by a prompt; returns what was typed."""

_ONSETS = "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay e em en eng eo ep et em i ich im in inh ip it iu ia iem ien ieng iep"
    " iet ieu o oa oac oai oan oang oc oi om on ong op ot u ua uan uc ui um un ung uoc uoi uom uon uong uot up ut"
    " uu uy uya uyen uyet y"
)


def canonical(passphrase: str) -> str:
    """The part of a passphrase that counts: small letters without marks, single spaces."""
    return " ".join(fold(passphrase).casefold().split())


def check_new(passphrase: str) -> str:
    """The canonical form of a passphrase good enough for a root key. Raises WeakPassphrase."""
    found = canonical(passphrase)
    if not found.isprintable() or len(found) > MAX_LETTERS:
        raise WeakPassphrase(Sentence("root-passphrase-letters", most=MAX_LETTERS))
    if len(found) < MIN_LETTERS or len(set(found)) < MIN_DISTINCT or len(set(found.split())) < len(found.split()) / 2:
        raise WeakPassphrase(Sentence("root-passphrase-weak", least=MIN_LETTERS, suggestion=suggest()))
    return found


def suggest() -> str:
    """A phrase of random Vietnamese syllables without marks, 70 bits or more: for example `thuyen gao mai ...`."""
    return " ".join(secrets.choice(syllables()) for _ in range(SUGGESTED_SYLLABLES))


@cache
def syllables() -> tuple[str, ...]:
    """Every syllable a suggestion draws from, each as Vietnamese spells it; more than 1,024."""
    return tuple(
        sorted({onset + rime for onset in _ONSETS.split() for rime in _RIMES.split() if _spelt(onset, rime)})
    )


def ask_new(ask: Ask, say: Callable[[str], None]) -> str:
    """A new passphrase, typed twice, after a suggestion; asks again until it is good. Raises WeakPassphrase."""
    say(t("root-passphrase-set"))
    say(t("root-passphrase-suggested", suggestion=suggest()))
    for left in reversed(range(TRIES)):
        typed = ask(t("root-passphrase-new"))
        try:
            found = check_new(typed)
        except WeakPassphrase as weak:
            if not left:
                raise
            say(str(weak))
            continue
        if canonical(ask(t("root-passphrase-again"))) == found:
            return found
        say(t("root-passphrase-differs"))
    raise WeakPassphrase(Sentence("root-passphrase-given-up"))


def from_file(path: Path) -> str:
    """The first line of a file or of an open descriptor (/dev/fd/3). Raises FileRefused, WrongPassphrase."""
    try:
        lines = read_limited(path, 4 * MAX_LETTERS, pipe=True).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise WrongPassphrase(Sentence("root-passphrase-not-utf8", path=path)) from error
    if not lines or not lines[0].strip():
        raise WrongPassphrase(Sentence("root-passphrase-empty", path=path))
    return lines[0]


def hidden_prompt(question: str) -> str:
    """Asks at the terminal without showing what is typed."""
    return prompt(question, default="", hidden=True)


def _spelt(onset: str, rime: str) -> bool:
    """Vietnamese spelling: k, gh, ngh before e, i, y; c, g, ng before the rest; no letter doubled where they meet."""
    front = rime[0] in "eiy"
    if onset in ("k", "gh", "ngh"):
        return front
    if onset in ("c", "g", "ng"):
        return not front
    if onset == "qu":
        return rime[0] not in "uo"
    if onset == "gi":
        return rime[0] not in "iy"
    return True
