"""Sound of a loudspeaker: the card is there, the service may open it, it is not muted; for the village a pipe."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.doctor.acting import Act, Found, act
from deploy.doctor.agent import said_of
from deploy.doctor.bounded import run
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Look, Skipped, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check

_CARD = re.compile(r"^\s*(\d+) \[(\S+)\s*\]", re.M)
_NAMED = re.compile(r"(?:^|:|,)(?:CARD=)?([A-Za-z0-9_]+)")
_VOLUMES = ("Master", "PCM", "Speaker", "Headphone", "HDMI", "Digital", "Line Out", "Front")
_BUSY = 16


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `sound`: what is found here, then what the running player says."""
    kind, sink = scene.settings.speaker.sound, scene.settings.speaker.sink
    if kind == "pipe":
        seen = judge_pipe(Path(sink), running=scene.running)
    elif kind == "alsa":
        seen = _card(scene, sink)
    else:
        seen = None
    said = said_of(scene, "sound")
    if kind == "pipe" and seen is not None and seen.level == "ok" and not scene.running:
        # Whether anybody listens at its other end only the player sees.
        yield Skipped("sound", "chương trình loa không chạy")
        return
    if seen is not None and seen.level == "bad":
        yield seen
    elif said is not None and said.level != "ok":
        yield said
    elif seen is not None:
        yield seen
    elif said is not None:
        yield said
    else:
        yield Skipped("sound", "chương trình loa không chạy để hỏi máy chủ âm thanh")


LOOK = Look(("sound",), ("speaker",), look)


def judge_pipe(pipe: Path, *, running: bool) -> Check:
    """A village's sound: the agent makes the pipe when it starts."""
    try:
        mode = pipe.stat().st_mode
    except PermissionError:
        return unseen("sound", f"ống {pipe}")
    except OSError:
        if running:
            return Check.bad(
                "sound", f"Không thấy ống {pipe}.", "Khởi động lại máy ghi của làng thử: langso village --help"
            )
        if not pipe.parent.is_dir():
            return Check.bad(
                "sound", f"Không có thư mục {pipe.parent} cho ống âm thanh.", "Sửa sink trong [speaker]."
            )
        return Check.good("sound", f"Ống {pipe} sẽ có khi loa chạy.")
    if not stat.S_ISFIFO(mode):
        return Check.bad("sound", f"{pipe} không phải ống âm thanh.", "Sửa sink trong [speaker].")
    return Check.good("sound", f"Tiếng ra ống {pipe}.")


def cards_in(text: str) -> dict[str, int]:
    """Name and number of each card, from /proc/asound/cards."""
    return {name: int(number) for number, name in _CARD.findall(text)}


def card_of(sink: str, cards: Mapping[str, int]) -> int | None:
    """The card a sink names ("hw:1", "plughw:CARD=Device,DEV=0"); the first for "default"; None: not there."""
    if not cards:
        return None
    device = sink.partition(":")[2]
    if not device:
        return min(cards.values())
    named = _NAMED.search(device)
    if named is None:
        return min(cards.values())
    name = named[1]
    return (int(name) if int(name) in cards.values() else None) if name.isdigit() else cards.get(name)


def muted_in(text: str) -> list[str]:
    """Names of playback controls that are switched off or at nothing, from `amixer scontents`."""
    found = []
    for block in re.split(r"(?m)^(?=Simple mixer control )", text):
        name = re.match(r"Simple mixer control '([^']+)'", block)
        if name is None or not name[1].startswith(_VOLUMES):
            continue
        channels = [
            line for line in block.splitlines() if re.search(r":\s+Playback\b.*\[", line) or ": Playback [" in line
        ]
        if channels and all("[off]" in line or "[0%]" in line for line in channels):
            found.append(name[1])
    return found


def judge_card(sink: str, cards: Mapping[str, int], opened: list[Found], muted: list[str], user: str) -> Check:
    """From the cards, how opening the card's outputs went, and what is muted."""
    if not cards:
        return Check.bad(
            "sound", "Không thấy card âm thanh nào.", "Cắm lại USB âm thanh, hoặc bật dtparam=audio=on trên Pi."
        )
    number = card_of(sink, cards)
    if number is None:
        there = ", ".join(f"{name} ({number})" for name, number in cards.items())
        return Check.bad(
            "sound", f"Không có card mà sink «{sink}» chỉ tới; máy có: {there}.", "Sửa sink trong [speaker]."
        )
    if not opened:
        return Check.bad(
            "sound", f"Card âm thanh {number} không có đường ra loa.", "Chọn card khác: sửa sink trong [speaker]."
        )
    if all(one.forbidden for one in opened):
        return Check.bad(
            "sound",
            f"Người dùng {user} không được mở card âm thanh.",
            f"usermod -aG audio {user}, rồi bật lại dịch vụ.",
        )
    if not any(one.good or one.errno == _BUSY for one in opened):
        why = "không trả lời" if opened[0].late else opened[0].why
        return Check.bad(
            "sound", f"Không mở được card âm thanh ({why}).", "Rút USB âm thanh, cắm lại; vẫn vậy thì thay."
        )
    if muted:
        return Check.bad(
            "sound",
            f"Card âm thanh bị tắt tiếng: {', '.join(muted)}.",
            f"amixer -c {number} set '{muted[0]}' 80% unmute",
        )
    return Check.good("sound", "Có card âm thanh, mở được, không bị tắt tiếng.")


def _card(scene: Scene, sink: str) -> Check:
    try:
        cards = cards_in(Path("/proc/asound/cards").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        cards = {}
    number = card_of(sink, cards)
    opened: list[Found] = []
    muted: list[str] = []
    if number is not None:
        outputs = sorted(Path("/dev/snd").glob(f"pcmC{number}D*p"))
        try:
            opened = act(scene.who, [Act("device", output) for output in outputs], seconds=3)
        except Unseen:
            return unseen("sound", "card âm thanh như dịch vụ thấy")
        muted = muted_in(run("amixer", "-c", str(number), "scontents", seconds=2).out)
    return judge_card(sink, cards, opened, muted, scene.who.name)
