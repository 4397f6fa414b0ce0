"""The fitting programs on a few marked pictures: they learn what they are shown, and refuse what is no data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from langso.errors import LangsoError
from scanner.errors import DataRefused
from scanner.fitting import outline_weights, whole_weights
from scanner.fitting.altering import altered
from scanner.fitting.marked import fingerprint, marked
from scanner.pages.geometry import overlap

CORNERS = ((430.0, 120.0), (1150.0, 180.0), (1230.0, 1090.0), (330.0, 1030.0))


def written(folder: Path, pictures: dict[str, Any], **entry: Any) -> Path:
    for name, image in pictures.items():
        cv2.imwrite(str(folder / name), image)
    entries = [{"image": name, **(entry or {"quad": CORNERS})} for name in pictures]
    (folder / "manifest.json").write_text(json.dumps({"images": entries}), encoding="utf-8")
    return folder


def test_weights_learnt_from_a_picture_choose_its_sheet(photo: Any, tmp_path: Path) -> None:
    (one,) = marked([written(tmp_path, {"a.png": photo()})])
    told = outline_weights.examples(one.image(), one.quads, np.random.default_rng(1))
    assert told is not None
    assert told.exact_overlap.max() > 0.95
    learnt = outline_weights.fitted([told])
    first, above, loss = outline_weights.judged(learnt, [told])
    assert first > 0.95
    assert above == 1.0
    assert (
        loss < outline_weights.judged(outline_weights.Weights(learnt.rough, learnt.exact, 0 * learnt.odds), [told])[2]
    )
    barred = [outline_weights.NAMES.index(name) for name in ("share", "share_log")]
    assert not learnt.odds[barred].any(), "a small sheet is a sheet"


def test_a_net_learnt_from_a_picture_knows_its_sheet(photo: Any, tmp_path: Path) -> None:
    pictures = list(marked([written(tmp_path, {"a.png": photo()})]))
    rows, targets, counts = whole_weights.gathered(pictures)
    assert targets.max() == 1
    net = whole_weights.fitted(rows, targets, counts, 0)
    known = whole_weights.loss(net, rows, targets, counts)
    assert known < whole_weights.loss((net[0], net[1], 0 * net[2], 0.0), rows, targets, counts)
    again = whole_weights.fitted(rows, targets, counts, 0)
    assert np.array_equal(net[0], again[0]), "the same seed and data give the same net"


def test_a_photograph_altered_keeps_its_corners(photo: Any) -> None:
    image, quad = photo(), np.array(CORNERS)
    ways = list(altered(image, (quad,)))
    assert len(ways) == 12
    for seen, (corners,) in ways:
        assert seen.dtype == np.uint8
        assert corners.shape == (4, 2)
    assert overlap(ways[0][1][0], quad) > 0.999
    assert sum(overlap(corners, quad) > 0.999 for _, (corners,) in ways) == 9, "mirrored, turned and nearer are not"


def test_the_fingerprint_tells_other_pictures_and_other_corners(photo: Any, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    same = fingerprint([written(folders[0], {"a.png": photo()})])
    assert same == fingerprint([written(folders[1], {"a.png": photo()})])
    moved = [(x + 5, y) for x, y in CORNERS]
    assert same != fingerprint([written(folders[1], {"a.png": photo()}, quad=moved)])
    assert same != fingerprint([written(folders[2], {"a.png": photo(seed=2)})])


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        '{"images": []}',
        '{"images": [{"image": "../a.png", "quad": [[0, 0], [1, 0], [1, 1], [0, 1]]}]}',
        '{"images": [{"image": "a.png", "quad": [[0, 0], [1, 0], [1, 1]]}]}',
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(DataRefused):
        list(marked([tmp_path]))


def test_pictures_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LangsoError):
        list(marked([tmp_path]))
    (one,) = marked([written(tmp_path, {"a.png": np.zeros((9, 9, 3), np.uint8)})])
    one.path.unlink()
    with pytest.raises(DataRefused):
        one.image()
