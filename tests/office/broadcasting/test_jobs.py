"""Sounds made in the background: in order, watched, cancelled, few at a time, and never lost by a restart."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from refusals import refused
from waiting import until

from langso.durable.errors import StoreFull
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.words.catalogue import Sentence
from langso.words.language import in_language
from office.broadcasting import media
from office.broadcasting.jobs import MOST_OF_ONE, MOST_TRIES, MOST_WAITING, JobRows
from office.broadcasting.media import MadeSound, MediaStore
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.errors import MakingCancelled, NotFound, QueueFull
from office.store import MIGRATIONS, open_store


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[JobRows]:
    with open_store(tmp_path / "office.db") as store:
        yield JobRows(store, SystemClock())


def test_jobs_are_taken_once_and_in_order(rows: JobRows) -> None:
    asked = [rows.ask("send", f"Tin {number}", "a", f"b{number}").id for number in range(3)]
    taken = [rows.take() for _ in range(4)]
    assert [None if job is None else job.id for job in taken] == [*asked, None]
    assert rows.get(asked[0]).state == "working"


def test_how_long_it_still_takes_is_judged_by_how_long_it_took(rows: JobRows) -> None:
    asked = rows.ask("listen", "Tin", "a")
    now = datetime.now(UTC)
    assert asked.left(now) is None
    taken = rows.take()
    assert taken is not None
    assert taken.left(now + timedelta(seconds=3)) is None
    rows.told(taken.id, 30)
    job = rows.get(taken.id)
    assert job.began is not None
    assert job.left(job.began + timedelta(seconds=6)) == timedelta(seconds=14)
    # The clock was set back meanwhile.
    assert job.left(job.began - timedelta(seconds=6)) is None
    rows.end(taken.id, "failed")
    assert rows.get(taken.id).left(now + timedelta(seconds=60)) is None


def test_the_queue_is_bounded_in_all_and_for_each_person(rows: JobRows) -> None:
    for number in range(MOST_OF_ONE):
        rows.ask("send", "Tin", "a", f"a{number}")
    with refused(QueueFull, "jobs-full"):
        rows.ask("send", "Tin", "a", "b1")
    for number in range(MOST_WAITING - MOST_OF_ONE):
        rows.ask("send", "Tin", f"người {number}", f"c{number}")
    with pytest.raises(QueueFull):
        rows.ask("send", "Tin", "ai khác", "b2")
    first = rows.take()
    assert first is not None
    rows.end(first.id, "done")
    rows.ask("send", "Tin", "ai khác", "b2")


def test_the_same_text_to_listen_to_is_made_once_a_person(rows: JobRows) -> None:
    one = rows.ask("listen", "Xin chào", "a")
    assert rows.ask("listen", "Xin chào", "a").id == one.id
    assert rows.ask("listen", "Xin chào", "b").id != one.id
    rows.cancel(one.id)
    assert rows.ask("listen", "Xin chào", "a").id != one.id


def test_what_was_cancelled_stays_so_whatever_the_worker_says_after(rows: JobRows) -> None:
    job = rows.ask("listen", "Xin chào", "a")
    rows.take()
    assert rows.cancel(job.id)
    rows.told(job.id, 50)
    rows.end(job.id, "done")
    assert (rows.get(job.id).state, rows.get(job.id).percent) == ("cancelled", 0)
    assert not rows.cancel(job.id)


def test_after_a_crash_what_was_being_made_is_begun_anew_and_then_given_up(rows: JobRows) -> None:
    job = rows.ask("send", "Tin", "a", "b1")
    for _ in range(MOST_TRIES):
        rows.take()
        rows.recover()
    given_up = rows.get(job.id)
    assert (given_up.state, given_up.fault, given_up.code) == ("failed", "broken", "jobs-given-up")
    assert "bị ngắt hai lần" in str(given_up.why)


def test_why_one_failed_is_kept_in_no_language(rows: JobRows) -> None:
    job = rows.ask("send", "Tin", "a", "b1")
    rows.take()
    with in_language("en"):
        rows.end(job.id, "failed", why=Sentence("jobs-broken"))
        assert str(rows.get(job.id).why).startswith("The office's machine failed")
    assert str(rows.get(job.id).why).startswith("Máy văn phòng gặp lỗi")
    [(why,)] = rows._store.db.execute("SELECT why FROM jobs").fetchall()
    assert why == str(Sentence("jobs-broken"))


def test_a_job_that_failed_before_sentences_were_kept_says_what_it_said(tmp_path: Path) -> None:
    before = [migration.name for migration in MIGRATIONS].index("office-job-sentences")
    with Store(tmp_path / "office.db", MIGRATIONS[:before]) as old:
        old.db.execute(
            "INSERT INTO jobs (id, kind, text, by, state, fault, why, made_at)"
            " VALUES ('j', 'send', 'Tin', 'a', 'failed', 'refused', 'Trùng giờ với «Họp».', '2026-11-30T00:00:00')"
        )
    with open_store(tmp_path / "office.db") as store:
        job = JobRows(store, SystemClock()).get("j")
        assert (job.state, job.why, job.code) == ("failed", "Trùng giờ với «Họp».", "")


def test_what_is_put_back_at_an_orderly_end_costs_no_try(rows: JobRows) -> None:
    job = rows.ask("send", "Tin", "a", "b1")
    for _ in range(3 * MOST_TRIES):
        rows.take()
        rows.put_back(job.id)
        rows.recover()
    assert rows.get(job.id).state == "waiting"
    # A crash after them is the first one.
    rows.take()
    rows.recover()
    assert rows.get(job.id).state == "waiting"


def test_old_ones_are_cleared_away(rows: JobRows, monkeypatch: pytest.MonkeyPatch) -> None:
    job = rows.ask("listen", "Xin chào", "a")
    rows.cancel(job.id)
    monkeypatch.setattr(rows._clock, "now", lambda: datetime.now(UTC) + timedelta(days=8))
    rows.ask("listen", "Khác", "a")
    with pytest.raises(NotFound):
        rows.get(job.id)


def test_parts_of_the_work_add_up() -> None:
    said: list[int] = []
    whole = ProgressWatch(said.append)
    for percent in (0, 50, 100):
        whole.part(30, 90).at(percent)
    assert said == [30, 60, 90]
    with pytest.raises(MakingCancelled):
        ProgressWatch(cancelled=lambda: True).part(0, 50).at(1)


def test_a_program_is_killed_once_nobody_wants_its_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho $$ > {pid}\nexec sleep 300\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(MakingCancelled):
        media.measure(tmp_path / "x.opus", ProgressWatch(cancelled=pid.exists))
    number = int(pid.read_text())
    assert not Path(f"/proc/{number}").exists()


class SlowVoice:
    """Speaks only when told to; says what it is doing."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.at_work = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, store: MediaStore, text: str, *, watch: ProgressWatch = UNWATCHED, **more: Any) -> MadeSound:
        with self._lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        self.begun.release()
        try:
            watch.at(40)
            while not self.go_on.wait(0.02):
                watch.check()
            return store.chime()
        finally:
            with self._lock:
                self.at_work -= 1


