"""/usr/bin/langso: which commands stay with whoever called, and which ask for sudo."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.packages.debian_files import wrapper

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run() -> Iterator[Run]:
    """The wrapper before a program that tells who runs it and with which words; `user`: a number, for root only."""
    folder = Path(tempfile.mkdtemp(prefix="langso-wrapper-"))
    folder.chmod(0o755)
    program = folder / "venv/bin/langso"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$(id -u) $*"\n')
    program.chmod(0o755)
    (folder / "role").write_text("office\n")
    script = folder / "langso.sh"
    script.write_text(wrapper().replace("programs=/usr/lib/langso", f"programs={folder}"))

    def call(*words: str, user: int | None = None) -> subprocess.CompletedProcess[str]:
        before = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        return subprocess.run(
            [*before, "sh", str(script), *words], capture_output=True, text=True, check=False, cwd="/"
        )

    yield call
    shutil.rmtree(folder)


@pytest.mark.parametrize("words", [("root", "phrase"), ("root", "sign", "x"), ("--version",), ("-h",), ()])
def test_what_concerns_no_service_runs_as_whoever_calls(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).stdout.strip() == f"{os.geteuid()} {' '.join(words)}".strip()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    "words", [("setup",), ("doctor",), ("pair", "status"), ("office", "init"), ("office", "trust", "show")]
)
def test_what_reads_sticks_and_every_folder_is_roots_alone(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).stdout.strip() == f"0 {' '.join(words)}"
    refused = run(*words, user=61_009)
    assert refused.returncode == 1
    assert f"sudo langso {' '.join(words)}" in refused.stderr
    assert run(*words, "--help", user=61_009).stdout.startswith("61009 ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("words", [("office", "say"), ("office", "staff"), ("office", "signer")])
def test_what_writes_a_services_files_does_not_stay_root(run: Run, words: tuple[str, ...]) -> None:
    assert not run(*words).stdout.startswith("0 ")
    refused = run(*words, user=61_009)
    assert refused.returncode == 1
    assert "sudo" in refused.stderr
