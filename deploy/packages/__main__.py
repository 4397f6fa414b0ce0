"""`make packages`: the .deb of each role for a Debian release, in build/packages unless told otherwise."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from deploy.packages.build import make_package
from deploy.packages.targets import ARCHITECTURES, RELEASES, ROLES, Target
from deploy.packages.version import build_of, require_committed
from langso.errors import LangsoError

CHECKOUT = Path(__file__).resolve().parents[2]


@click.command()
@click.option("--release", "releases", multiple=True, type=click.Choice(list(RELEASES)), help="Mặc định cả hai.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Mặc định cả ba.")
@click.option("--arch", "architectures", multiple=True, type=click.Choice(list(ARCHITECTURES)), default=("amd64",))
@click.option("--rebuild", type=click.IntRange(0, 999), default=0, help="Gói mới hơn của cùng một commit: 1, 2, …")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=CHECKOUT / "build/packages")
def packages(
    releases: tuple[str, ...], roles: tuple[str, ...], architectures: tuple[str, ...], rebuild: int, out: Path
) -> None:
    """Làm gói .deb của từng vai trò trong một bản Debian sạch, từ commit hiện tại."""
    build = build_of(CHECKOUT, rebuild=rebuild)
    require_committed(CHECKOUT)
    for release in releases or RELEASES:
        for architecture in architectures:
            for role in roles or ROLES:
                target = Target(role, RELEASES[release], ARCHITECTURES[architecture])
                began = time.monotonic()
                made = make_package(target, build, checkout=CHECKOUT, out=out / release, say=click.echo)
                size = made.stat().st_size / 1e6
                click.echo(f"{made}  {size:.1f} MB  {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    try:
        packages(standalone_mode=False)
    except (LangsoError, click.ClickException) as error:
        sys.exit(str(error))
    except click.Abort:
        sys.exit(130)
