"""`python -m firmware_bridge.twin --dir DIR`: prints the pty's path once the firmware runs; ends on SIGTERM, Ctrl-C
or with its parent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from firmware_bridge.twin.bench import Bench
from langso.durable.single_instance import SingleInstance
from langso.errors import LangsoError
from langso.words.language import language_of_environment, use_language


@click.command()
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), required=True, help="Folder of the simulated board."
)
def main(folder: Path) -> None:
    """Chạy mạch điều khiển mô phỏng trên máy này."""
    run_twin(folder)


def run_twin(folder: Path) -> None:
    """Serve one simulated board in `folder` until told to stop; raises LangsoError."""
    folder.mkdir(parents=True, exist_ok=True)
    with SingleInstance(folder / "lock"):
        Bench(folder, lambda pty: print(pty, flush=True)).run()


if __name__ == "__main__":
    use_language(language_of_environment(os.environ))
    try:
        main(standalone_mode=True)
    except LangsoError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
