"""Sounds that nobody needs leave the disk; one that somebody may still need never does."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from langso.errors import LangsoError
from office.broadcasting import collecting
from office.broadcasting.collecting import COUNT_EVERY_S
from office.broadcasting.media_use import needed

OLD = timedelta(days=90)


@pytest.fixture
def office(office_world: Any) -> Any:
    """An office that is a year old, with one loudspeaker."""
    made = office_world.office
    office_world.reporter("loa-1")
    long_ago = (made.clock.now() - timedelta(days=365)).isoformat()
    made.store.db.execute("UPDATE langso_migrations SET applied_at = ?", [long_ago])
    return made


def aged(office: Any) -> None:
    """All that lies there was made long ago, and listened to long ago."""
    at = (office.clock.now() - OLD).timestamp()
    for path in office.home.media.iterdir():
        os.utime(path, (at, at))
    office.store.db.execute("UPDATE jobs SET made_at = ?", [(office.clock.now() - OLD).isoformat()])


def listened(office: Any, text: str) -> str:
    job = office.jobs.wait(office.jobs.ask("listen", text, "van-thu").id, 60)
    return str(job.media.sha256)


def sent(office: Any, text: str, hours: float) -> Any:
    broadcasts = office.broadcasts
    draft = broadcasts.draft(text, targets=["*"], start=office.clock.now() + timedelta(hours=hours), by="van-thu")
    broadcasts.prepare(draft.id)
    return broadcasts.send(draft.id, "van-thu")


def sounds_of(broadcast: Any) -> set[str]:
    return {one.sha256 for one in (*broadcast.show.media, broadcast.show.chime)}


def names(office: Any) -> set[str]:
    return {path.name for path in office.home.media.iterdir() if len(path.name) == 64}


def test_what_was_only_listened_to_goes_and_what_was_sent_stays(office: Any) -> None:
    heard = listened(office, "Nghe thử thôi.")
    broadcast = sent(office, "Mời bà con đi họp.", 5)
    withdrawn = sent(office, "Mời bà con đi làm đường.", 9)
    office.broadcasts.withdraw(withdrawn.id, "van-thu")
    alarm = office.alarms.urgent("Lũ về.", targets=["*"], by="van-thu").media[0].sha256
    kept = sounds_of(broadcast) | sounds_of(withdrawn) | {alarm}
    before = office.sounds.held()
    assert before.files == len(names(office)) == len(kept) + 1
    assert office.sounds.collect() == 0
    aged(office)
    assert office.sounds.held().unneeded == 1
    assert office.sounds.collect() == 1
    assert names(office) == kept
    assert heard not in kept
    after = office.sounds.held()
    assert (after.unneeded, after.files, after.size < before.size) == (0, len(kept), True)
    # Listened to again, it is made again.
    assert listened(office, "Nghe thử thôi.") == heard
    assert heard in names(office)


def test_a_draft_keeps_its_sound_while_it_may_be_sent(office: Any) -> None:
    broadcasts = office.broadcasts
    draft = broadcasts.draft("Mai họp.", targets=["*"], start=office.clock.now() + timedelta(hours=5), by="van-thu")
    sound = broadcasts.prepare(draft.id, chime=False).show.media[0].sha256
    aged(office)
    assert office.sounds.collect() == 0
    office.store.db.execute("UPDATE occurrences SET start = '2020-01-01T00:00:00+00:00'")
    assert office.sounds.collect() == 1
    assert names(office) == set()
    assert office.store.db.execute("SELECT 1 FROM media WHERE sha256 = ?", [sound]).fetchone() is None
    # Refused, withdrawn before it was sent: nobody needs it either.
    office.store.db.execute("UPDATE occurrences SET start = ?", [(office.clock.now() + OLD).isoformat()])
    assert needed(office.store.db, office.clock.now()) == {sound}
    broadcasts.withdraw(draft.id, "van-thu")
    assert needed(office.store.db, office.clock.now()) == set()


def test_a_lost_database_collects_nothing_that_loudspeakers_may_hold(office: Any, office_world: Any) -> None:
    broadcast = sent(office, "Mời bà con đi họp.", 5)
    aged(office)
    lost = office_world.reopen(lose_database=True)
    aged(lost)
    assert lost.sounds.collect() == 0
    # The plan was taken back from its file; its sounds are known however old the database seems.
    lost.store.db.execute("UPDATE rules SET status = 'withdrawn'")
    lost.store.db.execute("UPDATE occurrences SET signed_at = NULL")
    lost.store.db.execute("UPDATE langso_migrations SET applied_at = '2020-01-01T00:00:00+00:00'")
    assert lost.sounds.collect() == 0
    assert sounds_of(broadcast) == names(lost)


@pytest.mark.parametrize("at", ["unlink", "row"])
def test_a_power_cut_while_collecting_leaves_what_is_collected_next_time(
    office: Any, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    for text in ("Một.", "Hai.", "Ba."):
        listened(office, text)
    aged(office)
    kept = sent(office, "Mời bà con đi họp.", 5)
    aged(office)

    class Cut(LangsoError):
        pass

    with monkeypatch.context() as broken:
        real, done = collecting.Path.unlink, []

        def unlink(path: Any, missing_ok: bool = False) -> None:
            if done and at == "unlink":
                raise Cut("power")
            real(path, missing_ok)
            done.append(path)
            if len(done) == 2 and at == "row":
                raise Cut("power")

        broken.setattr(collecting.Path, "unlink", unlink)
        with pytest.raises(Cut):
            office.sounds.collect()
    office.sounds.collect()
    assert names(office) == sounds_of(kept)
    assert office.sounds.held().unneeded == 0


def test_what_is_held_is_counted_for_pages_once_a_minute(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(office.sounds, "_clock", Mock(now=office.clock.now, monotonic=lambda: now[0]))
    before = office.sounds.lately()
    listened(office, "Nghe thử thôi.")
    assert office.sounds.lately() == before
    now[0] += COUNT_EVERY_S + 1
    assert office.sounds.lately().files == before.files + 1
