"""`langso install`: the front of apt and a signed stick on a machine that has a package of ours already."""

from __future__ import annotations

import os
from pathlib import Path

import click

from deploy.errors import DeployError
from deploy.install.units import PROGRAMS, ROLES
from langso.words.catalogue import Sentence

SCRIPT = Path(PROGRAMS) / "cai-dat.sh"
"""The script as it came with the package: what lies on a stick is read, and never run."""

_ON_STICK = "langso"


class StickNotFound(DeployError, FileNotFoundError):
    """No stick of ours is in this machine."""

    def __str__(self) -> str:
        return str(self.args[0])


@click.command()
@click.argument("role", type=click.Choice(ROLES), metavar="[ROLE]", required=False)
@click.option("--stick", type=click.Path(path_type=Path, file_okay=False))
@click.option("--fingerprint")
@click.option("--back", is_flag=True)
def install(role: str | None, stick: Path | None, fingerprint: str | None, back: bool) -> None:
    """Upgrade this machine from a USB stick made by langso bundle, without a network."""
    if not SCRIPT.is_file():
        raise DeployError(Sentence("setup-only-installed"))
    words = [role] if role else []
    if back:
        words.append("--back")
    else:
        words += ["--stick", str(found_stick(stick))]
    if fingerprint:
        words += ["--fingerprint", fingerprint]
    os.execv("/bin/sh", ["sh", str(SCRIPT), *words])


def found_stick(given: Path | None) -> Path:
    """The folder of ours on the stick that is named, else on the only one in the machine. Raises StickNotFound."""
    from deploy.machine_setup.usb import sticks

    places = [given] if given else [one.folder for one in sticks() if one.folder is not None]
    # A person may name the stick or the folder on it.
    found = [place for folder in places for place in (folder / _ON_STICK, folder) if (place / SCRIPT.name).is_file()]
    if not found:
        raise StickNotFound(Sentence("setup-no-installation", place=given or Sentence("setup-any-stick")))
    if len(found) > 1 and not given:
        raise StickNotFound(Sentence("setup-several-sticks", sticks=", ".join(map(str, found))))
    return found[0]
