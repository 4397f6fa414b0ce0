"""The volume that a sound server (PulseAudio, PipeWire) keeps for its output, beside that of the card under it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from speaker.sound.mixer import LOUD, Mixer, answer_of

_SHARE = re.compile(r"/\s*(\d+)%\s*/")
_DEFAULT = "@DEFAULT_SINK@"


class ServerMixer(Mixer):
    """Asks the server, by `pactl`, about the output that `sink` names; "" and "default": the one it prefers."""

    where = "server"

    def __init__(self, sink: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(monotonic)
        self._sink = _DEFAULT if sink in ("", "default") else sink

    def muted(self) -> tuple[str, ...]:
        """The output, where it is muted or all its channels are at nothing."""
        off = answer_of("pactl", "get-sink-mute", self._sink).strip() == "Mute: yes"
        shares = _SHARE.findall(answer_of("pactl", "get-sink-volume", self._sink))
        nothing = bool(shares) and all(int(share) == 0 for share in shares)
        return (self._name(),) if off or nothing else ()

    def turn_on(self, name: str, *, loud: bool) -> None:
        """The output, as loud as it was; `loud`: as loud as `LOUD`."""
        answer_of("pactl", "set-sink-mute", name, "0")
        if loud:
            answer_of("pactl", "set-sink-volume", name, LOUD)

    def _name(self) -> str:
        if self._sink != _DEFAULT:
            return self._sink
        return answer_of("pactl", "get-default-sink").strip() or self._sink
