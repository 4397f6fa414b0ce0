"""langso scan: many images in one call, one JSON line each, refusals in their place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from click.testing import CliRunner

from scanner.commands import scan
from scanner.pages.geometry import order_corners, overlap

CORNERS = ((430, 120), (1150, 180), (1230, 1090), (330, 1030))


def test_page_gives_a_line_an_image(photo: Callable[..., Any], tmp_path: Path) -> None:
    files = [tmp_path / "a.png", tmp_path / "b.png"]
    for seed, file in enumerate(files):
        cv2.imwrite(str(file), photo(seed=seed + 1))
    said = CliRunner().invoke(scan, ["page", "--json", *map(str, files)])
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line["image"] for line in lines] == [str(file) for file in files]
    for line in lines:
        assert set(line) == {"image", "ms", "quad", "confidence", "advice"}
        assert overlap(order_corners(line["quad"]), order_corners(CORNERS)) > 0.95


def test_an_unreadable_image_is_told_in_its_place(photo: Callable[..., Any], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    cv2.imwrite(str(good), photo())
    bad.write_bytes(b"no picture")
    said = CliRunner().invoke(scan, ["read", "--json", str(bad), str(good)])
    first, second = map(json.loads, said.stdout.splitlines())
    assert said.exit_code == 1
    assert set(first) == {"image", "error"}
    assert second["codes"] == []


def test_a_read_line_holds_what_each_code_says_where_and_what_it_is(tmp_path: Path) -> None:
    picture = tmp_path / "codes.png"
    codes = [segno.make(text, error="m") for text in ("Xã Hoa Sơn", "https://hoason.example/a?b=1")]
    sheet = np.full((700, 1400, 3), 255, np.uint8)
    for number, code in enumerate(codes):
        matrix = np.array([[255 * (1 - dark) for dark in row] for row in code.matrix_iter(scale=10, border=0)])
        sheet[100 : 100 + len(matrix), 100 + 650 * number :][: len(matrix), : len(matrix[0])] = matrix[..., None]
    cv2.imwrite(str(picture), sheet)
    said = CliRunner().invoke(scan, ["read", "--json", str(picture)])
    line = json.loads(said.stdout)
    assert set(line) == {"image", "ms", "codes"}
    assert 0 < line["ms"] <= 700
    assert {code["text"] for code in line["codes"]} == {"Xã Hoa Sơn", "https://hoason.example/a?b=1"}
    for code in line["codes"]:
        assert set(code) == {"text", "polygon", "engine", "kind"}
        left = 100 if code["text"] == "Xã Hoa Sơn" else 750
        assert code["polygon"][0] == pytest.approx([left, 100], abs=5)
    assert {code["kind"] for code in line["codes"]} == {"unknown", "url"}


def test_a_fault_of_ours_in_one_picture_costs_no_other_its_answer(
    photo: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), photo())
    answers = iter([cv2.error("broken"), []])

    def read(*_: object, **__: object) -> list[Any]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("scanner.codes.read_codes", read)
    said = CliRunner().invoke(scan, ["read", "--json", str(tmp_path / "a.png"), str(tmp_path / "b.png")])
    first, second = map(json.loads, said.stdout.splitlines())
    assert said.exit_code == 1
    assert "báo người viết phần mềm" in first["error"]
    assert second["codes"] == []


def test_the_replay_camera_serves_as_an_image(photo: Callable[..., Any], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "001.png"), photo())
    said = CliRunner().invoke(scan, ["page", "--json", "--camera", str(tmp_path)])
    assert json.loads(said.stdout)["quad"] is not None


def test_no_image_is_a_mistake_in_the_call() -> None:
    assert CliRunner().invoke(scan, ["page"]).exit_code == 2


@pytest.mark.parametrize("words", [["pdf", "a.png", "-o"], ["camera", "--out"]])
def test_what_is_written_never_takes_the_place_of_a_device_or_a_pipe(words: list[str], tmp_path: Path) -> None:
    """A whole file is put in the old one's place: as root that would be the end of /dev/null."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    said = CliRunner().invoke(scan, [*words, str(pipe)])
    assert said.exit_code == 2
    assert "không phải tệp" in said.output
    assert pipe.is_fifo()
