"""The sound of a loudspeaker or a kiosk: a card is there, the service may open it, it is not muted; or a pipe."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.doctor.acting import Act, Acted, act
from deploy.doctor.agent import said_of
from deploy.doctor.bounded import run
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t
from speaker.sound.card_mixer import card_of, cards_in, muted_in

_BUSY = 16


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `sound`: what is found here, then what the running player says."""
    if scene.role == "kiosk":
        yield from _of_kiosk(scene)
        return
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
        yield Skipped("sound", t("doctor-speaker-off"))
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
        yield Skipped("sound", t("doctor-speaker-off-sound"))


LOOK = Subject(("sound",), ("speaker", "kiosk"), look)


def _of_kiosk(scene: Scene) -> Iterable[Check | Skipped]:
    """A kiosk that cannot be heard still works for those who read: never more than a warning."""
    if scene.settings.kiosk.sound == "none":
        yield Skipped("sound", t("kiosk-sound-unwanted").rstrip("."))
        return
    seen, said = _card(scene, "alsa"), said_of(scene, "sound")
    if seen.level == "bad":
        yield Check.warning("sound", seen.why, seen.fix)
    elif said is not None and said.level != "ok":
        yield said
    else:
        yield seen


def judge_pipe(pipe: Path, *, running: bool) -> Check:
    """A village's sound: the agent makes the pipe when it starts."""
    try:
        mode = pipe.stat().st_mode
    except PermissionError:
        return unseen("sound", Sentence("doctor-pipe", pipe=pipe))
    except OSError:
        if running:
            return Check.bad("sound", t("doctor-no-pipe", pipe=pipe), t("doctor-restart-recorder"))
        if not pipe.parent.is_dir():
            return Check.bad("sound", t("doctor-no-pipe-folder", parent=pipe.parent), t("doctor-correct-sink"))
        return Check.good("sound", t("doctor-pipe-later", pipe=pipe))
    if not stat.S_ISFIFO(mode):
        return Check.bad("sound", t("doctor-is-no-pipe", pipe=pipe), t("doctor-correct-sink"))
    return Check.good("sound", t("doctor-sound-to-pipe", pipe=pipe))


def judge_card(sink: str, cards: Mapping[str, int], opened: list[Acted], muted: list[str], user: str) -> Check:
    """From the cards, how opening the card's outputs went, and what is muted."""
    if not cards:
        return Check.bad("sound", t("doctor-no-sound-card"), t("doctor-replug-sound"))
    number = card_of(sink, cards)
    if number is None:
        there = ", ".join(f"{name} ({number})" for name, number in cards.items())
        return Check.bad("sound", t("doctor-sink-no-card", sink=sink, there=there), t("doctor-correct-sink"))
    if not opened:
        return Check.bad("sound", t("doctor-card-no-output", number=number), t("doctor-other-card"))
    if all(one.forbidden for one in opened):
        return Check.bad(
            "sound",
            t("doctor-user-no-sound", user=user),
            t("doctor-add-audio-group", user=user),
        )
    if not any(one.good or one.errno == _BUSY for one in opened):
        why = Sentence("doctor-no-answer") if opened[0].late else opened[0].why
        return Check.bad("sound", t("doctor-card-fails", why=why), t("doctor-replug-or-replace-sound"))
    if muted:
        return Check.bad(
            "sound",
            t("doctor-card-muted", muted=", ".join(muted)),
            f"amixer -c {number} set '{muted[0]}' 80% unmute",
        )
    return Check.good("sound", t("doctor-card-good"))


def _card(scene: Scene, sink: str) -> Check:
    try:
        cards = cards_in(Path("/proc/asound/cards").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        cards = {}
    number = card_of(sink, cards)
    opened: list[Acted] = []
    muted: list[str] = []
    if number is not None:
        outputs = sorted(Path("/dev/snd").glob(f"pcmC{number}D*p"))
        try:
            opened = act(scene.who, [Act("device", output) for output in outputs], seconds=3)
        except Unseen:
            return unseen("sound", Sentence("doctor-card-as-service"))
        muted = muted_in(run("amixer", "-c", str(number), "scontents", seconds=2).out)
    return judge_card(sink, cards, opened, muted, scene.who.name)
