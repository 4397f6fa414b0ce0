"""A log that floods says little and tells how much it held back."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from langso.terminal.logs import EVERY_S, MOST_KEPT, MOST_OF_A_KIND, Seldom


class Log:
    """A logger of its own behind the filter, and the lines it wrote."""

    def __init__(self) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.filter = Seldom(lambda: self.now)
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append(record.getMessage())  # type: ignore[method-assign]
        handler.addFilter(self.filter)
        self.logger = logging.Logger("x")
        self.logger.addHandler(handler)


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_repeats_is_said_once_a_while_with_a_count(log: Log) -> None:
    for _ in range(1024):
        log.logger.error("no file: %s", "Too many open files")
        log.now += EVERY_S / 512
    log.now = 100.0 + 2 * EVERY_S
    log.logger.error("no file: %s", "Too many open files")
    more = "no file: Too many open files (and 511 times more since it was last said)"
    assert log.lines == ["no file: Too many open files", more, more]


def test_what_is_said_seldom_is_said_always(log: Log) -> None:
    for _ in range(5):
        log.logger.warning("no %s", "sound")
        log.now += EVERY_S
    assert log.lines == ["no sound"] * 5


def test_different_troubles_do_not_hide_each_other(log: Log) -> None:
    for error in (OSError(24, "a"), OSError(24, "b"), ValueError("a")):
        for _ in range(3):
            try:
                raise error
            except (OSError, ValueError):
                log.logger.exception("not handled")
    log.logger.error("%s", "one")
    log.logger.error("%s", "other")
    log.logger.warning("%s", "other")
    assert log.lines == ["not handled"] * 3 + ["one", "other", "other"]


def test_words_that_a_stranger_chooses_do_not_flood_either(log: Log) -> None:
    for number in range(1000):
        log.logger.error("%s %s", "GET", f"/{number}")
    assert len(log.lines) == MOST_OF_A_KIND
    log.logger.error("another thing")
    assert log.lines[-1] == "another thing"
    log.now += EVERY_S
    log.logger.error("%s %s", "GET", "/999")
    assert log.lines[-1] == "GET /999 (and 1 times more since it was last said)"
    assert len(log.filter._said) <= MOST_KEPT


def test_plain_information_is_not_held_back(log: Log) -> None:
    for _ in range(100):
        log.logger.info("played")
    assert log.lines == ["played"] * 100


def test_a_message_that_cannot_be_written_is_pythons_own_affair(log: Log) -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%d", ("no number",), None)
    assert log.filter.filter(record)


def test_a_service_writes_so() -> None:
    code = (
        "import logging; from langso.terminal.logs import start_logging; start_logging('httpx')\n"
        "for _ in range(50): logging.getLogger('a').warning('again')\n"
        "logging.getLogger('a').info('told'); logging.getLogger('httpx').info('quiet')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [line.split(" ", 2)[2] for line in done.stderr.splitlines()] == ["WARNING a: again", "INFO a: told"]
