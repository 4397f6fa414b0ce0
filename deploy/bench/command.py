"""`langso bench here`: the table of speeds of the machine it runs on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say
from langso.terminal.wrong_calls import WrongCall
from langso.words.catalogue import Sentence, t
from langso.words.numbers import with_comma

if TYPE_CHECKING:
    from deploy.bench.machine import MachineFigures
    from deploy.bench.speeds import Speed

WIDTH = 12
"""Of a column of the table."""
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False, writable=True)


@click.group(name="bench")
def bench() -> None:
    """Measure how fast this machine is."""


@bench.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--only", multiple=True, metavar="NAME")
@click.option("--folder", type=_FOLDER)
def here(as_json: bool, only: tuple[str, ...], folder: Path | None) -> None:
    """Measure this machine: pages, codes, PDF, TLS, signing, writing, sound, first picture."""
    import json
    from dataclasses import asdict

    from deploy.bench.machine import this_machine, warmest
    from deploy.bench.speeds import measure
    from deploy.bench.tasks import tasks
    from langso.durable.workplaces import workplace

    with workplace("langso-bench-", folder or durable_folder()) as place:
        chosen = tasks(place)
        unknown = set(only) - {task.name for task in chosen}
        if unknown:
            known = ", ".join(task.name for task in chosen)
            raise WrongCall(Sentence("bench-no-such-item", items=", ".join(sorted(unknown)), known=known))
        machine = this_machine(place)
        speeds = []
        if not as_json:
            for line in described(machine):
                say(line)
        for task in chosen:
            if only and task.name not in only:
                continue
            speeds.append(measure(task))
            if not as_json:
                say(row(speeds[-1]))
    after = warmest()
    if as_json:
        whole = {"machine": asdict(machine), "celsius_after": after, "speeds": [asdict(speed) for speed in speeds]}
        say(json.dumps(whole, ensure_ascii=False))
    elif after is not None:
        say(t("bench-temperature", degrees=f"{after:.0f}"))


def durable_folder() -> Path:
    """Where the figures of the disk are taken: the role's own state, else the present folder, else what is left."""
    import os
    import tempfile

    states = (Path(f"/var/lib/langso-{role}") for role in ("kiosk", "speaker", "office"))
    return next((place for place in (*states, Path.cwd()) if os.access(place, os.W_OK)), Path(tempfile.gettempdir()))


def described(machine: MachineFigures) -> list[str]:
    """The machine in some lines."""
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    memory = f"{machine.memory_mb} MB" + ("" if machine.celsius is None else f", {machine.celsius:.0f} °C")
    heads = "".join(f"{t(f'bench-column-{name}'):>{WIDTH}}" for name in ("first", "median", "least", "most"))
    return [
        t("bench-machine", model=machine.model, processor=machine.processor, cores=machine.cores, memory=memory),
        t(
            "bench-system",
            system=machine.system,
            kernel=machine.kernel,
            architecture=machine.architecture,
            python=machine.python,
            langso=machine.langso,
        ),
        t("bench-libraries", versions=versions),
        t("bench-disk", disk=machine.disk),
        "",
        f"{t('bench-column-item'):{WIDTH}}{heads}{t('bench-column-rounds'):>8}   {t('bench-column-task')}",
    ]


def row(speed: Speed) -> str:
    """One line of the table."""
    if speed.why:
        return f"{speed.name:{WIDTH}}{'—':>{WIDTH}}   {speed.label}: {speed.why}"
    times = (speed.first_ms, speed.median_ms, speed.least_ms, speed.most_ms)
    shown = "".join(f"{_ms(time):>{WIDTH}}" for time in times)
    return f"{speed.name:{WIDTH}}{shown}{speed.rounds:>8}   {speed.label}"


def _ms(time: float | None) -> str:
    if time is None:
        return "—"
    return with_comma(f"{time / 1000:.2f} s" if time >= 1000 else f"{time:.3g} ms")
