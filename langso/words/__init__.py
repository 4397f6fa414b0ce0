"""The message catalogue (every sentence by its id), and Vietnamese itself: letters, numbers, text for speech."""

from .doubts import ReadingDoubts, doubts
from .errors import NotAnAmount, SpeechTooLong, WordsError
from .letters import fold, letter_name, nfc
from .numbers import amount, digits, group, money, number
from .speech import MAX_SPEECH, Part, speech, speech_parts

__all__ = [
    "MAX_SPEECH",
    "NotAnAmount",
    "Part",
    "ReadingDoubts",
    "SpeechTooLong",
    "WordsError",
    "amount",
    "digits",
    "doubts",
    "fold",
    "group",
    "letter_name",
    "money",
    "nfc",
    "number",
    "speech",
    "speech_parts",
]
