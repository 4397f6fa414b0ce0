"""The one thread that owns the voices: nobody's hang is another's, commands may come in any order from anywhere."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from heard_voices import answers, complain, is_heard_on_time, nothing_held, over
from relays import BROKEN, SILENT, Relay
from waiting import LONG_S, until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from speaker.errors import SoundFault
from speaker.sound import state_changes, voice_owner
from speaker.sound.branch import Branch
from speaker.sound.gstreamer import load_gstreamer
from speaker.sound.pipeline import Pipeline
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import Sound, SoundFile, SoundStream
from speaker.sound.voice import GstVoice

pytestmark = pytest.mark.real_time
COMMANDS = 200
HANDS = 4


@pytest.fixture
def player(ear: Any) -> Iterator[GstPlayer]:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    yield player
    player.stop()


@pytest.fixture
def relay(noise: dict[str, Path]) -> Iterator[Any]:
    opened: list[Relay] = []

    def open_one(how: str) -> SoundStream:
        opened.append(Relay(how, noise["opus"].read_bytes()))
        return SoundStream(opened[-1].url)

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def lets_go() -> Iterator[threading.Event]:
    """What hangs waits for this."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch, lets_go: threading.Event) -> threading.Event:
    """Streams that cannot be freed before this is set, as souphttpsrc's cannot whose line died without a word."""
    free = Branch.free

    def waits(branch: Branch) -> None:
        if branch.streamed:
            lets_go.wait(LONG_S)
        free(branch)

    monkeypatch.setattr(Branch, "free", waits)
    monkeypatch.setattr(state_changes, "STUCK_S", 0.1)
    return lets_go


@pytest.mark.parametrize("how", SILENT)
def test_a_relay_that_gives_nothing_holds_up_nobody(
    how: str, player: GstPlayer, relay: Any, noise: dict[str, Path], ear: Any
) -> None:
    pipeline = player.owner._pipeline
    assert pipeline is not None
    stalled = player.play(relay(how), player.soonest())
    until(lambda: player.owner._branches)
    flood = player.play(SoundFile(noise["flac"], "flac", 1500), player.soonest())
    until(lambda: flood.error_ms is not None)
    gst = load_gstreamer()
    # A pipeline that waits for a relay would take what comes after it only as far as that.
    assert pipeline.element.get_state(0)[1:] == (gst.State.PLAYING, gst.State.VOID_PENDING)
    assert over(flood).state == "done"
    assert flood.error_ms is not None
    assert abs(flood.error_ms) < 20
    asked = time.monotonic()
    stalled.cut()
    assert over(stalled).state == "cut"
    assert time.monotonic() - asked < 1
    until(lambda: nothing_held(player))
    is_heard_on_time(player, noise)
    assert player.owner._pipeline is pipeline
    player.stop()
    ear.close()
    assert locate(read_recording(ear.out), read_medium(noise["flac"])).correlation > 0.98


@pytest.mark.parametrize("how", BROKEN)
def test_a_relay_that_breaks_fails_alone(how: str, player: GstPlayer, relay: Any, noise: dict[str, Path]) -> None:
    pipeline = player.owner._pipeline
    flood = player.play(SoundFile(noise["flac"], "flac", 1500), player.soonest() + 0.3)
    broken = over(player.play(relay(how), player.soonest()))
    assert broken.state == "failed"
    assert broken.why
    assert over(flood).state == "done"
    until(lambda: nothing_held(player))
    assert player.owner._pipeline is pipeline
    assert player.check().level == "ok"


def test_a_relay_that_stops_in_its_song_is_heard_until_then_and_can_be_cut(
    player: GstPlayer, relay: Any, noise: dict[str, Path]
) -> None:
    stream = player.play(relay("stops in its song"), player.soonest())
    until(lambda: stream.heard_ms(time.monotonic()) >= 1000)
    is_heard_on_time(player, noise)
    stream.cut()
    assert over(stream).state == "cut"
    until(lambda: nothing_held(player))


def test_not_a_sample_is_missing_of_what_cuts_in(player: GstPlayer, noise: dict[str, Path], ear: Any) -> None:
    asked = []
    for sounded_ms in (300, 320, 340, 360):
        under = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest())
        until(lambda under=under, least=sounded_ms: under.heard_ms(time.monotonic()) >= least)
        asked.append(time.time_ns())
        under.cut()
        over(player.play(SoundFile(noise["flac"], "flac", 1500), player.soonest()))
    player.stop()
    ear.close()
    recording, wanted = read_recording(ear.out), read_medium(noise["flac"])
    for at in asked:
        first = locate(recording, wanted, after_ns=at, before_ns=at + 3 * 10**9).sample
        assert numpy.abs(recording.samples[first : first + len(wanted)] - wanted).max() < 0.001


