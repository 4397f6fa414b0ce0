"""What a block that sounded tells of a voice: when it began, how late, how much was heard, when it is over. Pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from speaker.sound.sounds import SoundFile, SoundStream
from speaker.sound.voice import Block, Decoded, GstVoice, Stretch, VoiceReport, after_block

FILE = SoundFile(Path("x"), "wav", 1000)
STREAM = SoundStream("http://x/y")
PLAYING = VoiceReport("playing", error_ms=0.0)


def blocks(first: float, last: float) -> list[Block]:
    return [Block(number / 100, (number + 1) / 100, 0.001) for number in range(int(first * 100), int(last * 100))]


def stretch(begin: float, end: float, offset: float = 5.0) -> list[Stretch]:
    return [Stretch(begin, end, begin - offset)]


def test_it_waits_until_its_first_sample_is_in_a_block() -> None:
    report = VoiceReport()
    for block in blocks(0, 5):
        report = after_block(report, block, FILE, Decoded(0.2), [], offset=5.0, loud_from=5.0)
    assert report == VoiceReport()
    report = after_block(
        report, Block(5.0, 5.01, 0.002), FILE, Decoded(0.2), stretch(5.0, 5.01), offset=5.0, loud_from=5.0
    )
    assert (report.state, report.error_ms) == ("playing", 2.0)


def test_it_is_late_by_what_its_decoder_missed_and_by_what_the_sink_did() -> None:
    def error(block: Block, given: list[Stretch], offset: float) -> float | None:
        return after_block(VoiceReport(), block, FILE, Decoded(0.2), given, offset, loud_from=given[0].begin).error_ms

    assert error(Block(5.0, 5.01, 0.002), stretch(5.005, 5.01, 5.005), 5.005) == 2.0
    assert error(Block(5.03, 5.04, 0.002), stretch(5.035, 5.04), 5.005) == 32.0
    assert error(Block(5.1, 5.11, 0.002), stretch(5.1, 5.11), 5.0) == 102.0


def test_it_has_not_started_before_a_sample_that_can_be_heard_has_left() -> None:
    report = VoiceReport()
    for block in blocks(5.0, 5.4):
        report = after_block(report, block, FILE, Decoded(0.9), stretch(block.begin, block.end), 5.0, loud_from=5.405)
    assert (report.state, report.error_ms) == ("waiting", None)
    assert report.sounded == pytest.approx(0.4)
    report = after_block(
        report, Block(5.4, 5.41, 0.002), FILE, Decoded(0.9), stretch(5.4, 5.41), 5.0, loud_from=5.405
    )
    assert (report.state, report.error_ms) == ("playing", 2.0), "its first sample was on time, silent as it was"


def test_what_never_can_be_heard_never_started_and_nothing_of_it_was_heard() -> None:
    voice = GstVoice(FILE, 100.0, lambda _: None)
    for block in blocks(5.0, 6.0):
        given = stretch(block.begin, block.end)
        voice.report = after_block(voice.report, block, FILE, Decoded(1.0, whole=True), given, 5.0)
    assert (voice.report.state, voice.error_ms) == ("done", None)
    assert voice.heard_ms(200.0) == 0
    assert voice.position_ms == pytest.approx(1000, abs=1)


def test_it_is_done_once_all_that_was_decoded_has_sounded() -> None:
    block = Block(5.99, 6.0, 0.0)
    assert after_block(PLAYING, block, FILE, Decoded(1.0, whole=True), [], 5.0).state == "done"
    assert after_block(PLAYING, block, FILE, Decoded(1.1, whole=True), [], 5.0).state == "playing"
    assert after_block(PLAYING, block, FILE, Decoded(1.0), [], 5.0).state == "playing"


def test_a_file_without_a_sample_is_done_at_once() -> None:
    assert after_block(VoiceReport(), Block(5.0, 5.01, 0.0), FILE, Decoded(whole=True), [], 5.0).state == "done"


def test_a_stream_has_not_begun_before_it_gives_sound_and_says_how_late_it_was() -> None:
    assert after_block(VoiceReport(), Block(7.0, 7.01, 0.0), STREAM, Decoded(), [], 5.0).state == "waiting"
    joined = after_block(
        VoiceReport(), Block(7.0, 7.01, 0.002), STREAM, Decoded(0.1), stretch(7.0, 7.01, 7.0), 7.0, 2.0, 7.0
    )
    assert (joined.state, joined.error_ms) == ("playing", 2002.0)


def test_one_that_begins_in_its_middle_is_done_as_much_sooner() -> None:
    middle = SoundFile(Path("x"), "wav", 1000, from_ms=600)
    decoded = Decoded(1.0, whole=True)
    assert after_block(PLAYING, Block(5.39, 5.4, 0.0), middle, decoded, [], 5.0).state == "done"
    assert after_block(PLAYING, Block(5.38, 5.39, 0.0), middle, decoded, [], 5.0).state == "playing"


def test_a_file_that_does_not_end_is_ended_and_a_stream_is_not() -> None:
    block = Block(6.3, 6.31, 0.0)
    assert after_block(PLAYING, block, FILE, Decoded(9.0), [], 5.0).state == "done"
    assert after_block(PLAYING, block, STREAM, Decoded(9.0), [], 5.0).state == "playing"


@pytest.mark.parametrize("state", ["done", "cut", "failed"])
def test_what_is_over_stays_as_it_ended(state: str) -> None:
    over = VoiceReport(state, "why")  # type: ignore[arg-type]
    assert over.over
    assert after_block(over, Block(5.0, 5.01, 0.0), FILE, Decoded(0.2), stretch(5.0, 5.01), 5.0) is over


def test_only_what_was_given_in_time_and_taken_was_heard() -> None:
    voice = GstVoice(SoundFile(Path("x"), "wav", 1000, from_ms=200), 100.0, lambda _: None)
    voice.loud_from = 5.0
    # A stall: 0.3 s of it never came in time, and what came last no sink has taken.
    voice.stretches.extend([Stretch(5.0, 5.2, 0.2), Stretch(5.5, 5.7, 0.7), Stretch(5.7, 5.8, 0.9)])
    for block in blocks(5.0, 5.75):
        given = voice.taken(block.end)
        voice.report = after_block(
            voice.report, block, voice.sound, Decoded(1.0), given, 5.0, loud_from=voice.loud_from
        )
    assert voice.heard_ms(999.0) == pytest.approx(450, abs=1)
    assert voice.position_ms == pytest.approx(950, abs=1)
    assert [(round(one.begin, 3), round(one.place, 3)) for one in voice.stretches] == [(5.75, 0.95)]


def test_samples_of_a_block_that_had_left_before_they_came_were_not_heard() -> None:
    report = after_block(
        VoiceReport(), Block(5.1, 5.11, 0.0), FILE, Decoded(0.2), stretch(5.0, 5.11), 5.0, loud_from=5.0
    )
    assert report.sounded == pytest.approx(0.01)
    assert report.error_ms == 100.0
