"""One door for everything a camera or scanner reads: which kind of code it is, and what it holds."""

from __future__ import annotations

import re

from langso.words import nfc
from langso.words.catalogue import t

from . import citizen_card, dossier_code, emv, health_card, link
from .parsed import MAX_TEXT, Parsed

_NEARLY_A_CARD = re.compile(r"[0-9]{6,18}\|")
_BYTE_ORDER_MARK = "\ufeff"


def parse(text: str) -> Parsed:
    """Read a code of any kind; tried in order: payment, link, health card, citizen card, dossier code.

    White space around it is dropped (scanners that act as keyboards add CR/LF). Never raises; time is linear.
    """
    if len(text) > MAX_TEXT:
        return Parsed("unknown", {}, [t("codes-longer-than-any", most=MAX_TEXT)])
    raw = text.strip().lstrip(_BYTE_ORDER_MARK).strip()
    # A payment code's lengths and checksum hold for the letters exactly as they came, so it is read before NFC.
    if emv.looks_like(raw):
        return emv.read(raw)
    text = nfc(raw)
    if link.looks_like(text):
        return link.read(text)
    if health_card.looks_like(text):
        return health_card.read(text)
    if citizen_card.looks_like(text):
        return citizen_card.read(text)
    dossier = dossier_code.read(text)
    if dossier is not None:
        return dossier
    if not text:
        return Parsed("unknown", {}, [t("codes-empty")])
    if _NEARLY_A_CARD.match(text):
        return Parsed("unknown", {"text": text}, [t("codes-almost-id")])
    return Parsed("unknown", {"text": text}, [t("codes-unrecognised")])