def test_what_cannot_be_freed_holds_up_nobody_and_is_said(
    player: GstPlayer, relay: Any, noise: dict[str, Path], stuck: threading.Event
) -> None:
    until(lambda: player.check().level == "ok")
    relayed = player.play(relay("says nothing"), player.soonest())
    until(lambda: player.owner._branches)
    relayed.cut()
    over(relayed)
    for _ in range(2):
        is_heard_on_time(player, noise)
    check = until(lambda: found if (found := player.check()).level == "warn" else None)
    assert (check.code, check.parameters["count"]) == ("sound-held", 1)
    assert not player.hung
    stuck.set()
    until(lambda: nothing_held(player))
    until(lambda: player.check().level == "ok")


def test_so_many_streams_may_hang_and_no_more_are_begun_while_files_play(
    player: GstPlayer, relay: Any, noise: dict[str, Path], stuck: threading.Event
) -> None:
    dead = relay("says nothing")
    for _ in range(state_changes.MOST_STREAMS):
        voice = player.play(dead, player.soonest())
        voice.cut()
        assert over(voice).state == "cut"
    until(lambda: player.owner._changes.held == state_changes.MOST_STREAMS)
    refused = over(player.play(dead, player.soonest()))
    assert refused.state == "failed"
    assert str(state_changes.MOST_STREAMS) in refused.why
    until(lambda: player.hung)
    assert (player.check().level, player.check().code) == ("bad", "sound-too-many-held")
    is_heard_on_time(player, noise)
    until(lambda: sum(t.name == "sound-free" for t in threading.enumerate()) == state_changes.MOST_STREAMS)
    stuck.set()
    until(lambda: nothing_held(player))
    until(lambda: not player.hung)
    voice = player.play(dead, player.soonest())
    until(lambda: player.owner._branches)
    voice.cut()
    assert over(voice).state == "cut"


def test_a_card_that_does_not_answer_holds_up_nobody(
    player: GstPlayer, noise: dict[str, Path], tmp_path: Path
) -> None:
    """`open` blocks and so does the real set_state(NULL) that waits for it, as on a card that has died."""
    os.mkfifo(tmp_path / "dead.wav")
    dead = player.play(SoundFile(tmp_path / "dead.wav", "wav", 1500), player.soonest())
    until(lambda: player.owner._branches)
    is_heard_on_time(player, noise)
    assert dead.state == "waiting"
    dead.cut()
    assert over(dead).state == "cut"
    is_heard_on_time(player, noise)
    until(lambda: player.owner._changes.held == 1)
    until(lambda: answers(tmp_path / "dead.wav") and nothing_held(player))


def test_a_device_that_is_not_given_back_is_opened_anew_a_few_times(
    player: GstPlayer, noise: dict[str, Path], monkeypatch: pytest.MonkeyPatch, lets_go: threading.Event
) -> None:
    free = Pipeline.free

    def hangs(pipeline: Pipeline) -> None:
        lets_go.wait(LONG_S)
        free(pipeline)

    monkeypatch.setattr(Pipeline, "free", hangs)
    monkeypatch.setattr(voice_owner, "DEVICE_S", 0.1)
    for _ in range(voice_owner.MOST_LOST):
        until(lambda: player.running)
        is_heard_on_time(player, noise)
        assert not player.hung
        lost = player.owner._pipeline
        assert lost is not None
        voice = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest())
        until(lambda: player.owner._branches)
        complain(lost)
        assert over(voice).why == "device lost"
    until(lambda: player.hung)
    assert not player.running
    lets_go.set()
    until(lambda: not player.owner._changes.held)


def test_the_end_waits_for_nobody_who_hangs_and_the_next_begins(
    ear: Any, relay: Any, noise: dict[str, Path], stuck: threading.Event
) -> None:
    first = GstPlayer("pipe", str(ear.pipe))
    first.start()
    relayed = first.play(relay("says nothing"), first.soonest())
    until(lambda: first.owner._branches)
    begun = time.monotonic()
    first.stop()
    assert time.monotonic() - begun < LONG_S / 2
    assert relayed.state == "failed"
    with pytest.raises(SoundFault):
        first.play(SoundFile(noise["wav"], "wav", 1500), time.monotonic())
    second = GstPlayer("pipe", str(ear.pipe))
    second.start()
    is_heard_on_time(second, noise)
    second.stop()


def test_killed_in_the_midst_of_it_the_next_process_plays(ear: Any, relay: Any, noise: dict[str, Path]) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from speaker.sound.player import GstPlayer; from speaker.sound.sounds import SoundFile, SoundStream\n"
        "player = GstPlayer('pipe', sys.argv[1]); player.start()\n"
        "player.play(SoundStream(sys.argv[2]), player.soonest())\n"
        "voice = player.play(SoundFile(Path(sys.argv[3]), 'flac', 1500), player.soonest())\n"
        "while voice.state != 'playing': time.sleep(0.01)\n"
        "print('playing', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(ear.pipe), relay("says nothing").url, str(noise["flac"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "playing\n"
        child.send_signal(signal.SIGKILL)
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    is_heard_on_time(player, noise)
    player.stop()


