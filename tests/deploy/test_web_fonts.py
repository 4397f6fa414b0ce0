"""The console's fonts: every letter and icon that a page may show is in them, and what is not shown is not."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fetched import FETCHED

from deploy import web_fonts
from langso.settings import assets

pytestmark = FETCHED
MESSAGES = Path(__file__).parents[2] / "langso/words/messages"
TEXT = sorted(set(assets.MADE_OF) - {assets.ICONS})


@pytest.fixture(scope="module", autouse=True)
def _made() -> None:
    if not web_fonts.current(assets.folder()):
        pytest.fail("the console's fonts are of another source: run deploy/setup.sh, or deploy/web_fonts.py")


def held(name: str) -> set[str]:
    from fontTools.ttLib import TTFont

    return {chr(code) for code in TTFont(assets.web(name)).getBestCmap()}


@pytest.mark.parametrize("name", TEXT)
def test_every_letter_of_vietnamese_and_of_the_catalogue_is_drawn(name: str) -> None:
    from fontTools.ttLib import TTFont

    font, source = held(name), TTFont(assets.folder() / "node_modules" / assets.MADE_OF[name])
    whole = {
        unicodedata.normalize("NFC", letter + tone)
        for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    }
    assert {len(one) for one in whole} == {1}
    assert (whole | set("đĐ₫–—“”‘’…×\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")) - font == set()
    # What the designers never drew comes from another font of the PC; nothing else may.
    drawn = {chr(code) for code in source.getBestCmap()}
    assert (web_fonts.letters() & drawn) - font == set()
    catalogue = "".join(path.read_text(encoding="utf-8") for path in MESSAGES.rglob("*.ftl"))
    assert {one for one in set(catalogue) - font if unicodedata.category(one)[0] in "LMN"} == set()


def test_marks_that_stand_apart_are_put_in_their_place() -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(assets.web(TEXT[0]))
    assert {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord} >= {"mark", "mkmk"}


def test_every_icon_that_a_page_names_is_spelt_and_few_others() -> None:
    whole = web_fonts.icon_glyphs(assets.folder() / "node_modules" / assets.MADE_OF[assets.ICONS])
    spelt = web_fonts.icon_glyphs(assets.web(assets.ICONS))
    wanted = web_fonts.icon_names(whole)
    assert {"calendar_month", "emergency_home", "account_circle", "volume_up"} <= wanted
    assert wanted - set(spelt) == set()
    assert len(spelt) < len(whole) / 20


def test_fonts_of_another_source_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_fonts, "icon_names", lambda known: {"campaign"})
    assert not web_fonts.current(assets.folder())
