"""`langso village`: a whole village on this machine, until Ctrl-C or for a scripted story."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FIRST_PORT = 8700


@click.command()
@click.option("--dir", "folder", type=_FOLDER)
@click.option("--port", type=click.IntRange(1024, 65000))
@click.option("--story", is_flag=True)
@click.option("--report", type=_FOLDER)
def village(folder: Path | None, port: int | None, story: bool, report: Path | None) -> None:
    """A whole village on this machine to try: office, three loudspeakers with their boards, a kiosk."""
    from deploy.village.founding import found
    from deploy.village.layout import VillageGround
    from deploy.village.processes import free_ports, require_free
    from deploy.village.running import Village, default_folder, display_present
    from langso.durable.single_instance import SingleInstance

    place = (folder or default_folder()).absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    with SingleInstance(place.with_name(f".{place.name}.lock"), name=Sentence("village-trial")):
        _start_anew(place, named=folder is not None)
        office_port = port or (free_ports(1)[0] if story else _FIRST_PORT)
        require_free(office_port)
        ground = VillageGround(place, free_ports(1)[0], office_port)
        say(t("village-founding"))
        found(ground, window=display_present())
        if story:
            from deploy.village.story.day import tell

            folder_of_report = (report or Path.cwd() / "story").absolute()
            with Village(ground, say) as running:
                complete = tell(running, folder_of_report, say)
            say(t("village-evidence", file=folder_of_report / "report.json"))
            raise SystemExit(0 if complete else 1)
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        with Village(ground, say) as running:
            running.start()
            login = running.make_login()
            if display_present():
                running.start_kiosk()
            codes = running.enrol(login.name).listed
            _welcome(ground, login.name, login.password, codes, display_present())
            _watch(running, stop)
        say(t("village-stopped"))


def _start_anew(place: Path, *, named: bool) -> None:
    import shutil

    from deploy.errors import DeployError

    if not place.exists() or not any(place.iterdir()):
        return
    if not (place / "office" / "langso.toml").is_file():
        where = "--dir" if named else str(place)
        raise DeployError(Sentence("village-other-things", place=place, where=where))
    shutil.rmtree(place)


def _welcome(ground: object, name: str, password: str, codes: Sequence[str], window: bool) -> None:
    from deploy.village.hoa_son import KIOSK, SPEAKERS
    from deploy.village.layout import VillageGround

    assert isinstance(ground, VillageGround)
    kiosk = ground.home(KIOSK)
    lines = [
        "",
        t("village-runs"),
        t("village-pages", url=ground.office_url),
        t("village-login", name=name, password=password),
        t("village-codes", settings=ground.office_settings, name=name),
        *(f"      {'     '.join(codes[at : at + 2])}" for at in range(0, len(codes), 2)),
        t("village-recordings", folder=ground.home(SPEAKERS[0]).recording),
        t("village-papers", folder=kiosk.camera),
    ]
    if not window:
        lines.append(t("village-no-screen", settings=kiosk.settings))
    lines += [t("village-logs", logs=ground.logs), t("village-ctrl-c"), ""]
    say("\n".join(lines))


def _watch(running: object, stop: threading.Event) -> None:
    from deploy.village.running import KIOSK_PROCESS, Village

    assert isinstance(running, Village)
    told: set[str] = set()
    while not stop.wait(1.0):
        for name in running.processes.dead():
            if name in told:
                continue
            told.add(name)
            if name == KIOSK_PROCESS:
                say(t("village-ended", name=name))
            else:
                say(t("village-ended-saying", name=name, words=running.processes.last_words(name)))
