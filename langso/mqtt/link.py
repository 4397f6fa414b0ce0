"""One MQTT v5 connection that repairs itself: TLS, last will, session, re-subscription, random waits.

One thread owns the paho client and alone touches it; other threads leave their wishes and wake it. Clean start is
asked for by `start_over` alone: the session belongs to the identity, so a device that restarts still gets what it
missed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from langso.contract.health import Check
from langso.device.whereabouts import Whereabouts
from langso.mqtt.connection import Connection, Will
from langso.mqtt.errors import LinkRefused
from langso.mqtt.failures import Backoff, Contest, crowd_s, from_error, perhaps_a_clone
from langso.mqtt.reasons import Failure, Reason
from langso.mqtt.waiting import MAX_PAYLOAD, Outgoing, Waiting, check_filter, check_qos, check_topic
from langso.settings.model import LinkSettings
from langso.timekeeping.known_time import KnownTime, wall_time
from langso.timekeeping.pulse import Pulse
from langso.words.catalogue import Sentence, t

__all__ = ["MAX_PAYLOAD", "Backoff", "Link", "LinkSettings", "Reason", "Will"]

log = logging.getLogger(__name__)

FIND_CLONE = Sentence("mqtt-find-the-clone")
"""What to do where two machines come under one name: this one was let in."""
STABLE_S = 30.0
FLAPS = 3
_PERHAPS_ELSEWHERE = ("network", "certificate", "clock", "protocol", "refused")


class Link:
    """A connection as ``client_id``; callbacks come on the link's thread, should be quick and may raise (logged).

    ``on_message(topic, payload, retain)``; ``on_state(connected, why)`` on each change, Vietnamese. ``where``: other
    places at which the broker may be found; ``known``: the time by which its certificate's dates are judged.
    """

    def __init__(
        self,
        settings: LinkSettings,
        client_id: str,
        *,
        will: Will | None = None,
        on_message: Callable[[str, bytes, bool], None],
        on_state: Callable[[bool, str], None] | None = None,
        backoff: Backoff | None = None,
        where: Whereabouts | None = None,
        known: Callable[[], KnownTime] = wall_time,
    ) -> None:
        if will is not None:
            check_topic(will.topic)
            check_qos(will.qos)
        self._settings = settings
        self._client_id = client_id
        self._will = will
        self._on_message = on_message
        self._on_state = on_state
        self._backoff = backoff or Backoff(cap_s=settings.retry_max_s)
        self._crowd_s = 0.0
        self._where = where
        self._known = known
        self._waiting = Waiting()
        self._leaving = threading.Event()
        self._up = threading.Event()
        self._stopping = threading.Event()
        self._announce = True
        self._afresh = False
        self._pulse = Pulse()
        self._contest = Contest(self._backoff.calm_s)
        self._came_up: float | None = None
        self._state = Failure("stopped", Sentence("mqtt-not-yet"))
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Logged in and subscribed."""
        return self._up.is_set()

    @property
    def reason(self) -> Reason:
        """Short code of the present state: "connected", "network", "refused", "certificate", "taken_over" ..."""
        return self._state.reason

    @property
    def why(self) -> str:
        """The present state as a Vietnamese sentence."""
        return str(self._state.why)

    @property
    def contested(self) -> bool:
        """Whether another machine has recently logged in under our name, also while we have the connection back."""
        return self._contest.lasts(self._up_for())

    @property
    def hung(self) -> bool:
        """Whether its thread has stopped going round, or died; waiting for a broker does not count."""
        if self._thread is None or self._thread.ident is None:
            return False
        return self._pulse.hung if self._thread.is_alive() else not self._stopping.is_set()

    def check(self, fix: str) -> Check:
        """Health line `link`; ``fix``: what to do here while there is no connection."""
        if self.connected and not self.contested:
            return Check.good("link", t("mqtt-connected"))
        if self.connected or self.reason == "taken_over":
            return Check.warning("link", self._contest.why or self.why, FIND_CLONE)
        return Check.warning("link", self.why, fix)

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Wants the filter from now on and after every reconnection; the broker then sends what it retains."""
        check_filter(topic_filter)
        self._waiting.want(topic_filter, check_qos(qos))

    def unsubscribe(self, topic_filter: str) -> None:
        """No longer wants the filter."""
        self._waiting.unwant(topic_filter)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        wait: float | None = None,
        tag: str | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> bool:
        """Sends, or keeps in memory until connected (QoS 1; a newer retained one replaces an older waiting one).

        True: taken, or with ``wait`` seconds: the broker acknowledged. Not durable (the outbox is). ``tag``: one that
        is on its way is not sent twice, and can be withdrawn; ``on_sent``: called once the broker has it.
        Raises LinkRefused for a bad topic or too large a payload.
        """
        check_topic(topic)
        if len(payload) > MAX_PAYLOAD:
            raise LinkRefused(Sentence("mqtt-message-too-large", topic=topic, size=len(payload), most=MAX_PAYLOAD))
        if wait is not None and threading.current_thread() is self._thread:
            raise RuntimeError("publish(wait=) on the link's own thread would wait for itself")
        message = Outgoing(topic, bytes(payload), check_qos(qos), retain, expiry_s, tag, on_sent)
        if self._stopping.is_set() or (qos == 0 and not self.connected) or not self._waiting.put(message):
            return False
        if wait is None:
            return True
        message.done.wait(wait)
        return message.accepted

    def withdraw(self, tag: str) -> None:
        """What was published under this tag and is still on its way need not go any more."""
        self._waiting.withdraw(tag)

    def among(self, devices: int | None) -> None:
        """How many devices share this broker: one that was cut off comes back within the time in which it bears all.
        The larger the fleet the longer; a village's handful still comes back within a second.
        """
        self._crowd_s = crowd_s(devices)

    def start(self) -> None:
        """Begins to connect in the background, and goes on for ever; returns at once. Call it once per Link."""
        if self._thread is not None:
            raise RuntimeError("a Link starts once")
        self._state = Failure("connecting", Sentence("mqtt-connecting", host=self._settings.host))
        self._thread = threading.Thread(target=self._run, name=f"link {self._client_id}", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0, *, announce: bool = True) -> None:
        """Sends what waits (if connected), says goodbye and ends; ``announce``: the will is published."""
        self._announce = announce
        self._stopping.set()
        self._leave()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def renew(self) -> None:
        """Call when the certificate's file has changed: disconnects without the will and connects again at once."""
        self._leave()

    def start_over(self) -> None:
        """Disconnects without the will and connects again at once, without what waits for us at the broker: that is
        sent what it retains first, whatever has filled its queue.
        """
        self._afresh = True
        self._leave()

    def wait_connected(self, timeout: float) -> bool:
        """Waits until logged in and subscribed; False after ``timeout`` seconds."""
        return self._up.wait(timeout)

    def _run(self) -> None:
        attempt = flaps = 0
        while True:
            self._leaving.clear()
            self._pulse.beat()
            if self._stopping.is_set():
                break
            was_up, failure = self._connect_once()
            up_s, self._came_up = self._up_for(), None
            if self._stopping.is_set():
                break
            if self._leaving.is_set():
                attempt = flaps = 0
                self._set_state(Failure("connecting", Sentence("mqtt-connecting-again", host=self._settings.host)))
                continue
            stable = up_s > STABLE_S
            attempt = 1 if stable else attempt + 1
            # Some brokers close the elder of two equals without a word: all it sees is a line cut again and again.
            flaps = flaps + 1 if was_up and not stable and failure.reason == "network" else 0
            if flaps >= FLAPS:
                failure = perhaps_a_clone(self._settings)
            # Another place is tried soon: a stranger at one address must not keep us from the office at the next.
            elsewhere = not was_up and failure.reason in _PERHAPS_ELSEWHERE and self._where_missed()
            self._contest.ended(failure, up_s)
            self._set_state(failure)
            tries = self._contest.times if failure.pace == "yield" else attempt
            pace = "soon" if elsewhere and failure.pace == "slow" else failure.pace
            with self._pulse.resting():
                self._leaving.wait(self._backoff.wait(tries, pace=pace, crowd=self._crowd_s))
        self._set_state(Failure("stopped", Sentence("mqtt-stopped")))
        self._waiting.give_up()

    def _connect_once(self) -> tuple[bool, Failure]:
        """(was it up, why it ended)."""
        connection = Connection(
            self._settings,
            self._client_id,
            self._waiting,
            will=self._will,
            on_up=self._on_up,
            on_message=self._on_message,
            place=self._where.place(self._settings.host, self._settings.port) if self._where else None,
            known=self._known,
            pulse=self._pulse,
            afresh=self._afresh,
        )
        try:
            failure = connection.live(
                self._leaving, lambda: self._announce and self._stopping.is_set(), lambda: self._afresh
            )
        except Exception as error:
            # Whatever a broker sends must not end the thread: the device would stay deaf for ever.
            log.exception("link %s: connection ended by an error", self._client_id)
            failure = from_error(error, self._settings)
        finally:
            connection.close()
        return connection.was_up, failure

    def _on_up(self) -> None:
        self._afresh = False
        self._came_up = time.monotonic()
        if self._where is not None:
            self._where.reached()
        self._set_state(Failure("connected", Sentence("mqtt-connected-to", host=self._settings.host)))

    def _up_for(self) -> float:
        """Seconds since this connection was there; 0: it is not."""
        came_up = self._came_up
        return 0.0 if came_up is None else time.monotonic() - came_up

    def _where_missed(self) -> bool:
        return self._where is not None and self._where.missed()

    def _leave(self) -> None:
        self._leaving.set()
        self._waiting.ring()

    def _set_state(self, state: Failure) -> None:
        before, self._state = self._state, state
        up = state.reason == "connected"
        if up:
            self._up.set()
        else:
            self._up.clear()
        if before == state:
            return
        level = logging.INFO if state.reason in ("connected", "stopped") else logging.WARNING
        log.log(level, "link %s: %s: %s", self._client_id, state.reason, state.why)
        if self._on_state is not None:
            try:
                self._on_state(up, str(state.why))
            except Exception:
                log.exception("link %s: on_state failed", self._client_id)
