"""Names of villages from their short codes, and what Vietnamese calls the kinds of village there are. Pure.

A name is a name: it is the same in every language.
"""

from __future__ import annotations

_KINDS = {"thon": "Thôn", "ban": "Bản", "xom": "Xóm", "to": "Tổ", "khu": "Khu", "lang": "Làng", "ap": "Ấp"}


def village_name(slug: str) -> str:
    """ "thon-1" is "Thôn 1"."""
    first, *rest = slug.split("-")
    return " ".join([_KINDS.get(first, first.capitalize()), *(word.capitalize() for word in rest)])
