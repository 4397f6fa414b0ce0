"""What a device's pairing still needs, what the technician does next, and waiting for it without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from langso.device.lifeline import Lifeline
from langso.device.pairing import FOLDER, load_paired, waiting_request
from langso.durable.ownership import acting_as_owner
from langso.errors import LangsoError
from langso.trust.errors import NotPaired
from langso.words.catalogue import Sentence, t

log = logging.getLogger(__name__)

LOOK_S = 2.0
LOOP = "pairing"
REQUEST_FILE = "yeu-cau.json"
GUIDE = "sudo langso setup"
STATUS = "sudo langso pair status"


@dataclass(frozen=True)
class Stand:
    """ "paired"; "new": nothing asked yet; "asked": a request waits for its answer; "broken": see `why`.

    `code`: the waiting request's twelve digits (also beside a pairing in force), `carried` its file's name.
    """

    state: Literal["paired", "new", "asked", "broken"]
    code: str = ""
    carried: str = ""
    why: str = ""


def stand_of(state_dir: Path) -> Stand:
    """Looks now; as root, with the rights of the folder's owner. Never raises."""
    code = carried = ""
    try:
        with acting_as_owner(state_dir, give=False):
            found = waiting_request(state_dir)
            if found is not None:
                code, carried = found[0].short_code, found[1] or REQUEST_FILE
            load_paired(state_dir)
    except NotPaired:
        return Stand("asked" if code else "new", code, carried)
    except (LangsoError, OSError) as error:
        return Stand("broken", code, carried, str(error))
    return Stand("paired", code, carried)


@dataclass(frozen=True)
class PairingStep:
    """One thing a technician does: `whole` as one sentence, or `before` it what is `typed`, "" where nothing is."""

    whole: Sentence
    before: Sentence
    typed: str = ""

    def __str__(self) -> str:
        return str(self.whole)


def next_steps(stand: Stand) -> tuple[PairingStep, ...]:
    """What the technician does, in order, as it is typed; empty for a paired device. `langso setup` knows which step
    is next.
    """
    ask = _typed("pairing-step-here", GUIDE)
    answer = _typed("pairing-step-office", GUIDE)
    finish = _typed("pairing-step-back", GUIDE)
    match stand.state:
        case "new":
            return ask, answer, finish
        case "asked":
            carry = Sentence("pairing-carry", carried=stand.carried or REQUEST_FILE)
            return PairingStep(carry, carry), answer, finish
        case "broken":
            return _typed("pairing-step-look", STATUS), ask, answer, finish
        case "paired":
            return ()


def _typed(id: str, typed: str) -> PairingStep:
    return PairingStep(Sentence(id, typed=typed), Sentence(f"{id}.before"), typed)


def in_a_sentence(stand: Stand) -> str:
    """The same in one sentence, for a log or a status line."""
    match stand.state:
        case "new":
            return t("pairing-not-yet", next=next_steps(stand)[0])
        case "asked":
            return t("pairing-waiting", code=stand.code, carried=stand.carried, guide=GUIDE)
        case "broken":
            return t("pairing-file-unusable", why=stand.why)
        case "paired":
            return t("pairing-done")


def wait_until_paired(
    state_dir: Path,
    stop: threading.Event,
    *,
    lifeline: Lifeline | None = None,
    beat: Callable[[str], None] = lambda _: None,
    every_s: float = LOOK_S,
) -> bool:
    """Returns True once there is a pairing that can be read, False when `stop` is set first.

    Says how to pair once in the log, and again only when that changes; systemd sees a service that is up and alive,
    with that sentence as its status. `lifeline`: where other loops count too, with LOOP among its own; `beat` is
    called each round with the sentence.
    """
    said = ""
    line = lifeline or Lifeline(LOOP)
    while not stop.is_set():
        stand = stand_of(state_dir)
        if stand.state == "paired":
            if said:
                log.info(t("pairing-just-done"))
            return True
        sentence = in_a_sentence(stand)
        if sentence != said:
            said = sentence
            log.warning("%s", sentence)
        line.turned(LOOP, sentence)
        beat(sentence)
        stop.wait(every_s)
    return False


class PairingWatch:
    """Whether another pairing has come into force since this was made: a service that holds the old one starts anew.

    A renewed certificate is no other pairing.
    """

    def __init__(self, state_dir: Path) -> None:
        self._link = state_dir / FOLDER / "current"
        self._first = self._now()

    def changed(self) -> bool:
        """Looks now; cheap. A pairing that has only just been put in place is waited for until it is whole."""
        try:
            return self._now() != self._first and (self._link / "complete").exists()
        except OSError:
            # A card that cannot be read is no other pairing.
            return False

    def _now(self) -> str:
        try:
            return self._link.readlink().name
        except OSError:
            return ""
