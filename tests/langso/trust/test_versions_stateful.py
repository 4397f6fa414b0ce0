"""Any order of documents, epochs, restarts and losses: what is held never goes back, and marks agree with it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from langso.trust import Refused
from langso.trust.marks import COPIES

VERSIONS = st.integers(1, 6)
TITLES = st.sampled_from(["A", "B"])


class Versions(RuleBasedStateMachine):
    """The model: per issuer epoch the highest (version, title) accepted."""

    make_world: Any

    @initialize()
    def pair(self) -> None:
        self.world = type(self).make_world()
        self.world.state = Path(tempfile.mkdtemp())
        self.keeper = self.world.paired()
        self.epoch, self.trust_version = 1, 1
        self.highest: tuple[int, str] | None = None
        self.lost = False

    def teardown(self) -> None:
        if hasattr(self, "world"):
            shutil.rmtree(self.world.state)

    @rule(version=VERSIONS, title=TITLES, epoch_off=st.sampled_from([-1, 0, 0, 0, 1]))
    def offer(self, version: int, title: str, epoch_off: int) -> None:
        plan = self.world.plan(version, title=title, epoch=max(0, self.epoch + epoch_off))
        try:
            got = self.keeper.take("plan", self.world.sealed(plan)).fresh
        except Refused as refused:
            got = refused.reason
        assert got == self.expected(version, title, epoch_off)
        if got is True:
            self.highest = (version, title)

    def expected(self, version: int, title: str, epoch_off: int) -> bool | str:
        if epoch_off:
            return "rolled_back" if epoch_off < 0 else "no_trust"
        if self.highest is not None:
            if version < self.highest[0]:
                return "rolled_back"
            if version == self.highest[0]:
                return False if title == self.highest[1] else "equivocation"
        return "needs_nonce" if self.lost else True

    @rule()
    def raise_epoch(self) -> None:
        self.epoch += 1
        self.trust_version += 1
        self.keeper.take_trust(self.world.bundle(self.trust_version, issuers=self.world.rules(epoch=self.epoch)))
        self.highest = None

    @rule(copies=st.sampled_from([(), COPIES[:1], COPIES[1:], COPIES]))
    def restart(self, copies: tuple[str, ...]) -> None:
        for name in copies:
            (self.world.state / "trust" / name).unlink()
        self.keeper = self.world.keeper()
        self.lost = self.lost or copies == COPIES

    @rule()
    def answer_nonce(self) -> None:
        held = [h.version for h in self.keeper.versions() if h.kind == "order" and h.epoch == self.epoch]
        order = self.world.order(max(held, default=0) + 1, nonce=self.keeper.nonce(), epoch=self.epoch)
        self.keeper.take("order", self.world.sealed(order))
        self.lost = False

    @invariant()
    def what_is_held_is_the_highest_accepted(self) -> None:
        if not hasattr(self, "world"):
            return
        held = self.keeper.held("plan")
        marks = [h.version for h in self.keeper.versions() if h.kind == "plan" and h.epoch == self.epoch]
        if self.highest is None:
            assert held is None
            assert marks == []
        else:
            assert held is not None
            assert (held.document.version, held.document.programmes[0].title) == self.highest
            assert marks == [self.highest[0]]
        assert self.keeper.needs_nonce == self.lost


def test_versions_never_go_back(make_world: Any) -> None:
    machine = type("Versions", (Versions,), {"make_world": staticmethod(make_world)})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))


def test_the_model_notices_a_keeper_that_goes_back(make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langso.trust.keeper.check_version", lambda *_: "newer")
    machine = type("Versions", (Versions,), {"make_world": staticmethod(make_world)})
    quick = settings(max_examples=200, stateful_step_count=25, deadline=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=quick)
