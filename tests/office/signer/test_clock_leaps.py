"""A clock that leaps under the signer: nothing but an alarm is signed by it before something proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from plans import plan
from refusals import refused

from langso.contract import (
    Urgent,
)
from langso.timekeeping.clock import SystemClock
from office.signer.clock_watch import SETTLED_S, ClockWatch
from office.signer.errors import SignerRefused
from office.signer.signing import Signing

HOUR = timedelta(hours=1)


class Watched(SystemClock):
    """A machine's clock that is set; what is since boot goes on by `steady` alone."""

    def __init__(self) -> None:
        self.ahead, self.steady, self.network = timedelta(), 0.0, False

    def now(self) -> datetime:
        return super().now() + self.ahead

    def watch(self) -> Callable[[Any], ClockWatch]:
        return lambda book: ClockWatch(book, steady=lambda: self.steady, proven=lambda: self.network)


def test_a_clock_that_leaps_is_not_signed_by_until_something_proves_it(office_world: Any) -> None:
    clock = Watched()
    signing = Signing(office_world.home, clock, clock.watch())
    signing.sign("plan", plan(1, clock.now()).to_json())

    def leapt(version: int) -> None:
        with pytest.raises(SignerRefused) as told:
            signing.sign("plan", plan(version, clock.now()).to_json())
        assert getattr(told.value, "fault", "") == "clock"

    clock.ahead = timedelta(hours=2)
    leapt(2)
    head = {"issuer": "office", "audience": "*", "commune": "hoa-son", "epoch": 0}
    alarm = Urgent(**head, version=1, issued=clock.now(), expires=clock.now() + HOUR, orders=())
    signing.sign("urgent", alarm.to_json()), "an alarm does not wait for a small leap"
    clock.steady += SETTLED_S - 1
    clock.ahead += timedelta(seconds=SETTLED_S - 1)
    leapt(2)
    clock.steady += 2
    signing.sign("plan", plan(2, clock.now()).to_json())
    clock.ahead = timedelta(days=40)
    clock.steady += 2 * SETTLED_S
    leapt(3)
    clock.steady += 2 * SETTLED_S
    leapt(3)
    far = alarm.model_copy(update={"version": 2, "issued": clock.now(), "expires": clock.now() + HOUR})
    with pytest.raises(SignerRefused):
        signing.sign("urgent", far.to_json())
    clock.network = True
    signing.sign("plan", plan(3, clock.now()).to_json())
    clock.network = False
    clock.ahead += timedelta(days=40)
    clock.steady += 2 * SETTLED_S
    leapt(4)
    signing.believe_clock()
    signing.sign("plan", plan(4, clock.now()).to_json())
    clock.ahead = timedelta()
    signing.sign("plan", plan(5, clock.now()).to_json()), "set back, it is only late"
    signing.close()


def test_a_leap_is_seen_across_a_restart(office_world: Any) -> None:
    clock = Watched()
    signing = Signing(office_world.home, clock, clock.watch())
    signing.sign("plan", plan(1, clock.now()).to_json())
    signing.close()
    clock.ahead, clock.steady = timedelta(days=31), 5.0
    signing = Signing(office_world.home, clock, clock.watch())
    with refused(SignerRefused, "signer-clock-leapt"):
        signing.check_ready()
    signing.close()
