"""Assets are found by name, only listed ones are served, and what is missing says what to run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.settings import assets

ROOT = Path(__file__).parents[3]


def test_missing_assets_say_what_to_do_in_a_checkout_and_on_an_installed_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (
        assets.font,
        assets.icon_font,
        lambda: assets.web("htmx.min.js"),
        lambda: assets.model("page-upright.onnx"),
    )
    monkeypatch.setenv(assets.ENVIRONMENT, str(tmp_path))
    for ask in asked:
        with pytest.raises(assets.AssetMissing, match="cài lại gói"):
            ask()
    monkeypatch.delenv(assets.ENVIRONMENT)
    monkeypatch.setattr(assets, "folder", lambda: tmp_path)
    for ask in asked:
        with pytest.raises(assets.AssetMissing, match=r"deploy/setup\.sh"):
            ask()


def test_the_named_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(assets.ENVIRONMENT, str(tmp_path))
    place = tmp_path / "node_modules/htmx.org/dist/htmx.min.js"
    place.parent.mkdir(parents=True)
    place.write_text("x")
    assert assets.web("htmx.min.js") == place


@given(st.text(max_size=60))
def test_nothing_unlisted_is_served(name: str) -> None:
    if name not in assets.WEB_NAMES:
        with pytest.raises(assets.AssetMissing):
            assets.web(name)


def test_fetched_fonts_are_fonts() -> None:
    if not (assets.folder() / "node_modules").is_dir():
        pytest.skip("assets not fetched: run deploy/setup.sh")
    for name in ("regular", "medium", "semibold", "bold"):
        assert assets.font(name).read_bytes()[:4] == b"\x00\x01\x00\x00"
    assert assets.icon_font().stat().st_size > 100_000


def test_the_lock_names_no_host_and_pins_every_package() -> None:
    text = (ROOT / "office/assets/package-lock.json").read_text()
    assert "://" not in text
    assert "resolved" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)
