"""Fonts, scripts and trained weights fetched at set-up: never in the repository, the same for kiosk and console."""

from __future__ import annotations

import os
from pathlib import Path

from langso.errors import LangsoError
from langso.words.catalogue import Sentence

ENVIRONMENT = "LANGSO_ASSETS"
"""Names the folder of `node_modules` and `web` (packages set it); without it the checkout's `office/assets`."""

_MODULES = "node_modules"
_TEXT_FONTS = {
    "regular": "400Regular/BeVietnamPro_400Regular.ttf",
    "medium": "500Medium/BeVietnamPro_500Medium.ttf",
    "semibold": "600SemiBold/BeVietnamPro_600SemiBold.ttf",
    "bold": "700Bold/BeVietnamPro_700Bold.ttf",
}
_TEXT_FOLDER = "@expo-google-fonts/be-vietnam-pro"
_ICONS = "@expo-google-fonts/material-symbols-rounded/500Medium/MaterialSymbolsRounded_500Medium.ttf"
_HTMX = "htmx.org/dist/htmx.min.js"
ICONS = "icons.woff2"
MADE = "web"
"""The folder beside `node_modules` with what set-up makes of fetched files."""
MADE_OF = {
    **{f"be-vietnam-pro-{place[:3]}.woff2": f"{_TEXT_FOLDER}/{place}" for place in _TEXT_FONTS.values()},
    ICONS: _ICONS,
}
"""The console's fonts by name, and of which font under `node_modules` each is cut (deploy/web_fonts.py)."""
_WEB = {"htmx.min.js": f"{_MODULES}/{_HTMX}", **{name: f"{MADE}/{name}" for name in MADE_OF}}
WEB_NAMES = frozenset(_WEB)
"""What a web server of ours may hand out; nothing else under the folder is ever served."""

MODULE_FILES = tuple(sorted({_HTMX, *MADE_OF.values()}))
"""Every file under `node_modules` that anything of ours asks for."""


class AssetMissing(LangsoError, FileNotFoundError):
    """A font, script or model is not there: set-up has not run, or the name is not one that may be asked for."""


def folder() -> Path:
    """Where assets are looked for; need not exist."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else Path(__file__).resolve().parents[2] / "office" / "assets"


def font(name: str = "regular") -> Path:
    """Be Vietnam Pro as .ttf: "regular", "medium", "semibold" or "bold" (400-700). Raises AssetMissing."""
    if name not in _TEXT_FONTS:
        raise AssetMissing(Sentence("settings-no-font", name=repr(name[:40]), known=", ".join(_TEXT_FONTS)))
    return _found(f"{_MODULES}/{_TEXT_FOLDER}/{_TEXT_FONTS[name]}")


def icon_font() -> Path:
    """Material Symbols Rounded, weight 500, as .ttf. Raises AssetMissing."""
    return _found(f"{_MODULES}/{_ICONS}")


def model(name: str) -> Path:
    """Trained weights by our own file name (see deploy/models.py). Raises AssetMissing for any that is not there."""
    path = folder() / "models" / name
    if "/" in name or not path.is_file():
        raise AssetMissing(Sentence("settings-no-model", name=repr(name[:40]), cure=_cure()))
    return path


def web(name: str) -> Path:
    """A file the console may serve, by its plain name (see WEB_NAMES). Raises AssetMissing for any other."""
    if name not in _WEB:
        raise AssetMissing(Sentence("settings-no-web-file", name=repr(name[:40])))
    return _found(_WEB[name])


def _found(inside: str) -> Path:
    path = folder() / inside
    if not path.is_file():
        raise AssetMissing(Sentence("settings-no-asset", name=path.name, cure=_cure()))
    return path


def _cure() -> Sentence:
    # The variable is set where a package installed them: there is no checkout to set up.
    return Sentence("settings-cure-package") if os.environ.get(ENVIRONMENT) else Sentence("settings-cure-checkout")
