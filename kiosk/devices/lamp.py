"""The lamp over the table: on when the camera lacks light, off when the visit is over."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from langso.contract.health import Check
from langso.settings.reading import BridgeSettings, Settings
from langso.words.catalogue import t

if TYPE_CHECKING:
    from firmware_bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

ON_AFTER_S = 0.7
OFF_AFTER_S = 20.0
CHECK_NAME = "lamp"
_LOCAL = "lamp"


class LampRule:
    """When the lamp is on. Its own light makes the picture bright: so, once on, it stays on while somebody scans."""

    def __init__(self, *, on_after_s: float = ON_AFTER_S, off_after_s: float = OFF_AFTER_S) -> None:
        self._on_after_s = on_after_s
        self._off_after_s = off_after_s
        self._dark_since: float | None = None
        self._used = float("-inf")
        self.on = False

    def see(self, dark: bool, now: float) -> bool:
        """The camera is in use at `now` (monotonic seconds) and the picture is `dark` or not; returns whether the
        lamp is on.
        """
        self._used = now
        if not dark:
            self._dark_since = None
        elif self._dark_since is None:
            self._dark_since = now
        elif now - self._dark_since >= self._on_after_s:
            self.on = True
        return self.on

    def rest(self, now: float) -> bool:
        """The camera is not in use at `now`; returns whether the lamp is on. A short look at a page is no reason to
        switch.
        """
        self._dark_since = None
        if self.on and now - self._used >= self._off_after_s:
            self.on = False
        return self.on

    def over(self) -> None:
        """The visit has ended: off at once."""
        self.on, self._dark_since, self._used = False, None, float("-inf")


class Lamp:
    """Does what the rule says on a thread of its own: switching may take seconds when the bridge's cord is pulled."""

    def __init__(self, open_board: Callable[[], Switchboard] | None, output: str = "") -> None:
        self._open_board = open_board
        self._output = output
        self._rule = LampRule()
        self._wishes: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._wanted = False
        self._why = ""
        self._thread: threading.Thread | None = None
        if open_board is not None:
            self._thread = threading.Thread(target=self._run, name="lamp", daemon=True)
            self._thread.start()

    def see(self, dark: bool) -> None:
        """A frame was judged; `dark`: the guide asks for light."""
        self._want(self._rule.see(dark, time.monotonic()))

    def rest(self) -> None:
        """A screen without the camera is shown now."""
        self._want(self._rule.rest(time.monotonic()))

    def over(self) -> None:
        """The visit has ended."""
        self._rule.over()
        self._want(False)

    def close(self, timeout: float = 3.0) -> None:
        """Switches off and gives the hardware back."""
        if self._thread is not None:
            self._wishes.put(None)
            self._thread.join(timeout)
            self._thread = None

    def check(self) -> Check:
        """The lamp's health; one that cannot be switched is only a warning, since scanning goes on without it."""
        if self._open_board is None:
            return Check.good(CHECK_NAME, t("kiosk-lamp-none"))
        if self._why:
            return Check.warning(CHECK_NAME, t("kiosk-lamp-fault", why=self._why), t("kiosk-lamp-fix"))
        return Check.good(CHECK_NAME, t("kiosk-lamp-on") if self._wanted else t("kiosk-lamp-ready"))

    def _want(self, on: bool) -> None:
        if on != self._wanted:
            self._wanted = on
            if self._thread is not None:
                self._wishes.put(on)

    def _run(self) -> None:
        board: Switchboard | None = None
        try:
            while (on := self._wishes.get()) is not None:
                if board is None:
                    board = self._opened()
                if board is not None:
                    self._switch(board, on)
        finally:
            if board is not None:
                board.close()

    def _opened(self) -> Switchboard | None:
        assert self._open_board is not None
        try:
            return self._open_board()
        except Exception as error:  # noqa: BLE001 - pin factories raise whatever they like; a lamp ends no kiosk
            self._failed(error)
            return None

    def _switch(self, board: Switchboard, on: bool) -> None:
        try:
            board.set_output(self._output, on)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed(error)
        else:
            self._why = ""

    def _failed(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        if why != self._why:
            log.warning("the lamp cannot be switched: %s", why)
        self._why = why


def open_lamp(settings: Settings) -> Lamp:
    """The lamp that the settings name; where they name none, one that does nothing."""
    kind, _, name = (settings.kiosk.lamp or "").partition(":")
    if kind == "gpio":
        return Lamp(lambda: _board(settings.bridge.model_copy(update={"port": f"gpio:{_LOCAL}={name}"})), _LOCAL)
    if kind == "bridge":
        return Lamp(lambda: _board(settings.bridge), name)
    return Lamp(None)


def _board(settings: BridgeSettings) -> Switchboard:
    from firmware_bridge.opening import open_switchboard

    return open_switchboard(settings)
