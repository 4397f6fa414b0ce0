"""What every reader of a code returns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["emv", "url", "health_card", "citizen_card", "dossier_code", "unknown"]

MAX_TEXT = 4296
"""Characters in the largest QR code (version 40-L, alphanumeric)."""


@dataclass(frozen=True)
class Parsed:
    """One code, read: its kind, what it holds, and what is wrong with it.

    `problems` are faults, in Vietnamese sentences, empty for a sound code; `cautions` are what a person should still
    check on a sound one. `fields` holds JSON values only.
    """

    kind: Kind
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """One line `{"kind","fields","problems"}`; faults come first, cautions after them."""
        return json.dumps(
            {"kind": self.kind, "fields": self.fields, "problems": [*self.problems, *self.cautions]},
            ensure_ascii=False,
        )
