"""Runs tests in processes that have everything imported: to see which test runs which line, then for each mutant.

A worker collects the tests and runs none; each mutant is a fork of it, in which one function's code is replaced. What
stands outside of all functions is tried in a fork of a process that has imported nothing of ours.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.machinery
import json
import os
import resource
import select
import signal
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.changes import ROOT, Change

# A hypothesis test that draws other examples each time kills one day and not the next.
_QUIET = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", "--timeout=0"]
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: "killed" (by which test), "survived", "timed out" (or ended for its memory), "unread"
    (no test runs it) or "lost" (a fault of this program).
    """

    key: str
    end: str
    by: str = ""
    seconds: float = 0.0


class Recorder:
    """A pytest plugin: which test runs which line, and how long it takes: seconds of processor, seconds by the clock.

    Which tests are quick is told by the processor's, or a busy machine would try fewer of them.
    """

    def __init__(self, sources: list[str], folder: Path, share: tuple[int, int]) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}
        self._failed: set[str] = set()
        self._folder, self._share = folder, share
        self._coverage = coverage.Coverage(data_file=str(folder / "lines"), include=[str(ROOT / s) for s in sources])
        self._coverage.start()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        number, of = self._share
        files = sorted({item.path for item in items})
        items[:] = [item for item in items if files.index(item.path) % of == number and _fit(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._coverage.switch_context(item.nodeid)
        worked, begun = _processor_s(), time.monotonic()
        result = yield
        self.seconds[item.nodeid] = (_processor_s() - worked, time.monotonic() - begun)
        self._coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome != "passed":
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        self._coverage.save()
        passed = {name: seconds for name, seconds in self.seconds.items() if name not in self._failed}
        (self._folder / "seconds.json").write_text(json.dumps(passed), encoding="utf-8")


class Warm:
    """A pytest plugin that in place of running tests works off mutants, each in a fork."""

    def __init__(
        self, take: Callable[[], tuple[Change, list[str], float] | None], done: Callable[[Outcome], None]
    ) -> None:
        self._take, self._done = take, done

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be read")
        items = {item.nodeid: item for item in session.items}
        functions = _functions()
        gc.freeze()
        while (asked := self._take()) is not None:
            change, names, limit = asked
            chosen = [items[name] for name in names]

            def attempt(folder: Path, change: Change = change, chosen: list[pytest.Item] = chosen) -> str:
                _replace(functions, change)
                return _first_failure(chosen, folder)

            self._done(_forked(change.key, attempt, limit))
        return True


def record(files: list[str], sources: list[str], folder: Path, share: tuple[int, int]) -> None:
    """Runs this share of the tests; leaves `lines` (coverage, a context a test) and `seconds.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plugin = Recorder(sources, folder, share)
    pytest.main([*_QUIET, *files], plugins=[plugin])


def work(files: list[str], sources: list[str], warm: Warm) -> None:
    """Collects the tests, imports the sources, and works off mutants."""
    for source in sources:
        importlib.import_module(source.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    pytest.main([*_QUIET, *files], plugins=[warm])


def cold(change: Change, names: list[str], limit: float) -> Outcome:
    """A mutant that works while its file is read: everything of ours is imported anew, with it."""

    def attempt(folder: Path) -> str:
        code, path = change.code(), str(ROOT / change.file)
        real = importlib.machinery.SourceFileLoader.get_code

        def get_code(loader: Any, name: str) -> CodeType | None:
            return code if loader.path == path else real(loader, name)

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
        failed: list[str] = []

        class Failures:
            def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
                if report.failed:
                    failed.append(report.nodeid)

        status = pytest.main([*_QUIET, "-x", f"--basetemp={folder}", *names], plugins=[Failures()])
        return (failed or ["as the tests are read"])[0] if status else ""

    return _forked(change.key, attempt, limit)


def _processor_s() -> float:
    """What this process and those it waited for have worked."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _fit(item: pytest.Item) -> bool:
    """Tests that ask for milliseconds say nothing where several run at once."""
    return not any(item.get_closest_marker(name) for name in ("real_time", "system"))


def _functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    found: dict[tuple[str, str, int], list[FunctionType]] = {}
    # What was frozen after the tests were read is on no list.
    gc.unfreeze()
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(ROOT)):
            code = one.__code__
            found.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(one)
    return found


def _replace(functions: dict[tuple[str, str, int], list[FunctionType]], change: Change) -> None:
    assert change.function is not None
    name, line = change.function
    wanted = (str(ROOT / change.file), name, line)
    (code,) = (one for one in _codes(change.code()) if (one.co_qualname, one.co_firstlineno) == (name, line))
    for function in functions[wanted]:
        function.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def _first_failure(items: list[pytest.Item], folder: Path) -> str:
    items[0].config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
    for number, item in enumerate(items):
        following = items[number + 1] if number + 1 < len(items) else None
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return item.nodeid
    return ""


def _forked(key: str, attempt: Callable[[Path], str], limit: float) -> Outcome:
    """Runs it in a process group of its own that ends with it; it gets a folder that ends with it too."""
    begun = time.monotonic()
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="mutant-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        child = os.fork()
        if child == 0:
            os.setsid()
            said = "!it does not run"
            # What turns in a circle, or takes all memory, is ended however busy the machine is.
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit / 4) + 5,) * 2)
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30,) * 2)
            try:
                void = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(void, stream)
                said = f"={attempt(Path(folder))}"
            except BaseException as error:  # noqa: BLE001  a test that fails is told otherwise: this is our own fault
                said = f"!{error!r}"
            finally:
                os.write(writing, said[:500].encode())
                os._exit(0)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], limit)
        by = os.read(reading, 4096).decode() if ready else None
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    took = time.monotonic() - begun
    if not by:
        return Outcome(key, "timed out", "", took)
    end = "lost" if by[0] == "!" else "killed" if by[1:] else "survived"
    return Outcome(key, end, by[1:], took)
