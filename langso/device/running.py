"""A command line run as a program: whatever goes wrong in an expected way is one sentence and an exit status.

0: done; 1: it could not be done; 2: called wrongly, or a settings file is wrong; 130: Ctrl-C; others as errors say.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

import click

from langso.device.ending import end_process
from langso.errors import LangsoError
from langso.terminal.help_pages import WordsContext
from langso.terminal.refusals import sentence
from langso.terminal.saying import say
from langso.words.catalogue import t
from langso.words.language import language_of_environment, use_language

Missing = Callable[[ModuleNotFoundError], str | None]


def run_program(command: click.Command, name: str | None = None, *, missing: Missing = lambda _: None) -> None:
    """Runs the command line and ends the process. `name`: as help pages call it; `missing`: the sentence where a
    library is not on this machine, None where that is a fault of ours.
    """
    before = threading.enumerate()
    try:
        _run(command, name, missing)
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            raise
        # The camera's thread, or the one that reads codes, may still be in C++.
        end_process(leaving.code or 0, but=before)


def _run(command: click.Command, name: str | None, missing: Missing) -> NoReturn:
    # Before numpy: its matrices here are small, and its threads wait for each other on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    use_language(language_of_environment(os.environ))
    click.Command.context_class = WordsContext
    try:
        code = command.main(standalone_mode=False, prog_name=name)
        sys.exit(code if isinstance(code, int) else 0)
    except ModuleNotFoundError as error:
        said = missing(error)
        if said is None:
            raise
        say(said, err=True)
        sys.exit(1)
    except LangsoError as error:
        say(str(error), err=True)
        sys.exit(getattr(error, "exit_code", 1))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        say(sentence(error), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        say(t("terminal-stopped"), err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
