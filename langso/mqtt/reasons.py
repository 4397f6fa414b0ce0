"""What an MQTT 5 reason code of CONNACK or DISCONNECT means for a device: every code of the standard, by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langso.words.catalogue import Sentence, Words

Reason = Literal[
    "stopped", "connecting", "connected", "network", "refused", "certificate", "clock", "taken_over", "protocol"
]
Pace = Literal["soon", "later", "slow", "yield"]
"""When to try again: with backoff; after a while; once a person may have acted; giving way to another machine."""


@dataclass(frozen=True)
class Failure:
    """Why the connection is down: a short code, a sentence, and the pace at which to try again (see `Backoff`)."""

    reason: Reason
    why: Words
    pace: Pace = "soon"


@dataclass(frozen=True)
class _Kind:
    reason: Reason
    pace: Pace
    sentence: str
    """The id of what is said; some of them name the host and the code."""


_LINE = _Kind("network", "soon", "mqtt-reason-line")
_BUSY = _Kind("network", "later", "mqtt-reason-busy")
_REFUSED = _Kind("refused", "slow", "mqtt-reason-refused")
_MOVED = _Kind("refused", "slow", "mqtt-reason-moved")
# Not slow: what offended may have been one message, and the device's orders must not wait minutes for that.
_PROTOCOL = _Kind("protocol", "later", "mqtt-reason-protocol")
_TOO_LARGE = _Kind("protocol", "later", "mqtt-reason-too-large")
_TAKEN_OVER = _Kind("taken_over", "yield", "mqtt-reason-taken-over")
_KINDS: dict[int, _Kind] = {
    0x00: _LINE,  # normal disconnection
    0x04: _LINE,  # disconnect with will message (a client's word)
    0x80: _LINE,  # unspecified error
    0x81: _PROTOCOL,  # malformed packet
    0x82: _PROTOCOL,  # protocol error
    0x83: _LINE,  # implementation specific error
    0x84: _REFUSED,  # unsupported protocol version
    0x85: _REFUSED,  # client identifier not valid
    0x86: _REFUSED,  # bad user name or password
    0x87: _REFUSED,  # not authorized
    0x88: _LINE,  # server unavailable: it is starting
    0x89: _BUSY,  # server busy
    0x8A: _REFUSED,  # banned
    0x8B: _LINE,  # server shutting down
    0x8C: _REFUSED,  # bad authentication method
    0x8D: _LINE,  # keep alive timeout
    0x8E: _TAKEN_OVER,
    0x8F: _PROTOCOL,  # topic filter invalid
    0x90: _PROTOCOL,  # topic name invalid
    0x93: _PROTOCOL,  # receive maximum exceeded
    0x94: _PROTOCOL,  # topic alias invalid
    0x95: _TOO_LARGE,
    0x96: _BUSY,  # message rate too high
    0x97: _BUSY,  # quota exceeded
    0x98: _LINE,  # administrative action: if we are no longer wanted, the next CONNACK says so
    0x99: _PROTOCOL,  # payload format invalid
    0x9A: _PROTOCOL,  # retain not supported
    0x9B: _PROTOCOL,  # QoS not supported
    0x9C: _BUSY,  # use another server, for a while
    0x9D: _MOVED,  # server moved, for good
    0x9E: _PROTOCOL,  # shared subscriptions not supported
    0x9F: _BUSY,  # connection rate exceeded
    0xA0: _LINE,  # maximum connect time
    0xA1: _PROTOCOL,  # subscription identifiers not supported
    0xA2: _PROTOCOL,  # wildcard subscriptions not supported
}


def from_reason(code: int, host: str) -> Failure:
    """The failure behind a code, 0-255; one that the standard does not know counts as a lost line."""
    kind = _KINDS.get(code, _LINE)
    return Failure(kind.reason, Sentence(kind.sentence, host=host, code=code), kind.pace)
