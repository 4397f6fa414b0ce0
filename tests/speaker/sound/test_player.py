"""The real pipeline into a real pipe with the real recorder behind it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from listening_ear import Ear
from waiting import LONG_S, until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from speaker.errors import PipeRefused, SoundFault
from speaker.sound.branch import Branch
from speaker.sound.gstreamer import load_gstreamer
from speaker.sound.pipeline import Pipeline
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import Sound, SoundFile, SoundStream
from speaker.sound.voice_owner import STOP_S

pytestmark = pytest.mark.real_time


def wait_for(voice: Any, *states: str) -> None:
    until(lambda: voice.state in states)


def gst() -> Any:
    return load_gstreamer()


def running(player: GstPlayer) -> Pipeline:
    pipeline = player.owner._pipeline
    assert pipeline is not None
    return pipeline


def mixed_in(player: GstPlayer, voice: Any) -> Branch:
    """The voice's branch, once it stands in the mix."""

    def found() -> Branch | None:
        branches = tuple(player.owner._branches)
        return next((one for one in branches if one.voice is voice and one.pad is not None), None)

    branch: Branch = until(found)
    return branch


def lost_device() -> Any:
    from gi.repository import GLib, Gst

    return GLib.Error.new_literal(Gst.ResourceError.quark(), "device lost", Gst.ResourceError.WRITE)


def test_each_codec_is_heard_at_the_exact_time(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    planned = {}
    try:
        for codec in ("wav", "flac", "opus"):
            at = time.monotonic() + 0.6
            wall = time.time_ns() + int((at - time.monotonic()) * 1e9)
            voice = player.play(SoundFile(noise[codec], codec, 1500), at)
            wait_for(voice, "done")
            assert voice.error_ms is not None
            assert abs(voice.error_ms) < 20
            assert voice.heard_ms(time.monotonic()) == pytest.approx(1500, abs=15)
            planned[codec] = (at, wall)
    finally:
        player.stop()
    ear.close()
    recording = read_recording(ear.out)
    for codec, (at, wall) in planned.items():
        found = locate(recording, read_medium(noise[codec]), after_ns=wall - 10**9, before_ns=wall + 3 * 10**9)
        print(codec, found.start_monotonic_ns / 1e6 - at * 1e3, found.correlation)
        assert found.correlation > 0.98
        assert abs(found.start_monotonic_ns / 1e9 - at) < 0.020
        assert abs(found.start_ns - wall) < 20_000_000


def test_calibration_moves_every_start(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe), calibration_ms=-100)
    player.start()
    at = time.monotonic() + 0.8
    wait_for(player.play(SoundFile(noise["wav"], "wav", 1500), at), "done")
    player.stop()
    ear.close()
    found = locate(read_recording(ear.out), read_medium(noise["wav"]))
    assert found.start_monotonic_ns / 1e9 - at == pytest.approx(-0.1, abs=0.02)


def test_a_sound_can_begin_in_its_middle(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    at = time.monotonic() + 0.6
    voice = player.play(SoundFile(noise["opus"], "opus", 1500, from_ms=500), at)
    wait_for(voice, "done")
    assert voice.heard_ms(time.monotonic()) == pytest.approx(1000, abs=15)
    player.stop()
    ear.close()
    found = locate(read_recording(ear.out), read_medium(noise["opus"])[24_000:])
    assert found.correlation > 0.95
    assert abs(found.start_monotonic_ns / 1e9 - at) < 0.020


@pytest.mark.real_time
def test_as_soon_as_can_be_is_sooner_than_expected_whole_and_where_it_says(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    asked, at = time.monotonic(), player.soonest()
    voice = player.play(SoundFile(noise["flac"], "flac", 1500), at, soon_from=0.0)
    assert voice.placed is None
    wait_for(voice, "done")
    assert voice.placed is not None
    assert asked < voice.placed < at
    assert voice.heard_ms(time.monotonic()) == pytest.approx(1500, abs=15)
    later = time.monotonic() + 1.0
    held = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest(), soon_from=later)
    wait_for(held, "done")
    assert held.placed == pytest.approx(later, abs=1e-6)
    player.stop()
    ear.close()
    found = locate(read_recording(ear.out), read_medium(noise["flac"]), before_ns=None)
    assert found.correlation > 0.95
    assert abs(found.start_monotonic_ns / 1e9 - voice.placed) < 0.020


def test_a_cut_is_silent_at_once_and_the_next_sound_plays(ear: Any, noise: dict[str, Path]) -> None:
    import numpy

    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    at = player.soonest()
    voice = player.play(SoundFile(noise["flac"], "flac", 1500), at)
    until(lambda: voice.heard_ms(time.monotonic()) >= 300)
    voice.cut()
    cut_at = time.monotonic()
    wait_for(voice, "cut")
    assert time.monotonic() - cut_at < 0.08
    assert voice.heard_ms(time.monotonic()) <= (cut_at - at) * 1000 + 50
    again = player.play(SoundFile(noise["wav"], "wav", 1500), cut_at + 0.7)
    wait_for(again, "done")
    player.stop()
    ear.close()
    recording = read_recording(ear.out)
    seconds = recording.monotonic_ns / 1e9
    quiet = (seconds > cut_at + 0.15) & (seconds < cut_at + 0.6)
    blocks = recording.samples.reshape(-1, 480)[quiet]
    assert len(blocks) > 30
    assert float(numpy.abs(blocks).max()) == 0.0
    assert locate(recording, read_medium(noise["wav"])).correlation > 0.98


def test_a_damaged_file_fails_alone(ear: Any, noise: dict[str, Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.flac"
    bad.write_bytes(b"not a sound" * 1000)
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    good = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest() + 0.2)
    wrong = player.play(SoundFile(bad, "flac", 1500), player.soonest())
    wait_for(wrong, "failed")
    assert wrong.why
    wait_for(good, "done")
    assert player.running
    player.stop()


def test_nobody_listening_does_not_hold_the_player(noise: dict[str, Path], tmp_path: Path) -> None:
    player = GstPlayer("pipe", str(tmp_path / "p"))
    player.start()
    assert player.check().level == "warn"
    wait_for(player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest()), "done")
    with Ear.at(tmp_path / "p", tmp_path / "late"):
        wait_for(player.play(SoundFile(noise["wav"], "wav", 1500), time.monotonic() + 1), "done")
    player.stop()
    assert locate(read_recording(tmp_path / "late"), read_medium(noise["wav"])).correlation > 0.98


def test_a_lost_pipeline_is_rebuilt(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    voice = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest())
    wait_for(voice, "playing")
    pipeline = running(player)
    pipeline.element.get_bus().post(gst().Message.new_error(pipeline.mixer, lost_device(), ""))
    wait_for(voice, "failed")
    until(lambda: player.running)
    wait_for(player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest()), "done")
    player.stop()


