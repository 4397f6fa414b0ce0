"""The mixer of the sound card: how loud it really is. What somebody, or a restored state, has muted is turned on."""

from __future__ import annotations

import logging
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from langso.contract.health import Check
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import t

log = logging.getLogger(__name__)

LOOK_S = 30.0
TOLD_S = 24 * 3600.0
LOUD = "80%"
"""Where a control stood at nothing, nobody knows how loud it had been."""
_PROGRAM_S = 5.0
_CARDS = Path("/proc/asound/cards")
_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]", re.M)
_NAMED = re.compile(r"(?:^|:|,)(?:CARD=)?([A-Za-z0-9_]+)")
_VOLUMES = ("Master", "PCM", "Speaker", "Headphone", "HDMI", "Digital", "Line Out", "Front")


class CardMixer:
    """Looks twice a minute at the card that `sink` names; `cards`: where the kernel lists them."""

    def __init__(self, sink: str, *, cards: Path = _CARDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sink = sink
        self._cards = cards
        self._monotonic = monotonic
        self._muted: tuple[str, ...] = ()
        self._put_right: tuple[float, tuple[str, ...]] = (float("-inf"), ())
        self._thread = WorkerThread("mixer", self._run)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._thread.stop(_PROGRAM_S)

    def look(self) -> None:
        """One look: what is muted is turned on; what stays so is told. Called by its thread, and by tests."""
        card = self._card()
        muted = () if card is None else self._muted_on(card)
        if muted and card is not None:
            log.warning("the sound card was muted: %s", ", ".join(muted))
            for name in muted:
                _amixer(card, "-q", "set", name, "unmute")
            for name in self._muted_on(card):
                _amixer(card, "-q", "set", name, LOUD, "unmute")
            left = self._muted_on(card)
            self._put_right = self._monotonic(), tuple(name for name in muted if name not in left)
            muted = left
        self._muted = muted

    def check(self) -> Check | None:
        """Health line `sound`: bad while it is muted, a warning for a day after it was; None where all is well."""
        if self._muted:
            return Check.bad("sound", t("sound-card-muted", names=", ".join(self._muted)), t("sound-card-unmute"))
        at, names = self._put_right
        if names and self._monotonic() - at <= TOLD_S:
            return Check.warning("sound", t("sound-card-was-muted", names=", ".join(names)), t("sound-card-who"))
        return None

    def _run(self) -> None:
        while not self._thread.stopping:
            self.look()
            self._thread.sleep(LOOK_S)

    def _card(self) -> int | None:
        try:
            return card_of(self._sink, cards_in(self._cards.read_text(encoding="utf-8", errors="replace")))
        except OSError:
            return None

    def _muted_on(self, card: int) -> tuple[str, ...]:
        return tuple(muted_in(_amixer(card, "scontents")))


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
    """What it says; "" where there is none, or where the card does not answer."""
    try:
        done = subprocess.run(
            ["amixer", "-c", str(card), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROGRAM_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("amixer: %s", error)
        return ""
    return done.stdout.decode("utf-8", "replace")
