"""Doctor looks as root into folders of services' users: what one of those laid there leads it nowhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from laid_machines import AS_ROOT, OTHER, Laid, levels

pytestmark = pytest.mark.skipif(not AS_ROOT, reason="needs root: another user's folders")

_opened: list[tuple[str, int]] = []
_watching: list[Path] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watching or not isinstance(arguments[0], str | os.PathLike):
        return
    name, flags = str(os.fspath(arguments[0])), int(str(arguments[2]))
    # A name alone is meant in a folder that was opened before.
    if "/" not in name or (not flags & os.O_DIRECTORY and any(name.startswith(f"{one}/") for one in _watching)):
        _opened.append((name, flags))


sys.addaudithook(_note)


@pytest.fixture
def opened() -> Iterator[list[tuple[str, int]]]:
    """Names and flags of the files that this process itself opens below the folders in `_watching`."""
    _opened.clear()
    yield _opened
    _watching.clear()


@pytest.mark.parametrize("role", ["speaker", "kiosk", "office"])
def test_doctor_opens_nothing_of_a_service_s_that_may_be_a_link_or_a_pipe(
    role: str, opened: list[tuple[str, int]], request: pytest.FixtureRequest
) -> None:
    laid: Laid = request.getfixturevalue(role)
    os.chown(laid.run, OTHER, OTHER)
    for name in (f"{role}-state", f"{role}-waits", "clock-synchronised"):
        (laid.run / f"{name}.json").write_text("{}")
    _watching.extend((laid.state, laid.run))
    assert not laid.examine().bad
    assert {"ca.pem", f"{role}-state.json"} <= {name for name, _ in opened}
    careful = os.O_NOFOLLOW | os.O_NONBLOCK
    # The settings are root's own, in root's folder.
    careless = {name for name, flags in opened if flags & careful != careful and not flags & os.O_EXCL}
    assert careless <= {laid.settings.name}


@pytest.mark.parametrize("name", ["answer.json", "ca.pem", "tls.pem"])
def test_a_link_among_the_pairing_files_is_told_and_not_followed(speaker: Laid, name: str) -> None:
    file = speaker.state / "pairing" / "current" / name
    kept = speaker.folder / name
    kept.write_bytes(file.read_bytes())
    os.chown(kept, OTHER, OTHER)
    file.unlink()
    file.symlink_to(kept)
    os.chown(file, OTHER, OTHER, follow_symlinks=False)
    assert "bad" in levels(speaker.examine()).values()