@pytest.fixture
def voice(office_world: Any, monkeypatch: pytest.MonkeyPatch) -> SlowVoice:
    made = SlowVoice()
    monkeypatch.setattr(MediaStore, "speak", lambda store, text, **more: made(store, text, **more))
    return made


@pytest.fixture
def kept(office_world: Any) -> Callable[..., Any]:
    office_world.reporter("loa-1")

    def make(text: str = "Mời bà con đi họp.", minutes: float = 30) -> Any:
        start = datetime.now(UTC) + timedelta(minutes=minutes)
        return office_world.office.broadcasts.draft(text, targets=["*"], start=start, by="a")

    return make


def test_a_broadcast_is_sent_once_its_sound_is_made(office_world: Any, voice: SlowVoice, kept: Any) -> None:
    jobs, draft = office_world.office.jobs, kept()
    job = jobs.ask("send", draft.text, "a", draft.id)
    assert voice.begun.acquire(timeout=60)
    assert until(lambda: jobs.get(job.id).percent > 0)
    assert office_world.office.broadcasts.get(draft.id).status == "draft"
    voice.go_on.set()
    assert jobs.wait(job.id, 60).state == "done"
    sent = office_world.office.broadcasts.get(draft.id)
    assert (sent.status, sent.signed is not None) == ("scheduled", True)
    assert [row.action for row in office_world.office.audit.newest(1)] == ["send"]


def test_two_at_a_time_and_no_more(office_world: Any, voice: SlowVoice) -> None:
    jobs = office_world.office.jobs
    asked = [jobs.ask("listen", f"Tin {number}", "a") for number in range(4)]
    for _ in range(2):
        assert voice.begun.acquire(timeout=60)
    assert not voice.begun.acquire(timeout=0.3)
    voice.go_on.set()
    assert {jobs.wait(job.id, 60).state for job in asked} == {"done"}
    assert voice.most == 2


def test_cancelled_while_at_work_nothing_is_sent_and_the_words_stay(
    office_world: Any, voice: SlowVoice, kept: Any
) -> None:
    jobs, draft = office_world.office.jobs, kept()
    job = jobs.ask("send", draft.text, "a", draft.id)
    assert voice.begun.acquire(timeout=60)
    assert jobs.cancel(job.id).state == "cancelled"
    assert until(lambda: voice.at_work == 0)
    found = office_world.office.broadcasts.get(draft.id)
    assert (found.status, found.text) == ("draft", "Mời bà con đi họp.")
    assert office_world.office.documents.latest("plan") is None
    assert jobs.cancel(job.id).state == "cancelled"


