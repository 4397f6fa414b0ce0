"""`make packages`: the .deb of each role for a Debian release, in build/packages unless told otherwise."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from deploy.packages.build import make_package
from deploy.packages.emulated import try_imports
from deploy.packages.targets import ARCHITECTURES, RELEASES, ROLES, Target
from deploy.packages.version import build_of, require_committed
from deploy.packages.wheels import fetch, for_target
from langso.errors import LangsoError
from langso.terminal.saying import say
from langso.words.catalogue import t
from langso.words.language import language_of_environment, use_language

CHECKOUT = Path(__file__).resolve().parents[2]


@click.command()
@click.option("--release", "releases", multiple=True, type=click.Choice(list(RELEASES)), help="Both by default.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="All three by default.")
@click.option("--arch", "architectures", multiple=True, type=click.Choice(list(ARCHITECTURES)), default=("amd64",))
@click.option("--rebuild", type=click.IntRange(0, 999), default=0, help="A newer package of the same commit: 1, 2, …")
@click.option("--wheels", "wheels_only", is_flag=True, help="Only see whether the lock has wheels for that machine.")
@click.option("--try", "tried", is_flag=True, help="Import every module; for another kind of machine by qemu.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=CHECKOUT / "build/packages")
def packages(
    releases: tuple[str, ...],
    roles: tuple[str, ...],
    architectures: tuple[str, ...],
    rebuild: int,
    wheels_only: bool,
    tried: bool,
    out: Path,
) -> None:
    """Làm gói .deb của từng vai trò trong một bản Debian sạch, từ commit hiện tại."""
    build = build_of(CHECKOUT, rebuild=rebuild)
    if not wheels_only:
        require_committed(CHECKOUT)
    for release in releases or RELEASES:
        for architecture in architectures:
            for role in roles or ROLES:
                target = Target(role, RELEASES[release], ARCHITECTURES[architecture])
                began = time.monotonic()
                if wheels_only:
                    lock = CHECKOUT / f"requirements/{role}.txt"
                    fetch(lock, target.release, target.architecture)
                    pins = for_target(lock.read_text(encoding="utf-8"), target.release, target.architecture)
                    say(
                        t(
                            "packages-wheels",
                            name=target.name,
                            count=pins.count("=="),
                            seconds=f"{time.monotonic() - began:.0f}",
                        )
                    )
                    continue
                made = make_package(target, build, checkout=CHECKOUT, out=out / release, say=say)
                size = made.stat().st_size / 1e6
                say(f"{made}  {size:.1f} MB  {time.monotonic() - began:.0f} s")
                if tried:
                    said = try_imports(target, made).splitlines()
                    say(t("packages-imported", name=target.name, count=len(said) - 1, last=said[-1]))


if __name__ == "__main__":
    use_language(language_of_environment(os.environ))
    try:
        packages(standalone_mode=False)
    except (LangsoError, click.ClickException) as error:
        sys.exit(str(error))
    except click.Abort:
        sys.exit(130)
