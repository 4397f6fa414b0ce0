"""`langso scan`: the page in pictures, a PDF from them, the codes in them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from scanner.errors import ScannerError

_IMAGES = click.Path(path_type=Path, dir_okay=False)
_JSON = click.option("--json", "as_json", is_flag=True, help="Mỗi ảnh một dòng JSON.")
_CAMERA = click.option(
    "--camera", type=click.Path(path_type=Path, exists=True), help="Thư mục ảnh xem như máy ảnh, thay cho tên ảnh."
)


@click.group()
def scan() -> None:
    """Tìm trang giấy, làm PDF, đọc mã QR, từ các tệp ảnh."""


@scan.command()
@click.argument("images", type=_IMAGES, nargs=-1)
@_JSON
@_CAMERA
def page(images: tuple[Path, ...], as_json: bool, camera: Path | None) -> None:
    """Bốn góc của trang giấy trong mỗi ảnh."""
    # Outside the answer: loading the engines is no part of an image's time.
    from scanner.guide import guide
    from scanner.pages import find_page

    def answer(image: Any) -> dict[str, Any]:
        found = find_page(image)
        told = guide(image, found)
        advice = found.advice if told.good or told.sentence in found.advice else (*found.advice, told.sentence)
        quad = None if found.quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in found.quad]
        return {"quad": quad, "confidence": found.confidence, "advice": list(advice)}

    def sentence(result: dict[str, Any]) -> str:
        if result["quad"] is None:
            return "không thấy giấy. " + ". ".join(result["advice"])
        corners = " ".join(f"({x:.0f},{y:.0f})" for x, y in result["quad"])
        return f"giấy ở {corners}, chắc {result['confidence']:.0%}. " + ". ".join(result["advice"])

    _each(_pictures(images, camera), answer, sentence, as_json)


@scan.command()
@click.argument("images", type=_IMAGES, nargs=-1)
@_JSON
@_CAMERA
def read(images: tuple[Path, ...], as_json: bool, camera: Path | None) -> None:
    """Mã QR trong mỗi ảnh: nội dung, loại mã, vị trí."""
    from scanner.reading import read_codes

    def answer(image: Any) -> dict[str, Any]:
        return {
            "codes": [
                {"text": c.text, "polygon": [list(p) for p in c.polygon], "engine": c.engine, "kind": c.kind}
                for c in read_codes(image)
            ]
        }

    def sentence(result: dict[str, Any]) -> str:
        if not result["codes"]:
            return "không thấy mã nào; xin chụp lại gần và rõ hơn"
        return "; ".join(f"[{code['kind']}] {code['text']}" for code in result["codes"])

    _each(_pictures(images, camera), answer, sentence, as_json)


@scan.command()
@click.argument("images", type=_IMAGES, nargs=-1, required=True)
@click.option("-o", "--out", type=_IMAGES, required=True, help="Tệp PDF sẽ ghi.")
@click.option("--title", default="Giấy tờ quét", help="Tên tài liệu ghi trong PDF.")
@_JSON
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
        _each(_pictures(images, None), answer, sentence, as_json)
    finally:
        if pages:
            write_pdf(pages, out, title)
            if not as_json:
                click.echo(f"Đã ghi {out}: {len(pages)} trang, {out.stat().st_size // 1024} KB.")


def _pictures(images: tuple[Path, ...], camera: Path | None) -> Iterator[tuple[str, Callable[[], Any]]]:
    from scanner.images import load_image

    if camera is None and not images:
        raise click.UsageError("Xin cho tên ít nhất một tệp ảnh (hoặc --camera THƯ_MỤC).")
    for path in images:
        yield str(path), lambda path=path: load_image(path)  # type: ignore[misc]
    if camera is not None:
        from scanner.cameras.replay import ReplayCamera

        with ReplayCamera(camera, pace_s=0.05) as replay:
            for _ in range(100):
                frame = replay.read()
                if frame is not None:
                    yield str(camera), lambda image=frame.image: image  # type: ignore[misc]
                    return
        raise ScannerError(f"Máy ảnh {camera} không cho hình nào; hãy kiểm tra thư mục ảnh.")


def _each(
    pictures: Iterator[tuple[str, Callable[[], Any]]],
    answer: Callable[[Any], dict[str, Any]],
    sentence: Callable[[dict[str, Any]], str],
    as_json: bool,
) -> None:
    """Answer picture after picture; one that is refused gets its own line, and the exit code is 1 in the end."""
    refused = 0
    for name, load in pictures:
        try:
            image = load()
            begin = time.perf_counter()
            result = answer(image)
            spent = round((time.perf_counter() - begin) * 1000, 1)
        except ScannerError as error:
            refused += 1
            if as_json:
                click.echo(json.dumps({"image": name, "error": str(error)}, ensure_ascii=False))
            else:
                click.echo(f"{name}: {error}", err=True)
            continue
        if as_json:
            click.echo(json.dumps({"image": name, "ms": spent, **result}, ensure_ascii=False))
        else:
            click.echo(f"{name}: {sentence(result)}")
    if refused:
        raise SystemExit(1)
