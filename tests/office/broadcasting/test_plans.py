from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import Media
from langso.trust import parse_payload
from office.broadcasting.plans import HORIZON, Head, Piece, Planned, clash, first_free, make_plan, meet, read_plan
from office.errors import BroadcastRefused

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HEAD = Head("office", "hoa-son", 0, 7, NOW)
CHIME = Media(sha256="c" * 64, size=5, duration_ms=1400, codec="opus")


def planned(
    id: str, minutes: float, seconds: int = 30, devices: tuple[str, ...] = ("*",), chime: bool = True
) -> Planned:
    media = Media(sha256=f"{seconds:064x}", size=10, duration_ms=seconds * 1000, codec="opus")
    show = Piece(id, id, "normal", (media,), devices, chime=CHIME if chime else None)
    return Planned(f"{id}.1", show, NOW + timedelta(minutes=minutes))


def test_tables_hold_each_sound_and_target_list_once() -> None:
    plan = make_plan([planned("a", 30), planned("b", 10), planned("c", 20, devices=("x", "y"))], HEAD)
    assert [o.id for o in plan.occurrences] == ["b.1", "c.1", "a.1"]
    assert len(plan.media) == 2
    assert [t.devices for t in plan.target_sets] == [("*",), ("x", "y")]
    assert plan.media[plan.programmes[0].chime or 0] == CHIME
    assert plan.until == NOW + HORIZON


def test_the_past_day_stays_and_older_goes() -> None:
    kept = make_plan([planned("old", -60 * 30), planned("recent", -60 * 2), planned("next", 5)], HEAD)
    assert [o.id for o in kept.occurrences] == ["recent.1", "next.1"]


def test_the_limit_of_4000_is_named() -> None:
    with pytest.raises(BroadcastRefused, match="4000"):
        make_plan([planned(f"p{n}", n) for n in range(4001)], HEAD)


def test_a_clash_counts_the_chime_and_the_amplifier() -> None:
    first = planned("first", 10, seconds=30)
    # 30 s of sound, 2 s tail, then 3 s lead and 1.4 s chime: 36.4 s apart is the least.
    near = Planned("n.1", planned("n", 10).show, first.start + timedelta(seconds=36))
    far = Planned("n.1", near.show, first.start + timedelta(seconds=36.4))
    assert clash(near, [first]) == first
    assert clash(far, [first]) is None
    assert clash(first, [far]) is None
    assert clash(first, [first]) is None


def test_other_loudspeakers_do_not_clash() -> None:
    assert clash(planned("a", 10, devices=("x",)), [planned("b", 10, devices=("y",))]) is None
    assert meet(("x", "*"), ("y",))


@given(starts=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 400)), max_size=12), wish=st.integers(0, 60))
def test_the_free_time_told_is_free_and_not_before_the_wish(starts: list[tuple[int, int]], wish: int) -> None:
    others = [planned(f"o{n}", minute, seconds) for n, (minute, seconds) in enumerate(starts)]
    new = planned("new", wish)
    free = first_free(new, others)
    assert free >= new.start
    assert clash(Planned(new.id, new.show, free), others) is None


def test_a_plan_is_read_back_as_it_was_and_fits_its_own_contract() -> None:
    written = [planned("b", 10), planned("c", 20, devices=("x", "y")), planned("a", 30, chime=False)]
    plan = make_plan(written, HEAD)
    assert read_plan(plan) == written
    assert parse_payload(plan.to_json(), type(plan)) == plan
