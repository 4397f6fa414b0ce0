"""The capture guide: what is wrong with a frame, what to tell the villager, when to capture by itself."""

from scanner.guide.judge import faults, guide
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
    "card_side",
    "faults",
    "guide",
    "look_at",
    "same_look",
    "say",
]
