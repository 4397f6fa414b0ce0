"""The capture guide: what is wrong with a frame, what to say, and when to capture by itself."""

from scanner.guide.judge import brightness, faults, glare, guide, sharpness
from scanner.guide.same_page import Look, look_at, same_look
from scanner.guide.sentences import SAYS, Guidance, say
from scanner.guide.side import Side, card_side
from scanner.guide.steady import Steady

__all__ = [
    "SAYS",
    "Guidance",
    "Look",
    "Side",
    "Steady",
    "brightness",
    "card_side",
    "faults",
    "glare",
    "guide",
    "look_at",
    "same_look",
    "say",
    "sharpness",
]
