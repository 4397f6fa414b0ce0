"""Whether the kiosk can be heard: a sound card is there now, and the last reading aloud went well."""

from __future__ import annotations

import re
from pathlib import Path

from langso.contract.health import Check
from langso.words.catalogue import t

CHECK_NAME = "sound"
CARDS = Path("/proc/asound/cards")
_CARD = re.compile(r"^\s*\d+ \[", re.M)


class Sound:
    """`wanted`: False where the settings say that this kiosk has no sound. Looks anew each time it is asked: a cable
    is pulled while everything runs. `failed`: the last reading aloud did not sound.
    """

    def __init__(self, *, wanted: bool = True, cards: Path = CARDS) -> None:
        self._wanted = wanted
        self._cards = cards
        self.failed = False

    @property
    def there(self) -> bool:
        """Whether anything can sound now. A sound server without a card plays into nothing and calls it done."""
        if not self._wanted:
            return False
        try:
            return _CARD.search(self._cards.read_text(encoding="utf-8", errors="replace")) is not None
        except OSError:
            return False

    def check(self) -> Check:
        """The health line."""
        if not self._wanted:
            return Check.good(CHECK_NAME, t("kiosk-sound-unwanted"))
        if not self.there:
            return Check.warning(CHECK_NAME, t("kiosk-sound-missing"), t("kiosk-sound-plug"))
        if self.failed:
            return Check.warning(CHECK_NAME, t("kiosk-sound-failed"), t("kiosk-sound-try"))
        return Check.good(CHECK_NAME, t("kiosk-sound-good"))