@pytest.mark.parametrize("seed", [1, 2])
def test_commands_in_any_order_from_any_thread_leave_nothing_behind(
    seed: int, player: GstPlayer, relay: Any, noise: dict[str, Path], tmp_path: Path, ear: Any
) -> None:
    """Starts, cuts, second cuts and sounds that fail or never come, by four hands at once."""
    (tmp_path / "bad.flac").write_bytes(b"not a sound" * 1000)
    os.mkfifo(tmp_path / "dead.wav")
    sounds: list[Sound] = [
        *[
            SoundFile(noise[codec], codec, 1500, from_ms=from_ms)
            for codec in ("wav", "flac", "opus")
            for from_ms in (0, 700)
        ],
        SoundFile(tmp_path / "bad.flac", "flac", 1500),
        SoundFile(tmp_path / "nowhere.wav", "wav", 1500),
        *[relay(how) for how in (*SILENT, *BROKEN, "stops in its song")],
    ]
    pipeline = player.owner._pipeline
    begun: list[GstVoice] = []
    done: list[str] = []
    # Nobody cuts these two.
    whole = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest() + 0.5)
    broken = player.play(SoundFile(tmp_path / "bad.flac", "flac", 1500), player.soonest())

    def hand(number: int) -> None:
        dice = random.Random(seed * 100 + number)
        for _ in range(COMMANDS // HANDS):
            what = dice.choice(("begin", "begin", "cut", "cut", "cut again", "look"))
            if what == "begin" and len([voice for voice in tuple(begun) if not voice.report.over]) < 12:
                begun.append(player.play(dice.choice(sounds), player.soonest() + dice.choice((0.0, 0.0, 0.2, 5.0))))
            elif what in ("cut", "cut again") and begun:
                voice = dice.choice(tuple(begun))
                voice.cut()
                if what == "cut again":
                    voice.cut()
            else:
                player.check()
                assert all(voice.heard_ms(time.monotonic()) >= 0 for voice in tuple(begun))
            done.append(what)
            time.sleep(dice.choice((0.0, 0.005, 0.04)))

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(LONG_S)
    assert len(done) == COMMANDS
    for voice in begun:
        voice.cut()
    until(lambda: all(voice.report.over for voice in begun))
    assert (over(whole).state, over(broken).state) == ("done", "failed")
    assert "cut" in {voice.state for voice in begun}
    for voice in begun:
        assert bool(voice.why) == (voice.state == "failed")
    until(lambda: answers(tmp_path / "dead.wav") and nothing_held(player))
    assert player.owner._pipeline is pipeline, "a sound's error has torn the pipeline down"
    assert pipeline is not None
    assert [pad.get_name() for pad in pipeline.mixer.sinkpads] == ["sink_0"], "only silence is left in the mixer"
    until(lambda: not [t for t in threading.enumerate() if t.name in ("sound-free", "sound-begin")])
    silent_at = time.time_ns()
    is_heard_on_time(player, noise)
    player.stop()
    ear.close()
    assert locate(read_recording(ear.out), read_medium(noise["wav"]), after_ns=silent_at).correlation > 0.98


def test_where_no_thread_can_be_begun_the_owner_lives_and_every_voice_ends(
    player: GstPlayer, noise: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(voice_owner, "DEVICE_S", 0.1)
    with monkeypatch.context() as short:
        short.setattr(state_changes.StateChanges, "begin", none_left)
        short.setattr(state_changes.StateChanges, "free", none_left)
        voice = over(player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest()))
        assert (voice.state, voice.why) == ("failed", "can't start new thread")
    until(lambda: player.running)
    is_heard_on_time(player, noise)
    assert not player.hung


def test_a_sound_that_the_pipeline_does_not_take_ends(
    player: GstPlayer, noise: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_pipeline: Pipeline, _branch: Branch) -> None:
        raise RuntimeError("not taken")

    with monkeypatch.context() as short:
        short.setattr(Pipeline, "add", refuses)
        voice = over(player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest()))
        assert (voice.state, voice.why) == ("failed", "not taken")
    until(lambda: player.running)
    is_heard_on_time(player, noise)


def test_a_pipeline_that_cannot_be_opened_is_tried_with_pauses(ear: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []

    def breaks(_pipeline: Pipeline, *, settle: bool) -> str:
        tries.append(time.monotonic())
        raise RuntimeError("no such clock")

    monkeypatch.setattr(Pipeline, "open", breaks)
    player = GstPlayer("pipe", str(ear.pipe))
    begun = time.monotonic()
    player.start()
    assert time.monotonic() - begun < LONG_S / 2
    until(lambda: len(tries) == 2)
    assert tries[1] - tries[0] >= 0.5
    assert (player.check().level, player.owner.report.why) == ("bad", "no such clock")
    player.stop()
