"""What a loudspeaker's sensors found of a play: from its signed receipt to what staff read."""

from __future__ import annotations

from typing import Any

import pytest

from langso.contract import HeardReceipt
from langso.words.catalogue import is_known
from office.broadcasting.became import Became
from office.broadcasting.play_reports import LastSounded, plays
from office.web import shows
from speaker.sound.heard import Sounding

UNHEARD = sorted(set(Sounding) - {Sounding.HEARD, Sounding.UNSURE})


@pytest.fixture
def tells(office_world: Any) -> Any:
    """What the office knows of the play after these receipts, and how a page says it."""
    office, reporter = office_world.office, office_world.reporter()

    def told(outcome: str, *heard: HeardReceipt, **more: Any) -> tuple[Any, shows.SpeakerLook, str, LastSounded]:
        reporter.write("sang", outcome, **more)
        reporter.says(*heard)
        office.fleet.take_receipts(reporter.id, reporter.batch())
        (report,) = plays(office.store.db, "sang")
        what, look = shows._stands(report, None, begun=True, over=True, standing="signed")
        return what, look, shows._ending(report, what), office.broadcasts.last_sounded()[reporter.id]

    return told


def test_what_was_heard_is_said_with_how_sure_that_is(tells: Any) -> None:
    what, look, words, last = tells("played", HeardReceipt(occurrence="sang", sure=0.934, sensor="microphone"))
    assert (what, look) == (Became.PLAYED, "played")
    assert words.startswith("nghe được (chắc 93%)")
    assert (last.sure, last.finding) == (0.934, None)


@pytest.mark.parametrize("finding", UNHEARD)
def test_each_way_of_not_being_heard_has_words_and_does_not_look_played(tells: Any, finding: Sounding) -> None:
    what, look, words, last = tells("played", HeardReceipt(occurrence="sang", sure=0, finding=finding.value))
    assert (what, look) == (Became.PLAYED, "unheard")
    assert is_known(f"shows-unheard-{finding}")
    assert words.startswith(shows.sensed(0.0, finding.value))
    assert shows.sensed(0.0, finding.value) != shows.sensed(0.0, "unknown"), "words of its own"
    assert last.finding == finding.value


def test_a_finding_of_a_later_release_still_reads_as_not_heard(tells: Any) -> None:
    _, look, words, _ = tells("played", HeardReceipt(occurrence="sang", sure=0, finding="of-a-later-release"))
    assert look == "unheard"
    assert words.startswith("cảm biến không nghe thấy")


def test_without_sensors_nothing_is_said_of_hearing(tells: Any) -> None:
    what, look, words, last = tells("played")
    assert (what, look) == (Became.PLAYED, "played")
    assert "nghe" not in words
    assert shows.sensed(last.sure, last.finding) == ""


def test_a_cut_play_stays_cut_and_says_what_was_found(tells: Any) -> None:
    what, look, words, _ = tells("cut", HeardReceipt(occurrence="sang", sure=0, finding="dead_horn"), code="power")
    assert (what, look) == (Became.CUT, "cut")
    assert "hỏng củ loa" in words


def test_what_was_heard_at_last_counts(tells: Any) -> None:
    dead = HeardReceipt(occurrence="sang", sure=0, finding="dead_horn")
    _, look, words, _ = tells("played", dead, HeardReceipt(occurrence="sang", sure=0.8))
    assert look == "played"
    assert words.startswith("nghe được (chắc 80%)")
