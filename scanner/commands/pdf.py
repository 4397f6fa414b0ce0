"""`langso scan pdf`: one document from pictures of its pages."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from langso.paths import write_atomic
from scanner.commands.pictures import IMAGES, JSON, each, no_device
from scanner.commands.pictures import pictures as chosen
from scanner.errors import ScannerError

if TYPE_CHECKING:
    from scanner.clean import CleanPage
    from scanner.document import Level, Made

_OUT = click.Path(path_type=Path)
PAPERS = ("A4", "A5", "A3", "A6", "B5", "ID-1", "ID-3")
_NO_EDGES = "không thấy đủ bốn mép giấy; xin chụp lại trên nền khác màu"


@click.command()
@click.argument("images", type=IMAGES, nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    type=_OUT,
    required=True,
    callback=no_device,
    help="Tệp PDF sẽ ghi; với --dossier có thể là một thư mục.",
)
@click.option("--title", default="Giấy tờ quét", help="Tên tài liệu ghi trong PDF.")
@click.option("--dossier", default="", help="Mã hồ sơ: ghi trong PDF, và đặt tên tệp khi -o là thư mục.")
@click.option(
    "--pdfa", "level", type=click.Choice(["2b", "1b", "none"]), default="2b", help="Loại PDF/A; none: PDF thường."
)
@click.option("--text/--no-text", default=True, help="Có hay không có lớp chữ để tìm (Tesseract tiếng Việt).")
@click.option("--card", is_flag=True, help="Ảnh là các mặt thẻ: hai mặt một tờ A4, đúng cỡ thật.")
@click.option("--paper", type=click.Choice(PAPERS), default=None, help="Cỡ giấy, nếu đã biết.")
@JSON
def pdf(
    images: tuple[Path, ...],
    out: Path,
    title: str,
    dossier: str,
    level: str,
    text: bool,
    card: bool,
    paper: str | None,
    as_json: bool,
) -> None:
    """Một tệp PDF/A, mỗi ảnh một trang: cắt theo mép giấy, nắn thẳng, làm đều ánh sáng, thêm lớp chữ."""
    from scanner.clean import finish
    from scanner.document import About, DocumentMaker, card_sheet, next_name, save_new
    from scanner.pages import find_page

    begin = time.perf_counter()
    if dossier:
        # Before the work: a wrong code is told at once.
        dossier = next_name(dossier, ()).removesuffix("-001.pdf")
    if out.is_dir() and not dossier:
        raise click.UsageError("-o là một thư mục: xin cho tên tệp, hoặc thêm --dossier MÃ_HỒ_SƠ.")
    sides: list[CleanPage] = []
    with DocumentMaker(text=text) as maker:

        def answer(image: Any) -> dict[str, Any]:
            found = find_page(image)
            if found.quad is None:
                raise ScannerError(_NO_EDGES)
            clean = finish(image, found.quad, "ID-1" if card else paper)
            told = {"paper": clean.paper, "confidence": found.confidence}
            if not card:
                dpi = maker.add(clean).dpi
                return {"page": len(maker), "dpi": dpi, **told}
            # Both sides are wanted before the sheet is made; a side that is no card is refused at once.
            card_sheet([clean])
            sides.append(clean)
            number = len(maker) + 1
            if len(sides) == 2:
                maker.add(card_sheet(sides))
                sides.clear()
            return {"page": number, "dpi": clean.dpi, **told}

        refused = False
        try:
            each(chosen(images, None), answer, _sentence, as_json)
        except SystemExit:
            refused = True
        if sides:
            maker.add(card_sheet(sides))
        if len(maker):
            made: list[Made] = []

            def document(name: str) -> bytes:
                about = About(title, dossier=dossier, name=name if dossier else "")
                made.append(maker.finish(about, cast("Level", level)))
                return made[-1].data

            if out.is_dir():
                out = save_new(out, dossier, document)
            else:
                write_atomic(out, document(out.name), mode=0o644)
            _tell(out, made[-1], level, time.perf_counter() - begin, as_json)
    if refused:
        raise SystemExit(1)


def _sentence(result: dict[str, Any]) -> str:
    return f"trang {result['page']}, {result['paper']}, {result['dpi']} dpi"


def _tell(out: Path, made: Made, level: str, seconds: float, as_json: bool) -> None:
    size, pages = len(made.data), len(made.texts)
    if as_json:
        line = {
            "document": str(out),
            "pages": pages,
            "bytes": size,
            "pdfa": None if made.level == "none" else made.level,
            "characters": made.characters,
            "unread": [{"page": number, "why": why} for number, why in made.unread],
            "seconds": round(seconds, 2),
        }
        click.echo(json.dumps(line, ensure_ascii=False))
        return
    kind = "PDF thường" if made.level == "none" else f"PDF/A-{made.level.upper()}"
    click.echo(f"Đã ghi {out}: {pages} trang, {size // 1000} KB, {kind}, {made.characters} chữ, {seconds:.1f} giây.")
    for number, why in made.unread:
        click.echo(f"Trang {number}: {why}", err=True)
    if made.level != level:
        click.echo(f"Máy này không làm được PDF/A-{level.upper()}, nên đây là PDF thường.", err=True)
