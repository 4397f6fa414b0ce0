"""`langso speaker play|test-tone|calibrate|journal`: what a technician does at the loudspeaker itself."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import json_option, settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.contract import Receipt
    from langso.settings.reading import Settings
    from speaker.sound.calibration import By
    from speaker.sound.player import GstPlayer

_FILE = click.Path(path_type=Path, dir_okay=False)
_volume_option = click.option("--volume", type=click.IntRange(0, 100))
PLAYS = 12
MOST_RECEIPTS = 1000
UNHURRIED_S = 0.5
SETTLE_S = 28.0
"""After an opening the server's word of its time swings for twenty seconds; the sink is put right some five later."""


@click.command()
@click.argument("sound", type=_FILE)
@_volume_option
@settings_option
@json_option
def play(sound: Path, volume: int | None, settings_file: Path, as_json: bool) -> None:
    """Play one sound file here and now."""
    from langso.settings.reading import load_settings
    from speaker.sound.proving import decode
    from speaker.sound.sounds import codec_of

    settings = load_settings(settings_file)
    codec = codec_of(sound)
    with _at_the_loudspeaker(settings) as (player, ready):
        found = decode(_readable(sound), codec)
        if found["why"] or not found["ms"]:
            from speaker.errors import MediaRefused

            raise MediaRefused(Sentence("speaker-file-broken", name=harmless(sound.name)))
        _play(player, sound, codec, found["ms"], settings, volume, ready, as_json)


@click.command(name="test-tone")
@_volume_option
@settings_option
@json_option
def test_tone(volume: int | None, settings_file: Path, as_json: bool) -> None:
    """Play three rising tones here and now."""
    from langso.durable.workplaces import workplace
    from langso.settings.reading import load_settings
    from speaker.sound.tone import make_test_sound

    settings = load_settings(settings_file)
    with workplace("langso-tone-") as folder, _at_the_loudspeaker(settings) as (player, ready):
        medium = make_test_sound(folder)
        _play(player, folder / medium.sha256, "wav", medium.duration_ms, settings, volume, ready, as_json)


@click.command()
@click.option("--microphone", metavar="DEVICE")
@click.option("--hand", is_flag=True)
@click.option("--metres", type=click.FloatRange(0, 100), default=0.0)
@click.option("--undo", is_flag=True)
@settings_option
@json_option
def calibrate(
    microphone: str | None, hand: bool, metres: float, undo: bool, settings_file: Path, as_json: bool
) -> None:
    """Measure by how much this sink sounds too late, and start that much sooner from now on."""
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings
    from langso.terminal.wrong_calls import WrongCall
    from speaker.errors import MeasureRefused
    from speaker.sound.calibration import MeasuredDelay, judge_delays, keep_delay, read_delay
    from speaker.told import CalibrationTold, tell

    settings = load_settings(settings_file)
    speaker, state = settings.speaker, settings.paths.state
    if sum((microphone is not None, hand, undo)) > 1:
        raise WrongCall(Sentence("calibrate-one-way"))
    if "calibration_ms" in speaker.model_fields_set:
        raise MeasureRefused(Sentence("calibrate-by-settings"))
    before = read_delay(state, speaker)
    before_ms = 0.0 if before is None else before.delay_ms
    if undo:
        if before is None:
            raise MeasureRefused(Sentence("calibrate-nothing-to-undo"))
        new = before.model_copy(update={"delay_ms": before.before_ms, "before_ms": before_ms, "heard": 0})
    else:
        by: By = "hand" if hand else "monitor" if microphone is None else "microphone"
        delays = _measured(settings, by, microphone, metres, quiet=as_json)
        delay, spread = judge_delays([one for one in delays if one is not None], len(delays), by)
        new = MeasuredDelay(
            sound=speaker.sound,
            sink=speaker.sink,
            delay_ms=delay,
            before_ms=before_ms,
            spread_ms=spread,
            heard=sum(one is not None for one in delays),
            by=by,
            measured=datetime.now(UTC),
        )
    with acting_as_owner(state):
        keep_delay(state, new)
    if as_json:
        tell(CalibrationTold(**new.model_dump()))
    elif undo:
        say(t("calibrate-undone", delay=f"{new.delay_ms:.1f}"))
    else:
        before_said, spread_said = f"{before_ms:.1f}", f"{new.spread_ms:.2f}"
        say(t("calibrate-done", delay=f"{new.delay_ms:.1f}", before=before_said, spread=spread_said))


@click.command()
@click.option("--last", type=click.IntRange(1, MOST_RECEIPTS), default=20)
@settings_option
@json_option
def journal(last: int, settings_file: Path, as_json: bool) -> None:
    """The newest receipts that this loudspeaker has written."""
    from langso.durable.ownership import acting_as_owner
    from langso.durable.store import Store
    from langso.errors import UsageError
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from speaker.record.database import DATABASE, MIGRATIONS
    from speaker.record.journal import Journal
    from speaker.told import JournalTold, tell

    settings = load_settings(settings_file)
    path = settings.paths.state / DATABASE
    if not path.exists():
        raise UsageError(Sentence("speaker-never-ran"))
    with acting_as_owner(settings.paths.state), Store(path, MIGRATIONS) as store:
        book = Journal(store, SystemClock(), device=settings.device.id, commune=settings.commune.code)
        lines = book.lines()[-last:]
        told = JournalTold(
            journal=book.id, acknowledged=book.acknowledged, through=book.through, receipts=tuple(lines)
        )
    if as_json:
        tell(told)
        return
    for receipt in lines:
        say(harmless(_line_of(receipt)))
    if not lines:
        say(t("speaker-journal-empty"))


