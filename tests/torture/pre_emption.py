"""Draws what a loudspeaker sounded when an emergency cut in: `python -m tests.torture.pre_emption OUT.png`.

A running agent plays a spoken broadcast, an emergency is ordered in the middle of it, and the broadcast goes on where
it was. The picture is the recording; the times in it are measured from it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import soundfile
from PIL import Image, ImageDraw, ImageFont

from deploy.village.instruments.listening import BLOCK, Recording, locate, read_medium, read_recording
from langso.contract import Media, Occurrence, Plan, Programme, TargetSet
from langso.voices.synthesis import speak
from speaker.sound.sinks import RATE
from tests.shared.waiting import until
from tests.torture.compared import endings_of
from tests.torture.marked_sound import stretches
from tests.torture.pole import Pole

WORDS = (
    "Thông báo của Ủy ban nhân dân xã. Sáng chủ nhật tuần này, mời bà con đến nhà văn hóa thôn để tổng vệ "
    "sinh đường làng, ngõ xóm. Đề nghị mỗi gia đình cử một người tham gia, mang theo cuốc, xẻng và chổi. Xin cảm ơn."
)
SIREN, SIREN_MS = 20, 4000
CUT_S = 4.0
"""How far into the broadcast the emergency is ordered."""
WIDTH, HEIGHT, EDGE = 1200, 300, 14
PAPER, INK, FAINT = (255, 255, 255), (40, 44, 52), (214, 219, 226)
PROGRAMME, EMERGENCY = (31, 97, 166), (192, 40, 40)


def record(folder: Path) -> tuple[Recording, Path, int]:
    """(what was heard, the broadcast's file, when the emergency was ordered: ns of wall time)."""
    spoken = folder / "loi.wav"
    speak(WORDS, spoken)
    samples = read_medium(spoken)
    soundfile.write(folder / "loi.flac", samples, RATE, subtype="PCM_16")
    with Pole(folder, ms=SIREN_MS) as pole:
        medium = pole.media_server.add((folder / "loi.flac").read_bytes(), len(samples) * 1000 // RATE, "flac")
        pole.publish_trust()
        start = datetime.now(UTC) + timedelta(seconds=12)
        pole.office.publish(pole.office.topics.plan, bytes(pole.commune.seal(_plan(pole, medium, start))))
        pole.begin()
        until(lambda: pole.office.events("started"))
        time.sleep(max(0.0, start.timestamp() + CUT_S - time.time()))
        ordered = time.time_ns()
        pole.office.publish(pole.office.topics.urgent("office"), pole.urgent([("lu", SIREN, datetime.now(UTC))]))
        until(lambda: endings_of(pole.office).keys() >= {"lu", "tin"})
        pole.end()
        pole.heard()
        return read_recording(folder / "heard"), folder / "loi.flac", ordered


def draw(recording: Recording, broadcast: Path, ordered_ns: int, out: Path) -> str:
    """Writes the picture; returns what it shows, in a sentence."""
    # A moment of speech may look like a piece of it.
    siren = [one for one in stretches(recording) if one.mark == SIREN and one.ms > 300]
    cut_in = (siren[0].begin_ns - ordered_ns) / 1e6
    siren_first = int(numpy.searchsorted(recording.wall_ns, siren[0].begin_ns)) * BLOCK
    siren_last = int(numpy.searchsorted(recording.wall_ns, siren[-1].begin_ns)) * BLOCK + siren[-1].ms * RATE // 1000
    words = read_medium(broadcast)
    loud = numpy.flatnonzero(numpy.abs(recording.samples) > 0.02)
    first, last = max(0, int(loud[0]) - RATE // 3), min(len(recording.samples), int(loud[-1]) + RATE // 3)
    missing, again = _around(recording, words, siren_first, siren_last)

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    font: Any = ImageFont.load_default(17)
    middle, half = HEIGHT // 2 + 10, HEIGHT // 2 - 54
    scale = (WIDTH - 2 * EDGE) / (last - first)
    for second in range((last - first) // RATE + 1):
        x = EDGE + int(second * RATE * scale)
        pen.line((x, middle - half, x, middle + half), FAINT)
        pen.text((x + 3, HEIGHT - 30), f"{second} s", INK, font)
    for x in range(EDGE, WIDTH - EDGE):
        begin = first + int((x - EDGE) / scale)
        piece = recording.samples[begin : begin + max(1, int(1 / scale))]
        high = max(1, int(half * float(numpy.abs(piece).max(initial=0.0))))
        colour = EMERGENCY if siren_first <= begin < siren_last else PROGRAMME
        pen.line((x, middle - high, x, middle + high), colour)
    for at, row, text, colour in (
        (int(loud[0]), 12, "broadcast", PROGRAMME),
        (siren_first, 12, f"emergency, {cut_in:.0f} ms after its order", EMERGENCY),
        (siren_last, 32, "the broadcast goes on where it was cut", PROGRAMME),
    ):
        x = EDGE + int((at - first) * scale)
        pen.line((x, row, x, middle + half), colour)
        pen.text((x + 5, row - 4), text, colour, font)
    image.quantize(16).save(out, optimize=True)
    heard = f"{missing} ms of the broadcast's words are missing, {again} ms were heard twice"
    return f"cut in {cut_in:.0f} ms after the order was published; {heard}"


def _around(recording: Recording, words: Any, first: int, last: int) -> tuple[int, int]:
    """(ms of the broadcast's loud parts heard neither before nor after these samples, ms heard twice)."""
    end = len(words) - 2 * RATE
    loud, before = _heard(recording, words, locate(recording, words[: 2 * RATE]).sample, 0, first)
    _, after = _heard(recording, words, locate(recording, words[end:]).sample - end, last, len(recording.samples))
    return 10 * int((loud & ~before & ~after).sum()), 10 * int((loud & before & after).sum())


def _heard(recording: Recording, words: Any, begin: int, first: int, last: int) -> tuple[Any, Any]:
    """(which 10 ms of the broadcast are loud, which of them stand in the recording where it would then be)."""
    said = words[: len(words) // BLOCK * BLOCK].reshape(-1, BLOCK)
    at = begin + numpy.arange(len(said)) * BLOCK
    inside = (at >= first) & (at + BLOCK <= last)
    heard = recording.samples[numpy.clip(at[:, None] + numpy.arange(BLOCK), 0, len(recording.samples) - 1)]
    loud = numpy.sqrt((said**2).mean(axis=1))
    other = numpy.sqrt(((said - heard) ** 2).mean(axis=1))
    return loud > 0.02, inside & (other < 0.7 * loud)


def _plan(pole: Pole, medium: Media, start: datetime) -> Plan:
    return Plan(
        **pole.commune.head("plan"),
        until=start + timedelta(days=14),
        media=(medium,),
        programmes=(Programme(id="p", title="Bản tin", media=(0,)),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=(Occurrence(id="tin", programme=0, targets=0, start=start),),
    )


def main(out: str) -> None:
    """The command line."""
    with tempfile.TemporaryDirectory(prefix="pre-emption-") as folder:
        print(draw(*record(Path(folder)), Path(out)))


if __name__ == "__main__":
    main(sys.argv[1])
