"""What the villager is told: one short spoken sentence for each thing that can be wrong with a picture."""

from __future__ import annotations

from dataclasses import dataclass

from langso.words.catalogue import Sentence

SAYS = {
    "none": Sentence("prompts-page-none"),
    "dark": Sentence("prompts-page-dark"),
    "cut_off": Sentence("prompts-page-cut-off"),
    "far": Sentence("prompts-page-far"),
    "tilt": Sentence("prompts-page-tilt"),
    "bright": Sentence("prompts-page-bright"),
    "glare": Sentence("prompts-page-glare"),
    "blur": Sentence("prompts-page-blur"),
    "blank": Sentence("prompts-page-blank"),
    "front": Sentence("prompts-page-front"),
    "back": Sentence("prompts-page-back"),
    "same_side": Sentence("prompts-page-same-side"),
    "same": Sentence("prompts-page-same"),
    "unsure": Sentence("prompts-page-unsure"),
    "edges": Sentence("prompts-page-edges"),
    "moving": Sentence("prompts-page-moving"),
    "hold": Sentence("prompts-page-hold"),
    "taken": Sentence("prompts-page-taken"),
    "left": Sentence("prompts-page-left"),
}
"""By code. Local people record them: each is whole, without values."""


@dataclass(frozen=True)
class Guidance:
    """`code`: a key of SAYS; `sentence`: what the villager reads and hears; `good`: the page may be captured."""

    code: str
    sentence: Sentence
    good: bool


def say(code: str) -> Guidance:
    """The guidance for a key of SAYS; only "hold" may be captured."""
    return Guidance(code, SAYS[code], code == "hold")
