"""The capture guide: what is wrong with a frame, what to say, and when to capture by itself."""

from scanner.guide.judge import brightness, faults, glare, guide, sharpness
from scanner.guide.sentences import SAYS, Guidance, say
from scanner.guide.steady import Steady

__all__ = ["SAYS", "Guidance", "Steady", "brightness", "faults", "glare", "guide", "say", "sharpness"]
