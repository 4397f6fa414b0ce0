"""Setting the time of a device by hand, for whoever knows its PIN: what the command and the kiosk's page share."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from langso.device.clock_pin import check_pin, has_pin
from langso.device.errors import PinRefused, TimeRefused
from langso.durable.errors import FileRefused
from langso.timekeeping import dates
from langso.timekeeping.clock import ClockTrust, since_boot
from langso.timekeeping.evidence import ClockPlaces, boot_id, rtc_reading
from langso.timekeeping.hand_set import set_by_hand
from langso.timekeeping.known_time import RELEASED
from langso.trust.marks import FOLDER, MarksFile
from langso.words.catalogue import Sentence, Unit

MOST_AHEAD = timedelta(days=400)
"""Nobody brings a courier's stick so seldom: a year typed wrong is the likelier."""
BEHIND = timedelta(days=1)


class ClockByHand:
    """The time of the device whose files lie in `state`."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def read(self, text: str) -> datetime:
        """The Vietnamese time that was typed. Raises TimeRefused for what is no time, or cannot be now."""
        return read_time(text, floor_of(self._state))

    def check(self, pin: str) -> None:
        """Raises PinRefused for another PIN than the one chosen, and while there were too many wrong ones."""
        check_pin(self._state, pin)

    def keep(self, moment: datetime, who: str = "") -> None:
        """From now on it is `moment`. Only for whoever was checked. Raises FileRefused."""
        set_by_hand(
            self._state,
            moment,
            steady=since_boot(),
            boot=boot_id(),
            rtc=rtc_reading(ClockPlaces().rtc),
            who=who,
        )


def wanted(state: Path, trust: ClockTrust) -> bool:
    """Whether a person is to be asked: nothing but a person proves the time, and somebody chose a PIN."""
    if trust.trusted and trust.reason != "hand":
        return False
    try:
        return has_pin(state)
    except (PinRefused, FileRefused):
        return False


def read_time(text: str, floor: datetime | None) -> datetime:
    """The Vietnamese time that was typed. `floor`: what signed documents prove. Raises TimeRefused for what is no
    time, or cannot be now.
    """
    try:
        meant = dates.read_moment(text)
    except ValueError as error:
        raise TimeRefused(Sentence("clock-time-form")) from error
    lowest = max(RELEASED, floor or RELEASED)
    if meant < lowest - BEHIND:
        raise TimeRefused(Sentence("clock-time-before", proven=Unit(dates.full, lowest)))
    if meant > lowest + MOST_AHEAD and floor is not None:
        raise TimeRefused(Sentence("clock-time-far", proven=Unit(dates.full, lowest)))
    return meant


def floor_of(state: Path) -> datetime | None:
    """The latest time that documents held there prove."""
    marks = MarksFile(state / FOLDER).load()
    return None if marks is None else max((floor.proven or floor.moment for floor in marks.floors), default=None)
