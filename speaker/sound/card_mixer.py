"""The mixer of the sound card: how loud it really is. What somebody, or a restored state, has muted is turned on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from speaker.sound.mixer import LOUD, Mixer, answer_of

_CARDS = Path("/proc/asound/cards")
_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]", re.M)
_NAMED = re.compile(r"(?:^|:|,)(?:CARD=)?([A-Za-z0-9_]+)")
_VOLUMES = ("Master", "PCM", "Speaker", "Headphone", "HDMI", "Digital", "Line Out", "Front")


class CardMixer(Mixer):
    """Looks at the card that `sink` names; `cards`: where the kernel lists them."""

    where = "card"

    def __init__(self, sink: str, *, cards: Path = _CARDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(monotonic)
        self._sink = sink
        self._cards = cards

    def muted(self) -> tuple[str, ...]:
        """Its playback controls that are off or at nothing."""
        card = self._card()
        return () if card is None else tuple(muted_in(_amixer(card, "scontents")))

    def turn_on(self, name: str, *, loud: bool) -> None:
        """One of its controls."""
        card = self._card()
        if card is not None:
            _amixer(card, "-q", "set", name, *((LOUD,) if loud else ()), "unmute")

    def _card(self) -> int | None:
        try:
            return card_of(self._sink, cards_in(self._cards.read_text(encoding="utf-8", errors="replace")))
        except OSError:
            return None


def cards_in(text: str) -> dict[str, int]:
    """Name and number of each card, from /proc/asound/cards."""
    return {name: int(number) for number, name in _CARD.findall(text)}


def card_of(sink: str, cards: Mapping[str, int]) -> int | None:
    """The card a sink names ("hw:1", "plughw:CARD=Device,DEV=0"); the first for "default"; None: not there."""
    if not cards:
        return None
    device = sink.partition(":")[2]
    if not device:
        return min(cards.values())
    named = _NAMED.search(device)
    if named is None:
        return min(cards.values())
    name = named[1]
    return (int(name) if int(name) in cards.values() else None) if name.isdigit() else cards.get(name)


def muted_in(text: str) -> list[str]:
    """Names of playback controls that are switched off or at nothing, from `amixer scontents`."""
    found = []
    for block in re.split(r"(?m)^(?=Simple mixer control )", text):
        name = re.match(r"Simple mixer control '([^']+)'", block)
        if name is None or not name[1].startswith(_VOLUMES):
            continue
        channels = [
            line for line in block.splitlines() if re.search(r":\s+Playback\b.*\[", line) or ": Playback [" in line
        ]
        if channels and all("[off]" in line or "[0%]" in line for line in channels):
            found.append(name[1])
    return found


def _amixer(card: int, *arguments: str) -> str:
    return answer_of("amixer", "-c", str(card), *arguments)
