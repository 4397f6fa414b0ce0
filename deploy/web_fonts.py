"""The console's fonts, cut to the letters and icons that it shows, as WOFF2: `python deploy/web_fonts.py FOLDER`.

FOLDER holds `node_modules`; they are left in FOLDER/web. `--check FOLDER` ends with 0 where those of this very source
lie there. Run by set-up, in the environment that it makes.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from langso.settings import assets  # noqa: E402 - also run as a file, before anything of ours is installed

STAMP, SPELT = "made-of.txt", "icons-known.txt"
"""Beside the fonts: a hash of all that they were made of; the names that the whole icon font spells."""
_BLOCKS = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x1A0, 0x1B0),
    (0x2C6, 0x2DC),
    (0x300, 0x31B),
    (0x323, 0x323),
    (0x1E80, 0x1E85),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2026),
    (0x2030, 0x203A),
    (0x20AB, 0x20AC),
    (0x2212, 0x2215),
)
"""Latin with all marks of Vietnamese, whole and combining, and the signs of print."""
_TEXT_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
# An icon's name stands in quotes, or as an element's text.
_NAME = re.compile(r"""["'>]([a-z][a-z0-9_]*)["'<]""")


def letters() -> set[str]:
    """Every character that a page may have to draw: those of print and of every sentence of the catalogue, in
    Vietnamese and English, whole and taken apart.
    """
    told = {chr(code) for first, last in _BLOCKS for code in range(first, last + 1)}
    for path in sorted((ROOT / "langso/words/messages").rglob("*.ftl")):
        told.update(path.read_text(encoding="utf-8"))
    apart = {part for letter in told for part in unicodedata.normalize("NFD", letter)}
    return {one for one in told | apart if one.isprintable()}


def icon_names(known: Iterable[str]) -> set[str]:
    """The icons that the console's source names, of those that the font has."""
    files = [path for path in (ROOT / "office/web").rglob("*") if path.suffix in (".py", ".html", ".js")]
    named = {name for path in files for name in _NAME.findall(path.read_text(encoding="utf-8"))}
    return named & set(known)


def icon_glyphs(source: Path) -> dict[str, str]:
    """The glyph for each name that an icon font spells."""
    from fontTools.ttLib import TTFont

    font = TTFont(source)
    letter_of = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for one in ligatures:
                    name = "".join(letter_of.get(glyph, "?") for glyph in (first, *one.Component))
                    found[name] = one.LigGlyph
    return found


def make(folder: Path) -> dict[str, int]:
    """Makes every font anew in `folder`/web; their sizes in bytes by name. Raises OSError."""
    out, sizes = folder / assets.MADE, {}
    out.mkdir(parents=True, exist_ok=True)
    spelt = icon_glyphs(folder / "node_modules" / assets.MADE_OF[assets.ICONS])
    for name, source in assets.MADE_OF.items():
        file = folder / "node_modules" / source
        data = _icons(file, spelt) if name == assets.ICONS else _text(file)
        fresh = out / f".{name}.new"
        fresh.write_bytes(data)
        fresh.replace(out / name)
        sizes[name] = len(data)
    (out / SPELT).write_text("\n".join(sorted(spelt)), encoding="utf-8")
    (out / STAMP).write_text(_made_of(folder), encoding="utf-8")
    return sizes


def current(folder: Path) -> bool:
    """Whether the fonts of this very source lie in `folder`/web."""
    out = folder / assets.MADE
    if not all((out / name).is_file() for name in (*assets.MADE_OF, STAMP, SPELT)):
        return False
    return (out / STAMP).read_text(encoding="utf-8") == _made_of(folder)


def _text(source: Path) -> bytes:
    from fontTools import subset

    options = _options(_TEXT_FEATURES)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(letters()))
    cutter.subset(font)
    return _packed(font, options)


def _icons(source: Path, spelt: dict[str, str]) -> bytes:
    from fontTools import subset

    options = _options(["rlig", "liga"])
    # Letters lead to every icon there is: only those that are named stay.
    options.layout_closure = False
    font = subset.load_font(str(source), options)
    wanted = icon_names(spelt)
    cutter = subset.Subsetter(options)
    cutter.populate(glyphs=sorted({spelt[name] for name in wanted}), text="".join(sorted(set("".join(wanted)))))
    cutter.subset(font)
    return _packed(font, options)


def _options(features: list[str]) -> Any:
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = features
    options.hinting = False
    options.drop_tables += ["meta"]
    return options


def _packed(font: Any, options: Any) -> bytes:
    from fontTools import subset

    # The time of making would make other bytes of the same source.
    font.recalcTimestamp = False
    packed = io.BytesIO()
    subset.save_font(font, packed, options)
    return packed.getvalue()


def _made_of(folder: Path) -> str:
    told = hashlib.sha256(Path(__file__).read_bytes())
    told.update("".join(sorted(letters())).encode())
    known = (folder / assets.MADE / SPELT).read_text(encoding="utf-8").split("\n")
    told.update("\n".join(sorted(icon_names(known))).encode())
    for source in assets.MADE_OF.values():
        told.update((folder / "node_modules" / source).read_bytes())
    return told.hexdigest() + "\n"


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit(0 if current(Path(sys.argv[2])) else 1)
    for name, size in make(Path(sys.argv[1])).items():
        print(f"{name}: {size} bytes")
