"""The idle countdown over the page: how many seconds are left, and that a touch is enough to go on."""

from __future__ import annotations

from kiosk.style.theme import Theme
from kiosk.widgets.basic import Cover, Text
from langso.words.catalogue import t


class Countdown(Cover):
    """The number in the middle is the seconds until everything is wiped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, spacing=8)
        self._left = Text(theme, "", 96, face="bold", token="cham", align="center", line=1.0)
        self.box.add_widget(Text(theme, t("screens-countdown-title"), 34, face="bold", align="center"))
        self.box.add_widget(self._left)
        self.box.add_widget(Text(theme, t("screens-countdown-touch"), 24, face="semibold", align="center"))
        self.box.add_widget(Text(theme, t("screens-countdown-wiped"), 20, token="soft", align="center"))

    def show(self, left: int) -> None:
        """Seconds left."""
        self._left.text = str(left)
