"""Every number with a meaning on the serial link (docs/protocol/serial.md). Numbers are never given a new meaning."""

# Levels of the conversation: 1 is release 0.1.0; a level only adds to the one below it.
OLDEST_LEVEL = 1
NEWEST_LEVEL = 2

# Types of frames.
HELLO = 1
SET = 2
KEEPALIVE = 3
PING = 4
ACK = 5
NAK = 6
TELEMETRY = 7
ERROR = 8
CONNECT = 9
# From level 2 on.
ENVELOPE = 10
INPUT = 11
SELECT = 12
# Kept for the day when sixteen types are too few: its payload begins with the type proper.
EXTENDED = 15

COMMANDS = (CONNECT, SET, KEEPALIVE, PING, SELECT)
REPLIES = (HELLO, ACK, NAK)
UNASKED = (TELEMETRY, ERROR, ENVELOPE, INPUT)

# Reasons in a NAK.
UNKNOWN_TYPE = 1
BAD_PAYLOAD = 2
UNKNOWN_OUTPUT = 3
BAD_LEASE = 4
NO_SESSION = 5
WRONG_VERSION = 6
STALE = 7
UNKNOWN_SOURCE = 8

# Codes in an ERROR.
LEASE_EXPIRED = 1
BAD_FRAMES = 2
SOURCE_EXPIRED = 3

# Reset causes in a HELLO.
CAUSE_UNKNOWN = 0
CAUSE_POWER_ON = 1
CAUSE_WATCHDOG = 2
CAUSE_BUTTON = 3
CAUSE_SOFT = 4

# Bits of `inputs`. HELD: an output is ordered on and waits, because starting it took the power away or too often.
INPUT_MUTE = 1
INPUT_HELD = 2
INPUT_TALK = 4

# The number of a source while one relay has let go and the next has not closed yet, or where there are none.
NO_SOURCE = 255
# The source of a board that nobody commands: what sounds through its relays without current.
REST_SOURCE = 0

MIN_LEASE_MS = 100
MAX_LEASE_MS = 60000
MAX_TEXT = 24
MAX_NAMES = 8
MAX_LEVELS = 16
UNKNOWN = 0xFFFF
UNKNOWN_TEMPERATURE = -0x8000


def lease_is_valid(lease_ms: int) -> bool:
    """Whether a lease lies between MIN_LEASE_MS and MAX_LEASE_MS."""
    return MIN_LEASE_MS <= lease_ms <= MAX_LEASE_MS


def shared_level(oldest: int, newest: int) -> int:
    """The level to speak with a host that speaks `oldest` to `newest`; 0 where there is none in common."""
    level = min(newest, NEWEST_LEVEL)
    return level if level >= max(oldest, OLDEST_LEVEL) else 0
