"""Something about the machine, said over the page: large, whole, and gone at a touch."""

from __future__ import annotations

from kiosk.style.theme import Theme
from kiosk.widgets.basic import Cover, Pill, Text
from langso.words.catalogue import Words, t


class Notice(Cover):
    """`said` in the middle, with what to do, and that a touch is enough to go on."""

    def __init__(self, theme: Theme, said: Words) -> None:
        super().__init__(theme, spacing=16)
        state = Pill(theme, t("screens-notice-sound"), "volume_off", "warn", size=20 if theme.large else 24)
        state.limit(theme.px(self.wide - 64))
        self.box.add_widget(state)
        self.box.add_widget(Text(theme, said, 24 if theme.large else 28, face="semibold", line=1.1))
        self.box.add_widget(Text(theme, t("screens-countdown-touch"), 20, token="soft"))


class GettingReady(Cover):
    """Somebody has begun before the machine could: one sentence, and no button, as it goes on by itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, spacing=16)
        self.box.add_widget(Text(theme, t("screens-getting-ready"), 28, face="bold", align="center", line=1.1))
        self.box.add_widget(Text(theme, t("screens-getting-ready-wait"), 22, token="soft", align="center"))
