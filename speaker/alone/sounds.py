"""How long a sound file is, by decoding it as the loudspeaker will."""

from __future__ import annotations

from pathlib import Path

from langso.words.catalogue import Sentence
from speaker.errors import PlanFileRefused
from speaker.sound.proving import decode


def length_of(sound: Path, codec: str) -> int:
    """Milliseconds of it. Raises PlanFileRefused where it cannot be played or nothing can be heard, SoundFault."""
    found = decode(sound, codec)
    if found["why"] or not found["ms"]:
        raise PlanFileRefused(Sentence("alone-sound-broken", name=sound.name))
    if found["loud_ms"] is None:
        raise PlanFileRefused(Sentence("alone-sound-silent", name=sound.name))
    return int(found["ms"])
