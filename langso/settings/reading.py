"""The one settings file: read, every mistake reported at once with its line, shown with secrets masked."""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
import unicodedata
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.settings.errors import Problem, SettingsError
from langso.settings.lines import KeyPath, key_lines
from langso.settings.model import (
    BridgeSettings,
    ClockSettings,
    CommuneSettings,
    DeviceSettings,
    KioskSettings,
    LinkSettings,
    OfficeSettings,
    PathSettings,
    ScannerSettings,
    Settings,
    SignerSettings,
    SpeakerSettings,
)
from langso.words.catalogue import Joined, Sentence, t, words_of

__all__ = [
    "BridgeSettings",
    "ClockSettings",
    "CommuneSettings",
    "DeviceSettings",
    "KioskSettings",
    "LinkSettings",
    "OfficeSettings",
    "PathSettings",
    "ScannerSettings",
    "Settings",
    "SignerSettings",
    "SpeakerSettings",
    "load_settings",
    "parse_settings",
    "show_settings",
    "write_settings",
]

MAX_BYTES = 256 * 1024
MASK = "********"


def load_settings(path: Path) -> Settings:
    """The file's settings; relative paths count from its folder. Raises SettingsError with every mistake."""
    try:
        raw = read_limited(path, MAX_BYTES)
    except FileRefused as error:
        raise SettingsError(str(path), (Problem(0, "", words_of(error)),)) from error
    return parse_settings(raw, source=str(path), base=path.absolute().parent)


def parse_settings(raw: bytes, *, source: str = "settings.toml", base: Path | None = None) -> Settings:
    """Settings from TOML bytes; ``base``: folder that relative paths count from. Raises SettingsError."""
    if len(raw) > MAX_BYTES:
        raise SettingsError(source, (Problem(0, "", Sentence("settings-too-large", most=MAX_BYTES)),))
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(source, (Problem(line, "", Sentence("settings-not-utf8")),)) from error
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise SettingsError(source, (_syntax(error, text),)) from error
    try:
        return Settings.model_validate(data, context={"base": base})
    except ValidationError as error:
        lines = key_lines(text)
        details = error.errors(include_url=False)
        details += _hidden(data, details, base)
        problems = dict.fromkeys(_problem(detail, lines) for detail in details)
        raise SettingsError(source, tuple(problems)) from error


def show_settings(settings: Settings) -> str:
    """The settings as TOML with every default written out; secrets masked, what is unset as a comment."""
    return _toml(settings, reveal=False)


def write_settings(settings: Settings) -> str:
    """TOML that load_settings reads back to the same settings, secrets in clear: for files of mode 0600."""
    return _toml(settings, reveal=True)


def _hidden(data: dict[str, Any], details: list[ErrorDetails], base: Path | None) -> list[ErrorDetails]:
    """Rules between keys that pydantic skips in a section with other mistakes: asked without the bad keys."""
    rest = copy.deepcopy(data)
    for detail in details:
        place: Any = rest
        *way, last = detail["loc"] or ("",)
        for name in way:
            place = place.get(name) if isinstance(place, dict) else None
        if isinstance(place, dict) and detail["type"] != "missing":
            place.pop(last, None)
    try:
        Settings.model_validate(rest, context={"base": base})
    except ValidationError as error:
        return [detail for detail in error.errors(include_url=False) if detail["type"] == "langso"]
    return []


