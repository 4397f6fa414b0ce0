"""Material Symbols Rounded by code point: the font holds them without needing ligatures."""

from __future__ import annotations

ICONS = {
    "account_balance": "\ue84f",
    "add": "\ue145",
    "arrow_back": "\ue5c4",
    "article": "\uef42",
    "block": "\uf08c",
    "check": "\ue5ca",
    "check_circle": "\uf0be",
    "child_care": "\ueb41",
    "close": "\ue5cd",
    "contrast": "\ueb37",
    "cottage": "\ue587",
    "delete": "\ue92e",
    "description": "\ue873",
    "document_scanner": "\ue5fa",
    "hourglass_top": "\uea5b",
    "id_card": "\uf4ca",
    "info": "\ue88e",
    "motion_photos_on": "\ue9c1",
    "note_add": "\ue89c",
    "photo_camera": "\ue412",
    "qr_code_scanner": "\uf206",
    "receipt_long": "\uef6e",
    "replay": "\ue042",
    "send": "\ue163",
    "timer": "\ue425",
    "touch_app": "\ue913",
    "verified": "\uef76",
    "volume_up": "\ue050",
    "warning": "\uf083",
}
"""The few that are used; a name that is not here is a mistake found at once."""
