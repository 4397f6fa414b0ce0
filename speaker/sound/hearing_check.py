"""What the sensors found of the last programmes, as one health line a person can act on. Pure."""

from __future__ import annotations

from langso.contract.health import Check
from langso.words.catalogue import Sentence
from speaker.sound.heard import Sounding

CHECK_NAME = "heard"

_WRONG = {
    Sounding.FALLEN_RELAY: (Sentence("sound-heard-relay"), Sentence("sound-heard-relay-fix")),
    Sounding.CUT_CABLE: (Sentence("sound-heard-cable"), Sentence("sound-heard-cable-fix")),
    Sounding.DEAD_HORN: (Sentence("sound-heard-horn"), Sentence("sound-heard-horn-fix")),
    Sounding.NO_SIGNAL: (Sentence("sound-heard-signal"), Sentence("sound-heard-signal-fix")),
    Sounding.WRONG_PROGRAMME: (Sentence("sound-heard-wrong"), Sentence("sound-heard-wrong-fix")),
}


def hearing_check(last: Sounding | None) -> list[Check]:
    """No line while no sensor has said anything, or none can tell; bad where the last programme did not sound."""
    if last is None or last is Sounding.UNSURE:
        return []
    if last is Sounding.HEARD:
        return [Check.good(CHECK_NAME, Sentence("sound-heard-well"))]
    why, fix = _WRONG[last]
    return [Check.bad(CHECK_NAME, why, fix)]
