"""Trying the MQTT connection beside a running one: `knock`, which disturbs nobody, and `try_link`, a whole login."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from langso.device.whereabouts import Place
from langso.mqtt.connection import Connection
from langso.mqtt.reasons import Failure
from langso.mqtt.waiting import Waiting
from langso.settings.model import LinkSettings
from langso.timekeeping.known_time import KnownTime, wall_time

_UNKNOWN_METHOD = "langso-knock"
_BAD_METHOD = 0x8C


def knock(
    settings: LinkSettings,
    *,
    seconds: float = 5.0,
    known: Callable[[], KnownTime] = wall_time,
    place: Place | None = None,
) -> Failure | None:
    """What keeps a broker of the commune from taking this certificate; None where it answers and takes it. No session
    is touched.

    It asks for an authentication method that no broker has: Mosquitto refuses it only after it has judged certificate
    and name, and before it looks for a session. `known`, `place`: as in `try_link`.
    """
    return _try(settings, "", seconds, known, place, method=_UNKNOWN_METHOD)


def try_link(
    settings: LinkSettings,
    client_id: str,
    *,
    seconds: float = 5.0,
    known: Callable[[], KnownTime] = wall_time,
    place: Place | None = None,
) -> Failure | None:
    """Connects as the device does, with its certificate, up to the broker's CONNACK, and leaves; None: let in.

    Takes over whoever is connected under this certificate, but leaves before it is given what waits for the device.
    `known`: the time by which the broker's certificate is judged; `place`: where to connect, under settings' name.
    """
    return _try(settings, client_id, seconds, known, place, method=None)


def _try(
    settings: LinkSettings,
    client_id: str,
    seconds: float,
    known: Callable[[], KnownTime],
    place: Place | None,
    *,
    method: str | None,
) -> Failure | None:
    stop = threading.Event()
    waiting = Waiting()
    connection = Connection(
        settings,
        client_id,
        waiting,
        will=None,
        on_up=stop.set,
        on_message=lambda *_: None,
        known=known,
        deadline_s=seconds,
        place=place,
        method=method,
    )
    try:
        failure = connection.live(stop, lambda: False)
    finally:
        connection.close()
        with contextlib.suppress(OSError):
            waiting.ear.close()
    heard = connection.was_up or (method is not None and connection.refused == _BAD_METHOD)
    return None if heard else failure
