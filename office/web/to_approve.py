"""What waits for a second person's yes."""

from __future__ import annotations

from office.broadcasting.broadcasts import FARTHEST
from office.broadcasting.rows import Broadcast
from office.publishing.standings import Standings
from office.whole_office import Office


def to_approve(office: Office, stand: Standings) -> list[Broadcast]:
    """The broadcasts still to come that somebody else than their author must approve first, by start."""
    if not stand.unapproved:
        return []
    found = office.broadcasts.window(stand.now, stand.now + FARTHEST)
    return [one for one in found if stand.of(one) == "unapproved"]