def _line_of(receipt: Receipt) -> str:
    from langso.timekeeping import dates

    body = receipt.body
    what = [str(getattr(body, name)) for name in ("occurrence", "document", "outcome") if getattr(body, name, None)]
    why = getattr(body, "why", None)
    line = f"{receipt.number:>6}  {dates.full(receipt.written)}  {body.event}  {' '.join(what)}"
    return f"{line}: {why}" if why else line


def _readable(sound: Path) -> Path:
    from langso.durable.files import open_plain

    open_plain(sound).close()
    return sound


@contextlib.contextmanager
def _at_the_loudspeaker(settings: Settings, *, calibrated: bool = True) -> Iterator[tuple[GstPlayer, float]]:
    """The player and the second from which the amplifier lets sound through, while the service does not run."""
    from firmware_bridge.opening import open_switchboard
    from langso.durable.errors import AlreadyRunning
    from langso.durable.single_instance import SingleInstance
    from langso.timekeeping.clock import SystemClock
    from speaker.errors import SoundFault
    from speaker.sound.amplifier import Amplifier
    from speaker.sound.calibration import calibration_of
    from speaker.sound.player import GstPlayer

    speaker = settings.speaker
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(SingleInstance(settings.paths.run / "speaker.lock"))
        except AlreadyRunning as error:
            raise SoundFault(Sentence("speaker-in-use")) from error
        calibration = calibration_of(settings.paths.state, speaker) if calibrated else 0.0
        player = GstPlayer(speaker.sound, speaker.sink, calibration_ms=calibration)
        amplifier = Amplifier(
            open_switchboard(settings.bridge),
            SystemClock(),
            lead_ms=speaker.amplifier_lead_ms,
            tail_ms=speaker.amplifier_tail_ms,
        )
        stack.callback(amplifier.stop)
        amplifier.start()
        ready = amplifier.power()
        stack.callback(player.stop)
        player.start()
        yield player, ready


def _play(
    player: GstPlayer,
    sound: Path,
    codec: str,
    length_ms: int,
    settings: Settings,
    volume: int | None,
    ready: float,
    as_json: bool,
) -> None:
    from speaker.errors import SoundFault
    from speaker.sound.sounds import SoundFile
    from speaker.told import PlayTold, tell

    loud = settings.speaker.volume if volume is None else volume
    # Nobody is in a hurry, and a busy machine decodes late.
    at = max(player.soonest() + UNHURRIED_S, ready)
    voice = player.play(SoundFile(sound, codec, length_ms, volume=loud), at)
    end = at + length_ms / 1000 + 5
    while voice.state in ("waiting", "playing") and time.monotonic() < end:
        time.sleep(0.05)
    heard = voice.heard_ms(time.monotonic())
    outcome = "played" if heard >= 0.9 * length_ms else "cut" if heard else "missed"
    if as_json:
        tell(PlayTold(outcome=outcome, heard_ms=heard, error_ms=voice.error_ms, why=voice.why or None))
    if outcome != "played":
        raise SoundFault(Sentence("speaker-not-heard", seconds=heard // 1000, why=voice.why))
    if not as_json:
        say(t("speaker-was-heard", seconds=round(heard / 1000)))


def _measured(
    settings: Settings, by: By, microphone: str | None, metres: float, *, quiet: bool
) -> list[float | None]:
    from langso.durable.files import write_atomic
    from langso.durable.workplaces import workplace
    from speaker.errors import MeasureRefused
    from speaker.sound.clicks import make_clicks
    from speaker.sound.listening import monitor_of, open_listener
    from speaker.sound.measuring import heard_delays, tapped_delays

    speaker = settings.speaker
    if speaker.sound == "pipe":
        raise MeasureRefused(Sentence("calibrate-pipe"))
    if by == "monitor" and speaker.sound != "pulse":
        raise MeasureRefused(Sentence("calibrate-name-microphone"))
    with (
        workplace("langso-clicks-") as folder,
        _at_the_loudspeaker(settings, calibrated=False) as (player, ready),
    ):
        clicks = folder / "clicks.wav"
        write_atomic(clicks, make_clicks())
        if by == "hand":
            say(t("calibrate-press"), err=quiet)

            def pressed() -> float:
                click.getchar()
                return time.monotonic()

            return list(tapped_delays(player, clicks, 40, PLAYS, pressed, not_before=ready))
        kind, device = ("pulse", monitor_of(speaker.sink)) if microphone is None else (speaker.sound, microphone)
        with open_listener("alsa" if kind == "alsa" else "pulse", device) as listener:
            if not quiet:
                say(t("calibrate-settles", seconds=round(SETTLE_S)))
            time.sleep(SETTLE_S)
            found = []
            for delay in heard_delays(player, listener, clicks, PLAYS, not_before=ready, metres=metres):
                found.append(delay)
                if not quiet:
                    say("." if delay is not None else "?", nl=False)
            if not quiet:
                say()
            return found
