"""`langso bundle`: a signed installation stick with everything that an installation without a network needs."""

from __future__ import annotations

import time
from pathlib import Path

import click

from deploy.packages.errors import PackagingError
from deploy.packages.targets import RELEASES
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t

_CHECKOUT = Path(__file__).resolve().parents[2]
_SETTINGS = Path("/etc/langso/langso.toml")


@click.command()
@click.option(
    "--stick",
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    required=True,
)
@click.option("--release", "releases", multiple=True, type=click.Choice([*RELEASES]))
@click.option("--key", default="")
@click.option(
    "--packages",
    type=click.Path(path_type=Path, file_okay=False),
    default=_CHECKOUT / "build/packages",
)
def bundle(stick: Path, releases: tuple[str, ...], key: str, packages: Path) -> None:
    """Make a signed installation stick that needs no network."""
    from deploy.packages.cache import alone
    from deploy.packages.stick import assemble, fingerprint_of, write_stick

    if _SETTINGS.exists():
        raise PackagingError(Sentence("packages-not-here"))
    chosen = releases or tuple(name for name in RELEASES if any((packages / name).glob("langso-*.deb")))
    if not chosen:
        raise PackagingError(Sentence("packages-none", packages=packages))
    began = time.monotonic()
    fingerprint = fingerprint_of(key)
    with alone("stick"):
        folder = assemble(packages, chosen, key=fingerprint, say=say)
        say(t("packages-writing"))
        place = write_stick(folder, stick)
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    seconds = f"{time.monotonic() - began:.0f}"
    say(t("packages-stick-done", place=place, megabytes=f"{size / 1e6:.0f}", seconds=seconds))
    say(t("packages-fingerprint"))
    say("    " + spaced(fingerprint))


def spaced(fingerprint: str) -> str:
    """Forty digits in groups of four, as people compare them."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