def test_cancelled_between_its_sound_and_its_sending_it_is_not_sent(
    office_world: Any, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, draft = office_world.office, kept()
    real = office.broadcasts.prepare

    def prepare(id: str, **more: Any) -> Any:
        made = real(id)
        office.jobs.cancel(office.jobs.of_message(id).id)
        return made

    monkeypatch.setattr(office.broadcasts, "prepare", prepare)
    job = office.jobs.ask("send", draft.text, "a", draft.id)
    assert until(lambda: office.jobs.get(job.id).state == "cancelled")
    office.jobs.stop()
    assert office.broadcasts.get(draft.id).status == "prepared"
    assert office.documents.latest("plan") is None


def test_what_cannot_be_sent_says_why_and_whose_fault_it_is(office_world: Any, voice: SlowVoice, kept: Any) -> None:
    jobs = office_world.office.jobs
    voice.go_on.set()
    one, two = kept(), kept()
    assert jobs.wait(jobs.ask("send", one.text, "a", one.id).id, 60).state == "done"
    failed = jobs.wait(jobs.ask("send", two.text, "a", two.id).id, 60)
    assert (failed.state, failed.fault, failed.code) == ("failed", "refused", "broadcasting-taken")
    assert "Trùng giờ" in str(failed.why)


def test_on_a_full_disk_who_waits_is_told(office_world: Any, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, draft = office_world.office.jobs, kept()

    def full(*_: object, **__: object) -> None:
        raise StoreFull("Ổ đĩa máy văn phòng hết chỗ.")

    monkeypatch.setattr(office_world.office.broadcasts, "prepare", full)
    monkeypatch.setattr(jobs._rows, "end", full)
    failed = jobs.wait(jobs.ask("send", draft.text, "a", draft.id).id, 60)
    assert (failed.state, failed.fault, failed.why) == ("failed", "broken", "Ổ đĩa máy văn phòng hết chỗ.")
    assert jobs.of_message(draft.id).state == "failed"


def test_an_office_that_ends_puts_back_what_it_makes_and_the_next_one_makes_it(
    office_world: Any, voice: SlowVoice, kept: Any
) -> None:
    draft = kept()
    job = office_world.office.jobs.ask("send", draft.text, "a", draft.id)
    assert voice.begun.acquire(timeout=60)
    office = office_world.reopen()
    assert office.jobs.get(job.id).state == "waiting"
    voice.go_on.set()
    office.jobs.start()
    assert office.jobs.wait(job.id, 60).state == "done"
    assert office.broadcasts.get(draft.id).status == "scheduled"


_KILLED = """
import os, signal, sys
from pathlib import Path
from langso.settings.reading import load_settings
from office.broadcasting.media import MediaStore
from office.whole_office import Office
MediaStore.speak = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with Office(load_settings(Path(sys.argv[1]))) as office:
    office.jobs.ask("send", "Tin", "a", sys.argv[2])
    office.jobs.wait("", 60)
"""


def test_killed_at_work_it_is_made_after_the_restart(office_world: Any, kept: Any, tmp_path: Path) -> None:
    from langso.settings.reading import write_settings

    draft = kept()
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(office_world.settings))
    program = _KILLED.replace('office.jobs.wait("", 60)', "import time; time.sleep(60)")
    done = subprocess.run([sys.executable, "-c", program, str(file), draft.id], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    office = office_world.reopen()
    job = office.jobs.of_message(draft.id)
    assert job.state == "working"
    office.jobs.start()
    assert office.jobs.wait(job.id, 60).state == "done"
    assert office.broadcasts.get(draft.id).status == "scheduled"


def test_killed_after_sending_it_is_done_and_not_refused(
    office_world: Any, kept: Any, voice: SlowVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = kept()
    voice.go_on.set()
    jobs = office_world.office.jobs
    monkeypatch.setattr(jobs._rows, "end", lambda *_, **__: None)  # the power goes before this is written
    asked = jobs.ask("send", draft.text, "a", draft.id)
    until(lambda: office_world.office.broadcasts.get(draft.id).status == "scheduled")
    office = office_world.reopen()
    assert office.jobs.get(asked.id).state == "working"
    office.jobs.start()
    assert office.jobs.wait(asked.id, 60).state == "done"
    assert office.broadcasts.get(draft.id).status == "scheduled"


def test_a_sound_that_is_gone_from_the_disk_is_made_anew(office_world: Any, voice: SlowVoice) -> None:
    jobs = office_world.office.jobs
    voice.go_on.set()
    one = jobs.wait(jobs.ask("listen", "Xin chào", "a").id, 60)
    assert jobs.ask("listen", "Xin chào", "a").id == one.id
    office_world.office.media.path_of(one.media.sha256).unlink()
    again = jobs.wait(jobs.ask("listen", "Xin chào", "a").id, 60)
    assert again.id != one.id
    assert again.state == "done"
