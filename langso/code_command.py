"""`langso code`: what a QR code says, at the command line."""

from __future__ import annotations

import sys

import click

from langso.codes import MAX_TEXT, TextTooLong, parse
from langso.codes.describe import describe
from langso.terminal.saying import say
from langso.words.catalogue import Sentence

_MAX_BYTES = 4 * MAX_TEXT + 2


@click.group(name="code")
def code() -> None:
    """Read QR codes: payment, id card, health card, dossier code, web address."""


@code.command(name="parse", context_settings={"ignore_unknown_options": True})
@click.option("--json", "as_json", is_flag=True)
@click.argument("text")
def parse_command(as_json: bool, text: str) -> None:
    """Read the TEXT of a code; - means standard input."""
    text = _from_stdin() if text == "-" else _printable(text)
    if len(text) > MAX_TEXT:
        raise TextTooLong(Sentence("codes-text-too-long", most=MAX_TEXT))
    parsed = parse(text)
    say(parsed.as_json() if as_json else describe(parsed))


def _printable(argument: str) -> str:
    # Bytes that are no UTF-8 reach Python as lone surrogates, which cannot be printed again.
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _from_stdin() -> str:
    # Read one byte past the limit: enough to refuse, never more than a code's worth of memory.
    raw = sys.stdin.buffer.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise TextTooLong(Sentence("codes-text-too-long", most=MAX_TEXT))
    return raw.decode("utf-8", "replace")
