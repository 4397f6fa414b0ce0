"""One try of the MQTT line beside the running link: whether the broker lets this device in, and if not, why."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable

from langso.link_connection import Connection
from langso.link_reasons import Failure
from langso.link_waiting import Waiting
from langso.settings_model import LinkSettings
from langso.tls import KnownTime, wall_time
from langso.whereabouts import Place


def try_link(
    settings: LinkSettings,
    *,
    seconds: float = 5.0,
    known: Callable[[], KnownTime] = wall_time,
    place: Place | None = None,
) -> Failure | None:
    """Connects as the device does, with its certificate, up to the broker's CONNACK, and leaves; None: let in.

    Under a client id of its own, so that the device's own connection is not taken over and no session is left.
    `known`: the time by which the broker's certificate is judged; `place`: where to connect, under settings' name.
    """
    stop = threading.Event()
    waiting = Waiting()
    connection = Connection(
        settings.model_copy(update={"session_expiry": 0}),
        f"trial-{secrets.token_hex(8)}",
        waiting,
        will=None,
        on_up=stop.set,
        on_message=lambda *_: None,
        known=known,
        deadline_s=seconds,
        place=place,
    )
    try:
        failure = connection.live(stop, lambda: False)
    finally:
        connection.close()
        with contextlib.suppress(OSError):
            waiting.ear.close()
    return None if connection.was_up else failure
