"""Plain questions, which also work over a serial console and ssh; an option can answer each beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from deploy.machine_setup.errors import AnswerMissing
from langso.errors import LangsoError
from langso.terminal.asking import confirm, prompt
from langso.terminal.saying import say
from langso.words import fold
from langso.words.catalogue import Sentence
from langso.words.harmless import harmless_lines

Answer = TypeVar("Answer")
_TRIES = 5
# Terminals whose letters do not reach as far as Vietnamese: the console of Debian, serial lines.
_BARE_SIGNS = str.maketrans({"✗": "X", "✓": "+", "→": ">", "«": '"', "»": '"', "“": '"', "”": '"', "…": "..."})
BARE_TERMINALS = ("linux", "vt100", "vt102", "vt220", "dumb")


@dataclass(frozen=True)
class Dialogue:
    """`asks`: whether a person is there; `plain`: letters without marks; `check`: only tell, change nothing."""

    asks: bool
    plain: bool = False

    def say(self, text: str = "", *, mark: str = "") -> None:
        """A line. `mark`: "good", "warn" or "bad" colour it."""
        say(self.shown(text), mark=mark)

    def shown(self, text: str) -> str:
        """The text as this terminal can show it; nothing in other people's files can control the terminal."""
        text = harmless_lines(text)
        return fold(text).translate(_BARE_SIGNS) if self.plain else text

    def ask(
        self,
        question: str,
        option: str,
        parse: Callable[[str], Answer],
        *,
        given: str | None = None,
        default: str | None = None,
    ) -> Answer:
        """The parsed answer: the option's, else the person's (`default` on Enter), else the default.

        `parse` raises LangsoError or ValueError for what is none; a person is asked again. Raises AnswerMissing.
        """
        if given is not None:
            return parse(given)
        if not self.asks:
            if default is None:
                raise AnswerMissing(Sentence("setup-option-missing", option=option, question=question))
            return parse(default)
        for left in reversed(range(_TRIES)):
            typed = prompt(question, default=default or "", shown=self.shown)
            try:
                return parse(typed.strip())
            except (LangsoError, ValueError) as error:
                if not left:
                    raise
                self.say(str(error), mark="warn")
        raise AssertionError("unreachable")

    def agree(self, question: str, *, default: bool, unattended: bool) -> bool:
        """Asks yes or no; `unattended`: the answer where nobody is asked."""
        if not self.asks:
            return unattended
        return confirm(question, default=default, shown=self.shown)

    def choose(self, question: str, option: str, choices: Sequence[str]) -> int:
        """The number (from 0) of what a person picks from a list. Raises AnswerMissing where nobody is asked."""
        for number, choice in enumerate(choices, 1):
            self.say(f"  {number}. {choice}")

        def parse(text: str) -> int:
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= len(choices)):
                raise ValueError(Sentence("setup-type-number", most=len(choices)))
            return int(text) - 1

        return self.ask(question, option, parse, default="1" if len(choices) == 1 else None)

    def wait(self, text: str) -> None:
        """Waits until a person presses Enter."""
        if self.asks:
            prompt(text, default="", end=" ", shown=self.shown)

    def secret(self, question: str) -> str:
        """Asks for something without showing what is typed. Raises AnswerMissing where nobody is there."""
        if not self.asks:
            raise AnswerMissing(Sentence("setup-nobody-to-ask", question=question))
        return prompt(question, default="", hidden=True, shown=self.shown)
