"""What the command line says when it was called wrongly: one sentence with what to do.

Click's own words are English and are said anew; a sentence of ours is a WrongCall and kept.
"""

from __future__ import annotations

import click

from langso.terminal.wrong_calls import WrongCall
from langso.words.catalogue import Joined, Sentence, t


def sentence(error: click.ClickException) -> str:
    """The sentence for a wrong call: what is wrong, and which help to read."""
    said = _what(error)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or not isinstance(error, click.UsageError):
        return said
    return t("refusals-see-help", said=said, command=context.command_path)


def _what(error: click.ClickException) -> str:
    match error:
        case WrongCall():
            return error.message
        case click.NoSuchOption():
            if error.possibilities:
                near = Joined(Sentence("refusals-or"), error.possibilities)
                return t("refusals-no-option-near", option=error.option_name, near=near)
            return t("refusals-no-option", option=error.option_name)
        case click.MissingParameter():
            return t("refusals-missing", what=_hint(error))
        case click.BadParameter():
            return t("refusals-wrong", what=_hint(error), wanted=_wanted(error.param, error.ctx))
        case click.FileError():
            return t("refusals-cannot-open", file=error.ui_filename)
        case click.BadOptionUsage():
            return t("refusals-option-use", option=error.option_name)
        case click.UsageError():
            return _called(error)
    return error.format_message()


def _number(least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return t("refusals-number")
    if most is None:
        return t("refusals-number-from", least=least)
    if least is None:
        return t("refusals-number-to", most=most)
    return t("refusals-number-from-to", least=least, most=most)


def _called(error: click.UsageError) -> str:
    group = error.ctx.command if error.ctx is not None else None
    if isinstance(group, click.Group) and error.ctx is not None:
        return t("refusals-no-command", commands=", ".join(group.list_commands(error.ctx)))
    return t("refusals-parts")


def _hint(error: click.BadParameter) -> str:
    if error.param is None:
        return t("refusals-a-parameter")
    return error.param.get_error_hint(error.ctx).replace("'", "«", 1).replace("'", "»", 1)


def _wanted(param: click.Parameter | None, context: click.Context | None) -> str:
    kind = None if param is None else param.type
    match kind:
        case click.Choice():
            return t("refusals-choose", choices=", ".join(map(str, kind.choices)))
        case click.IntRange() | click.FloatRange():
            return _number(kind.min, kind.max)
        case click.Path() if kind.exists:
            return t("refusals-no-path")
        case click.Path():
            return t("refusals-bad-path")
    if kind in (click.INT, click.FLOAT):
        return t("refusals-number")
    return t("refusals-check-value")
