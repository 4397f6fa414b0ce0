"""`langso scan pdf`: one document from pictures of its pages, or from documents made before."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.terminal.saying import say
from langso.terminal.wrong_calls import WrongCall
from langso.words.catalogue import Sentence, t
from scanner.commands.devices import TABLE
from scanner.commands.pictures import IMAGES, JSON, Answer, each, no_device
from scanner.errors import DocumentRefused, ScannerError

if TYPE_CHECKING:
    from scanner.arrays import Picture
    from scanner.clean import CleanPage
    from scanner.document import JpegPage, Level, Made

_ORDER = re.compile(r"[0-9]{1,4}(,[0-9]{1,4})*")


def _order(_: click.Context, __: click.Parameter, told: str | None) -> tuple[int, ...]:
    if told is None:
        return ()
    if not _ORDER.fullmatch(told.replace(" ", "")):
        raise WrongCall(Sentence("scan-pdf-order-wrong"))
    return tuple(map(int, told.split(",")))


def _paper(_: click.Context, __: click.Parameter, told: str | None) -> str | None:
    if told is None:
        return None
    from scanner.papers import SIZES_MM

    known = {name.lower(): name for name in SIZES_MM}
    if told.lower() not in known:
        raise WrongCall(Sentence("scan-pdf-no-paper", paper=told, known=", ".join(SIZES_MM)))
    return known[told.lower()]


@click.command()
@click.argument("images", type=IMAGES, nargs=-1, required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, callback=no_device)
@click.option("--title")
@click.option("--dossier", default="")
@click.option("--pdfa", "level", type=click.Choice(["2b", "1b", "none"]), default="2b")
@click.option("--text/--no-text", default=True)
@click.option("--card", is_flag=True)
@click.option("--paper", callback=_paper, metavar="SIZE")
@click.option("--whole", is_flag=True)
@click.option("--order", callback=_order, metavar="N,N,…")
@TABLE
@JSON
def pdf(
    images: tuple[Path, ...],
    out: Path,
    title: str | None,
    dossier: str,
    level: str,
    text: bool,
    card: bool,
    paper: str | None,
    whole: bool,
    order: tuple[int, ...],
    table_file: Path | None,
    as_json: bool,
) -> None:
    """One PDF/A, a page a picture: cut along the sheet's edges, straightened, evenly lit, with text to search.

    A .pdf that this command made before is taken like pictures: to add, drop, reorder or replace pages (--order).
    """
    from scanner.clean import finish
    from scanner.document import About, card_sheet, compress, make_document, next_name, save_new, untitled
    from scanner.live.table import load_table
    from scanner.pages import PageFound, find_page
    from scanner.pages.geometry import frame_of

    table = None if table_file is None else load_table(table_file)
    begin = time.perf_counter()
    if dossier:
        # Before the work: a wrong code is told at once.
        dossier = next_name(dossier, ()).removesuffix("-001.pdf")
    if out.is_dir() and not dossier:
        raise WrongCall(Sentence("scan-pdf-folder"))
    pages: list[JpegPage] = []
    sides: list[CleanPage] = []

    def answer(given: Picture | tuple[JpegPage, ...]) -> Answer:
        if isinstance(given, tuple):
            first = len(pages) + 1
            pages.extend(given)
            return {"page": first, "pages": len(given)}
        found = PageFound(frame_of(given), 1.0, ()) if whole else find_page(given)
        if found.quad is None:
            raise ScannerError(Sentence("scan-pdf-no-edges"))
        scale = white = None
        if table is not None and not whole and table.fits(given):
            scale, white = table.px_per_mm(given, found.quad), table.white_at(given, found.quad)
        clean = finish(given, found.quad, "ID-1" if card else paper, px_per_mm=scale, white=white)
        told = {"paper": clean.paper, "confidence": found.confidence}
        if not card:
            pages.append(compress(clean))
            return {"page": len(pages), "dpi": pages[-1].dpi, **told}
        # Both sides are wanted before the sheet is made; a side that is no card is refused at once.
        card_sheet([clean])
        sides.append(clean)
        number = len(pages) + 1
        if len(sides) == 2:
            pages.append(compress(card_sheet(sides)))
            sides.clear()
        return {"page": number, "dpi": clean.dpi, **told}

    refused = False
    try:
        each(_given(images), answer, _sentence, as_json)
    except SystemExit:
        refused = True
    if sides:
        pages.append(compress(card_sheet(sides)))
    if order:
        # With one missing the numbers would mean other pages.
        if refused:
            raise SystemExit(1)
        pages = _chosen(pages, order)
    if pages:
        made: list[Made] = []

        def document(name: str) -> bytes:
            about = About(title or untitled(), dossier=dossier, name=name if dossier else "")
            made.append(make_document(pages, about, level=cast("Level", level), text=text))
            return made[-1].data

        with _own_folder():
            if out.is_dir():
                out = save_new(out, dossier, document)
            else:
                write_atomic(out, document(out.name))
        _tell(out, made[-1], level, time.perf_counter() - begin, as_json)
    if refused:
        raise SystemExit(1)


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    """Temporary files (people's papers) go into a folder of this run's own, which is removed however the run ends."""
    with tempfile.TemporaryDirectory(prefix="langso-scan-") as folder:
        # Told of our end by the pipe that closes then, be it by kill -9.
        guard = ["sh", "-c", 'cat; rm -rf -- "$1"', "sh", folder]
        with subprocess.Popen(guard, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True):
            before, tempfile.tempdir = tempfile.tempdir, folder
            try:
                yield
            finally:
                tempfile.tempdir = before


def _given(paths: tuple[Path, ...]) -> Iterator[tuple[str, Callable[[], Picture | tuple[JpegPage, ...]]]]:
    from scanner.images import load_image

    for path in paths:
        load = _pages if path.suffix.lower() == ".pdf" else load_image
        yield str(path), partial(load, path)


def _pages(path: Path) -> tuple[JpegPage, ...]:
    from scanner.document import MAX_BYTES, pages_of

    if not path.is_file():
        raise DocumentRefused(Sentence("document-no-file", file=path.name))
    try:
        return pages_of(read_limited(path, MAX_BYTES))
    except FileRefused as error:
        raise DocumentRefused(*error.args) from error


def _chosen(pages: list[JpegPage], order: tuple[int, ...]) -> list[JpegPage]:
    if len(set(order)) < len(order) or not all(1 <= number <= len(pages) for number in order):
        raise DocumentRefused(Sentence("scan-pdf-order-no-page", pages=len(pages)))
    return [pages[number - 1] for number in order]


def _sentence(result: Answer) -> str:
    if "pages" in result:
        return t("scan-pdf-pages", pages=result["pages"], page=result["page"])
    return t("scan-pdf-page", page=result["page"], paper=result["paper"], dpi=result["dpi"])


def _tell(out: Path, made: Made, level: str, seconds: float, as_json: bool) -> None:
    size = len(made.data)
    if as_json:
        line = {
            "document": str(out),
            "pages": made.pages,
            "bytes": size,
            "pdfa": None if made.level == "none" else made.level,
            "characters": made.characters,
            "unread": [{"page": number, "why": str(why)} for number, why in made.unread],
            "seconds": round(seconds, 2),
        }
        say(json.dumps(line, ensure_ascii=False))
        return
    written = Sentence(
        "scan-pdf-written",
        file=out,
        pages=made.pages,
        size=size // 1000,
        kind=Sentence("scan-pdf-plain") if made.level == "none" else f"PDF/A-{made.level.upper()}",
        characters=made.characters,
        seconds=f"{seconds:.1f}",
    )
    say(str(written))
    for number, why in made.unread:
        say(t("scan-pdf-unread", page=number, why=why), err=True)
    if made.level != level:
        say(t("scan-pdf-no-archive", level=level.upper()), err=True)
