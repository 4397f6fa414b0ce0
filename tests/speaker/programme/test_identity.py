"""Which recorded play a show is: what was claimed is not played again, an id that means something else is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.contract import Media
from speaker.programme.identity import Identified, identify
from speaker.programme.shows import Show
from speaker.programme.situation import Entry
from speaker.programme.sources import StreamSource, files

T0 = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def sound(letter: str) -> Media:
    return Media(sha256=letter * 64, size=1, duration_ms=1000, codec="wav")


SHOW = Show(
    id="sang", title="Tin", issuer="office", broadcast_class="normal", start=T0, sources=files((sound("a"),)),
    kind="plan", epoch=3, targets=("loa-1", "loa-2"),
)  # fmt: skip


def recorded(show: Show, **more: Any) -> Entry:
    """As this show is recorded when it is claimed, but for `more`."""
    entry = Entry(
        show.id, "ended", show.start, show.start, urgent=show.urgent, issuer=show.issuer, kind=show.kind,
        epoch=show.epoch, start=show.start, content=show.content, aim=show.aim,
    )  # fmt: skip
    return replace(entry, **more)


def identified(show: Show, *entries: Entry) -> Identified:
    return identify((show,), {entry.play: entry for entry in entries})


def test_what_was_practised_is_not_ordered_in_earnest_under_the_same_id() -> None:
    tried = Show("a", "a", "office", "normal", datetime(2026, 11, 22, tzinfo=UTC), (), exercise=True)
    assert tried.content != replace(tried, exercise=False).content


def test_what_nobody_recorded_is_a_new_play() -> None:
    assert identify((SHOW,), {}) == Identified((SHOW,))
    assert identified(SHOW, recorded(replace(SHOW, id="toi"), content="other")) == Identified((SHOW,))


def test_what_says_the_same_is_the_play_that_was_claimed() -> None:
    assert identified(SHOW, recorded(SHOW)) == Identified((SHOW,))
    # The order in which it names devices is no matter, nor is naming one twice.
    again = replace(SHOW, targets=("loa-2", "loa-1", "loa-1"))
    assert identified(again, recorded(SHOW)) == Identified((again,))


CHANGED = {
    "start": {"start": T0 + timedelta(seconds=1)},
    "media": {"sources": files((sound("b"),))},
    "a relay": {"sources": (StreamSource("https://dai.vn/a"),)},
    "devices": {"targets": ("loa-1",)},
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_an_id_that_was_claimed_for_something_else_is_refused(changed: dict[str, Any]) -> None:
    show = replace(SHOW, **changed)
    assert identified(show, recorded(SHOW)) == Identified((), (show,))


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_what_an_earlier_release_did_not_record_cannot_differ(changed: dict[str, Any]) -> None:
    show = replace(SHOW, **changed)
    assert identified(show, recorded(SHOW, start=None, content=None, aim=None)) == Identified((show,))


def test_after_a_key_exchange_it_is_the_play_of_the_newest_earlier_epoch() -> None:
    new = replace(SHOW, epoch=5)
    entries = [recorded(SHOW, epoch=epoch) for epoch in (2, 4, 3, 5, 6)]
    assert identified(new, *entries[:3]).shows[0].epoch == 4
    assert identified(new, *entries[:2], entries[4]).shows[0].epoch == 4
    # Its own comes before them all, and what is recorded of a later epoch is no word on this one.
    assert identified(new, *entries) == Identified((new,))
    assert identified(new, entries[4]) == Identified((new,))
    assert identified(new, recorded(SHOW, epoch=None)) == Identified((new,))


def test_a_key_exchange_may_reach_other_devices_and_is_the_same_play_still() -> None:
    new = replace(SHOW, epoch=5, targets=("loa-1",))
    assert identified(new, recorded(SHOW)).shows[0].play == SHOW.play


@pytest.mark.parametrize("changed", [CHANGED["start"], CHANGED["media"], CHANGED["a relay"]])
def test_an_id_is_free_again_after_a_key_exchange(changed: dict[str, Any]) -> None:
    new = replace(SHOW, epoch=5, **changed)
    assert identified(new, recorded(SHOW)) == Identified((new,))


def test_another_kind_or_issuer_is_another_play() -> None:
    new = replace(SHOW, epoch=5)
    for other in (recorded(SHOW, kind="urgent"), recorded(SHOW, issuer="thon-1")):
        assert identified(new, other) == Identified((new,))


def test_what_release_0_1_0_recorded_holds_for_every_epoch() -> None:
    old = recorded(SHOW, kind=None, epoch=None)
    (known,) = identified(SHOW, old).shows
    assert known.play == old.play == "sang"
    changed = replace(SHOW, start=T0 + timedelta(days=1))
    (reused,) = identified(changed, old).reused
    assert reused.play == "sang"
    # An alarm of the same id is another play, and so is another issuer's broadcast.
    assert identified(replace(SHOW, urgent=True), old).shows[0].epoch == 3
    assert identified(SHOW, recorded(SHOW, kind=None, epoch=None, issuer="thon-1")).shows[0].epoch == 3


def test_what_the_last_key_ordered_comes_before_what_0_1_0_recorded() -> None:
    old = recorded(SHOW, kind=None, epoch=None, start=T0 - timedelta(days=1))
    assert identified(replace(SHOW, epoch=5), old, recorded(SHOW)) == Identified((SHOW,))


def test_a_show_of_no_document_is_known_by_its_id() -> None:
    bare = replace(SHOW, kind=None, epoch=None)
    assert identified(bare, recorded(bare)) == Identified((bare,))
    assert identified(bare, recorded(SHOW)) == Identified((bare,))


def test_each_show_is_judged_for_itself() -> None:
    other = replace(SHOW, id="toi", start=T0 + timedelta(hours=9))
    moved = replace(SHOW, start=T0 + timedelta(seconds=1))
    entries = {entry.play: entry for entry in (recorded(SHOW), recorded(other))}
    assert identify((moved, other), entries) == Identified((other,), (moved,))
