"""The real bridge and the real firmware with a bad cable between them: a pty in the middle loses and damages."""

import contextlib
import os
import random
import select
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.host.link import Bridge
from firmware_bridge.twin.process import Twin


class Cable:
    """Two ends of a bad cable: `port` for the host, the other end on the twin's port."""

    def __init__(self, far: Path, loss: float, bit_errors: float, piece: int) -> None:
        self.loss = loss
        self._bit_errors = bit_errors
        self._piece = piece
        self._random = random.Random(7)
        self._near, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._far = os.open(far, os.O_RDWR | os.O_NOCTTY)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for descriptor in (self._near, self._slave, self._far):
            os.close(descriptor)

    def _carry(self) -> None:
        other = {self._near: self._far, self._far: self._near}
        while not self._stop.is_set():
            ready, _, _ = select.select(list(other), [], [], 0.05)
            for end in ready:
                with contextlib.suppress(OSError):
                    self._pass_on(os.read(end, 4096), other[end])

    def _pass_on(self, data: bytes, to: int) -> None:
        if self._random.random() < self.loss:
            return
        spoiled = bytearray(data)
        for position in range(len(spoiled)):
            if self._random.random() < self._bit_errors:
                spoiled[position] ^= 1 << self._random.randrange(8)
        for start in range(0, len(spoiled), self._piece):
            os.write(to, spoiled[start : start + self._piece])


@pytest.fixture
def cable(twin: Twin, request: pytest.FixtureRequest) -> Iterator[Cable]:
    """A cable with the faults the test asks for."""
    made = Cable(twin.port, *request.param)
    yield made
    made.close()


@pytest.mark.parametrize(
    "cable", [(0.2, 0.0, 4096), (0.0, 0.003, 4096), (0.1, 0.001, 1)], indirect=True, ids=["loss", "bits", "all"]
)
def test_orders_arrive_in_order_and_the_amplifier_stays_on(twin: Twin, cable: Cable) -> None:
    with Bridge(cable.port, lease_ms=3000) as bridge:
        bridge.set_output("amplifier", True)
        for turn in range(60):
            bridge.set_output("lamp", turn % 2 == 0)
            assert twin.pins()["lamp"] is (turn % 2 == 0) or twin.wait_pin("lamp", turn % 2 == 0)
        assert bridge.counters.retries > 0
        lamp = [event.level for event in twin.pin_log() if event.name == "lamp"]
        assert lamp == [0, *[1, 0] * 30]
        assert [event.level for event in twin.pin_log() if event.name == "amplifier"] == [0, 1]


@pytest.mark.parametrize("cable", [(0.0, 0.0, 4096)], indirect=True)
def test_a_cable_that_goes_dead_and_returns(twin: Twin, cable: Cable) -> None:
    with Bridge(cable.port, lease_ms=600) as bridge:
        bridge.set_output("amplifier", True)
        cable.loss = 1.0
        dead = time.monotonic()
        assert twin.wait_pin("amplifier", False)
        assert time.monotonic() - dead < 3.0
        cable.loss = 0.0
        assert twin.wait_pin("amplifier", True)
        assert bridge.counters.restarts == 0
