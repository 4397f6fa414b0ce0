"""A machine's first settings, asked and shown before they are written; mended while nothing hangs on them yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import SetupRefused
from deploy.machine_setup import names
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.settings_text import Key, with_values
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.settings.reading import Settings, parse_settings
from langso.words.catalogue import Sentence, t

_MAX = 256 << 10
_WORDS: dict[Key, Sentence] = {
    ("commune", "name"): Sentence("setup-key-commune-name"),
    ("commune", "code"): Sentence("setup-key-commune"),
    ("device", "village"): Sentence("setup-key-village"),
    ("device", "place"): Sentence("setup-key-place"),
    ("device", "id"): Sentence("setup-key-device"),
}
OPTIONS: dict[Key, str] = {
    ("commune", "name"): "--commune-name",
    ("commune", "code"): "--commune",
    ("device", "village"): "--village",
    ("device", "place"): "--place",
    ("device", "id"): "--device",
}


@dataclass(frozen=True)
class Answers:
    """What a person or options say of a machine. None: not said; an empty village: none."""

    commune: str | None = None
    commune_name: str | None = None
    device: str | None = None
    place: str | None = None
    village: str | None = None


def ask_for(talk: Dialogue, role: str, given: Answers) -> Answers:
    """Every answer, those of options unasked; a person sees them all and may begin again. Raises AnswerMissing."""
    found = _asked(talk, role, given, Answers())
    while talk.asks and not _agreed(talk, role, found):
        found = _asked(talk, role, Answers(), found)
    return found


def _asked(talk: Dialogue, role: str, given: Answers, before: Answers) -> Answers:
    name = talk.ask(
        t("setup-ask-commune-name"),
        OPTIONS["commune", "name"],
        names.line,
        given=given.commune_name,
        default=before.commune_name,
    )
    code = talk.ask(
        t("setup-ask-commune"),
        OPTIONS["commune", "code"],
        names.slug,
        given=given.commune,
        default=before.commune or names.slug_of(name) or None,
    )
    village = ""
    if role != "office":
        village = talk.ask(
            t("setup-ask-village"),
            OPTIONS["device", "village"],
            _optional_slug,
            given=given.village,
            default=before.village or "",
        )
    # Villagers and clerks know a machine by its place; nobody being there to say it, it may be written later.
    default = before.place or (t("setup-place-of-office") if role == "office" else None if talk.asks else "")
    place = talk.ask(
        t("setup-ask-place"),
        OPTIONS["device", "place"],
        names.optional_line if default == "" or given.place is not None else names.line,
        given=given.place,
        default=default,
    )
    device = talk.ask(
        t("setup-ask-device"),
        OPTIONS["device", "id"],
        names.slug,
        given=given.device,
        default=before.device or names.device_default(role, village or None),
    )
    return Answers(code, name, device, place, village)


def _agreed(talk: Dialogue, role: str, found: Answers) -> bool:
    talk.say()
    talk.say(t("setup-told-commune", name=found.commune_name, code=found.commune))
    if role != "office":
        talk.say(t("setup-told-village", village=found.village or Sentence("setup-no-village")))
    talk.say(t("setup-told-place", place=found.place))
    talk.say(t("setup-told-device", device=found.device))
    return talk.agree(t("setup-all-right"), default=True, unattended=True)


def differences(settings: Settings, given: Answers) -> dict[Key, str | None]:
    """What options say otherwise than the settings do, as it would be written. Raises BadName."""
    commune, device = settings.commune, settings.device
    told: dict[Key, tuple[str | None, str | None]] = {
        ("commune", "code"): (commune.code, None if given.commune is None else names.slug(given.commune)),
        ("commune", "name"): (commune.name, None if given.commune_name is None else names.line(given.commune_name)),
        ("device", "id"): (device.id, None if given.device is None else names.slug(given.device)),
        ("device", "place"): (device.place, None if given.place is None else names.optional_line(given.place)),
    }
    found: dict[Key, str | None] = {key: new for key, (old, new) in told.items() if new is not None and new != old}
    if given.village is not None and (_optional_slug(given.village) or None) != device.village:
        found["device", "village"] = _optional_slug(given.village) or None
    return found


def in_words(settings: Settings, changes: Mapping[Key, str | None]) -> str:
    """`mã xã: hoa-sno → hoa-son; …`"""
    old = {
        ("commune", "name"): settings.commune.name,
        ("commune", "code"): settings.commune.code,
        ("device", "village"): settings.device.village,
        ("device", "place"): settings.device.place,
        ("device", "id"): settings.device.id,
    }
    none = t("setup-no-value")
    return "; ".join(f"{_WORDS[key]}: {old[key] or none} → {new or none}" for key, new in changes.items())


def change(file: Path, changes: Mapping[Key, str | None]) -> Settings:
    """Writes other values into a settings file, keeps the rest. Raises SetupRefused, SettingsError, FileRefused."""
    text = read_limited(file, _MAX).decode("utf-8")
    changed = with_values(text, changes)
    wanted = tomllib.loads(text)
    for (section, key), value in changes.items():
        wanted.setdefault(section, {}).pop(key, None)
        if value is not None:
            wanted[section][key] = value
    try:
        right = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        keys = ", ".join(t("setup-key-in", key=key, section=section) for section, key in changes)
        raise SetupRefused(Sentence("setup-correct-by-hand", file=file, keys=keys))
    settings = parse_settings(changed.encode(), source=str(file))
    write_atomic(file, changed.encode(), mode=0o644)
    return settings


def camera(root: Path) -> str:
    """A Pi has its own camera's line; any other machine a camera on USB."""
    try:
        model = read_limited(root / "proc/device-tree/model", 4096)
    except FileRefused:
        return "v4l2"
    return "picamera2" if b"Raspberry Pi" in model else "v4l2"


def _optional_slug(text: str) -> str:
    return names.slug(text) if text.strip() else ""
