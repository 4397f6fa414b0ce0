"""A sound that loudspeakers were told of, without a signer: `from sent_sounds import as_sent`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


def as_sent(office: Any, sha256: str) -> str:
    """An urgent order with this sound, over a day ago; the sound's path for a loudspeaker."""
    from langso.contract import Media, TargetSet, UrgentOrder
    from office.broadcasting.urgent_rows import insert_urgent

    given = office.clock.now() - timedelta(days=2)
    order = UrgentOrder(
        id=f"u-{sha256[:8]}",
        action="play",
        title="Thử",
        media=(Media(sha256=sha256, size=1, duration_ms=1, codec="opus"),),
        targets=TargetSet(devices=("*",)),
        issued=given,
        expires=given + timedelta(hours=1),
    )
    insert_urgent(office.store.db, order, "van-thu")
    return f"/media/{sha256}"