def test_what_a_sound_says_after_its_end_does_not_stop_the_others(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    stays = player.play(SoundFile(noise["flac"], "flac", 1500), player.soonest() + 0.5)
    cut = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest())
    wait_for(cut, "playing")
    branch = mixed_in(player, cut).bin
    pipeline = running(player)
    cut.cut()
    wait_for(cut, "cut")
    # As when its decoder finds the mixer gone: the word comes once nobody owns the branch any more.
    pipeline.element.get_bus().post(gst().Message.new_error(branch, lost_device(), ""))
    wait_for(stays, "done")
    assert running(player) is pipeline
    player.stop()


def test_a_missing_device_is_said_and_does_not_raise() -> None:
    player = GstPlayer("alsa", "hw:99")
    player.start()
    assert not player.running
    assert player.check().level == "bad"
    with pytest.raises(SoundFault):
        player.play(SoundFile(Path("x"), "wav", 1), time.monotonic())
    player.stop()


def test_a_plain_file_is_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("kept")
    with pytest.raises(PipeRefused):
        GstPlayer("pipe", str(tmp_path / "f"))
    assert (tmp_path / "f").read_text() == "kept"


@pytest.mark.parametrize("sound", [SoundFile(Path("x"), "exe", 1), SoundStream("file:///etc/passwd")])
def test_only_known_codecs_and_web_streams(ear: Any, sound: Sound) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    with pytest.raises(SoundFault):
        player.play(sound, player.soonest())
    player.stop()


def wait_freed(player: GstPlayer) -> None:
    until(lambda: not player.owner._changes.held)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "sound-free"])


def test_the_mixer_lets_a_voice_go_in_its_own_thread_alone(ear: Any, noise: dict[str, Path]) -> None:
    """It holds neither its pads nor their list while it mixes one: from another thread it crashes, now and then."""
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    mixing: set[int] = set()
    removed: list[int] = []
    mixer = running(player).mixer

    def mixed(_pad: Any, _info: Any) -> Any:
        mixing.add(threading.get_ident())
        return gst().PadProbeReturn.OK

    mixer.get_static_pad("src").add_probe(gst().PadProbeType.BUFFER, mixed)
    mixer.connect("pad-removed", lambda _mixer, _pad: removed.append(threading.get_ident()))
    try:
        cut = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest())
        wait_for(cut, "playing")
        cut.cut()
        waiting = player.play(SoundFile(noise["flac"], "flac", 1500), time.monotonic() + 60)
        mixed_in(player, waiting)
        waiting.cut()
        failed = player.play(SoundFile(noise["wav"], "wav", 1500), time.monotonic() + 60)
        branch = mixed_in(player, failed)
        running(player).element.get_bus().post(gst().Message.new_error(branch.bin, lost_device(), ""))
        wait_for(failed, "failed")
        wait_for(player.play(SoundFile(noise["wav"], "wav", 1500, from_ms=1300), player.soonest()), "done")
        wait_freed(player)
        assert (cut.state, waiting.state, failed.state) == ("cut", "cut", "failed")
        assert len(removed) == 4
        assert set(removed) == mixing
        assert len(mixing) == 1
    finally:
        player.stop()


def test_a_device_that_hangs_holds_nobody_who_cuts_and_nobody_who_stops(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    voice = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest())
    wait_for(voice, "playing")
    hung = threading.Event()

    def hang(_pad: Any, _info: Any) -> Any:
        hung.set()
        return gst().PadProbeReturn.OK

    out = running(player).element.get_by_name("out")
    out.get_static_pad("sink").add_probe(gst().PadProbeType.BLOCK_DOWNSTREAM, hang)
    assert hung.wait(60)
    begun = time.monotonic()
    voice.cut()
    wait_for(voice, "cut")
    # Sooner than anything is waited for.
    assert time.monotonic() - begun < STOP_S - 0.2
    assert player.owner._leaving, "nothing can be freed while the mixer stands still"
    player.stop()
    assert time.monotonic() - begun < LONG_S / 2
    wait_freed(player)


def test_a_voice_that_ends_as_the_player_stops_is_freed_too(ear: Any, noise: dict[str, Path]) -> None:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    ends = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest())
    goes = player.play(SoundFile(noise["opus"], "opus", 1500), player.soonest())
    wait_for(ends, "playing")
    ends.cut()
    player.stop()
    assert (ends.state, goes.state) == ("cut", "failed")
    wait_freed(player)
