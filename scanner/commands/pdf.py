"""`langso scan pdf`: one document from pictures of its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.commands.pictures import IMAGES, JSON, each
from scanner.commands.pictures import pictures as chosen
from scanner.errors import ScannerError


@click.command()
@click.argument("images", type=IMAGES, nargs=-1, required=True)
@click.option("-o", "--out", type=IMAGES, required=True, help="Tệp PDF sẽ ghi.")
@click.option("--title", default="Giấy tờ quét", help="Tên tài liệu ghi trong PDF.")
@JSON
def pdf(images: tuple[Path, ...], out: Path, title: str, as_json: bool) -> None:
    """Một tệp PDF, mỗi ảnh một trang: cắt theo mép giấy, nắn thẳng, làm đều ánh sáng."""
    from scanner.clean import CleanPage, rectify
    from scanner.document import write_pdf
    from scanner.pages import find_page

    pages: list[CleanPage] = []

    def answer(image: Any) -> dict[str, Any]:
        found = find_page(image)
        if found.quad is None:
            raise ScannerError("không thấy đủ bốn mép giấy; xin chụp lại trên nền khác màu")
        clean = rectify(image, found.quad)
        pages.append(clean)
        return {"page": len(pages), "dpi": clean.dpi, "paper": clean.paper, "confidence": found.confidence}

    def sentence(result: dict[str, Any]) -> str:
        return f"trang {result['page']}, {result['paper']}, {result['dpi']} dpi"

    try:
        each(chosen(images, None), answer, sentence, as_json)
    finally:
        if pages:
            write_pdf(pages, out, title)
            if not as_json:
                click.echo(f"Đã ghi {out}: {len(pages)} trang, {out.stat().st_size // 1024} KB.")