def _syntax(error: Exception, text: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    if found:
        what = str(error)[: found.start()].strip()
        return Problem(int(found[1]), "", Sentence("settings-toml-at", column=found[2], what=what))
    if "end of document" in str(error):
        return Problem(text.count("\n") + 1, "", Sentence("settings-toml-end"))
    return Problem(0, "", Sentence("settings-toml", why=error))


def _problem(detail: ErrorDetails, lines: dict[KeyPath, int]) -> Problem:
    path: KeyPath = tuple(detail["loc"])
    while path and detail["type"] != "missing" and not _first_line(path, lines):
        # pydantic adds names of union branches after the key; they are not in the file.
        path = path[:-1]
    kind = detail["type"]
    if kind == "missing":
        missing_table = len(path) == 1
        why = (
            Sentence("settings-section-missing", section=path[0])
            if missing_table
            else Sentence("settings-key-missing")
        )
        where = "" if missing_table else _dotted(path)
        return Problem(lines.get(path[:-1], 0), where, why)
    if kind == "extra_forbidden":
        return Problem(_first_line(path, lines), _dotted(path), _unknown(path))
    return Problem(_first_line(path, lines), _dotted(path), _explain(detail))


def _first_line(path: KeyPath, lines: dict[KeyPath, int]) -> int:
    """Where it stands, or begins: `[a.b]` writes `a` without a line of its own. 0 where the file has no such key."""
    return lines.get(path) or min((line for key, line in lines.items() if key[: len(path)] == path), default=0)


def _unknown(path: KeyPath) -> Sentence:
    """Unknown key or section, with the nearest known one, or the section where such a key does belong."""
    known = _known(path[:-1])
    name = str(path[-1])
    thing = "section" if len(path) == 1 else "key"
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if near:
        return Sentence("settings-unknown-near", thing=thing, near=near[0])
    homes = [section for section in Settings.model_fields if path[:-1] != (section,) and name in _known((section,))]
    if homes:
        named = Joined(Sentence("settings-or"), [f"[{home}]" for home in homes])
        return Sentence("settings-unknown-here", thing=thing, name=name, homes=named)
    if known:
        return Sentence("settings-unknown-known", thing=thing, known=", ".join(known))
    return Sentence("settings-unknown", thing=thing)


def _known(path: KeyPath) -> list[str]:
    model: type[BaseModel] = Settings
    for name in path:
        field = model.model_fields.get(str(name))
        if field is None:
            return []
        kinds = [field.annotation]
        if get_origin(field.annotation) in (Union, UnionType):
            kinds = list(get_args(field.annotation))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)


def _explain(detail: ErrorDetails) -> Sentence:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    match kind:
        case "langso":
            why: Sentence = context["why"]
            return why
        case "literal_error":
            choices = str(context["expected"]).replace(" or ", ", ").replace("'", '"')
            allowed = re.findall(r'"([^"]*)"', choices)
            near = difflib.get_close_matches(str(given), allowed, n=1, cutoff=0.5)
            if near:
                return Sentence("settings-choice-near", choices=choices, near=near[0])
            return Sentence("settings-choice", choices=choices)
        case "int_type" | "int_parsing" | "int_from_float":
            return Sentence("settings-whole-number-quoted" if _is_quoted(given) else "settings-whole-number")
        case "float_type" | "float_parsing" | "finite_number":
            return Sentence("settings-number-quoted" if _is_quoted(given) else "settings-number")
        case "bool_type" | "bool_parsing":
            return Sentence("settings-true-or-false")
        case "string_type" | "path_type" | "is_instance_of":
            return Sentence("settings-text")
        case "greater_than_equal":
            return Sentence("settings-too-small", least=context["ge"])
        case "less_than_equal":
            return Sentence("settings-too-much", most=context["le"])
        case "string_too_short":
            return Sentence("settings-empty")
        case "string_too_long":
            return Sentence("settings-too-long", most=context["max_length"])
        case "string_pattern_mismatch" if str(context.get("pattern", "")).startswith("^[a-z0-9]"):
            return Sentence("settings-plain-letters")
        case "string_pattern_mismatch":
            return Sentence("settings-bad-letters")
        case "model_type" | "dict_type" | "model_attributes_type":
            return Sentence("settings-own-section", section=_dotted(tuple(detail["loc"])))
    return Sentence("settings-not-usable", why=detail["msg"])


def _is_quoted(given: object) -> bool:
    return isinstance(given, str) and re.fullmatch(r"-?\d+(\.\d+)?", given.strip()) is not None


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)


def _toml(settings: Settings, *, reveal: bool) -> str:
    blocks = []
    for name in Settings.model_fields:
        section = getattr(settings, name)
        lines = [f"[{name}]"]
        for key in type(section).model_fields:
            value = getattr(section, key)
            if value is None:
                lines.append(f"# {t('settings-not-set', key=key)}")
            elif isinstance(value, SecretStr):
                lines.append(f"{key} = {_literal(value.get_secret_value() if reveal else MASK)}")
            else:
                lines.append(f"{key} = {_literal(value)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return '"' + "".join(_escaped(letter) for letter in str(value)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if ord(letter) < 0x20 or ord(letter) == 0x7F:
        return f"\\u{ord(letter):04x}"
    return letter
