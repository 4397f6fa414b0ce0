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
        raise SettingsError(str(path), (Problem(0, "", str(error)),)) from error
    return parse_settings(raw, source=str(path), base=path.absolute().parent)


def parse_settings(raw: bytes, *, source: str = "settings.toml", base: Path | None = None) -> Settings:
    """Settings from TOML bytes; ``base``: folder that relative paths count from. Raises SettingsError."""
    if len(raw) > MAX_BYTES:
        raise SettingsError(source, (Problem(0, "", f"tệp quá lớn, giới hạn {MAX_BYTES} byte"),))
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(
            source, (Problem(line, "", "không phải chữ UTF-8; hãy lưu lại tệp ở dạng UTF-8"),)
        ) from error
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
        return Problem(int(found[1]), "", f"sai cú pháp TOML ở cột {found[2]} ({what})")
    if "end of document" in str(error):
        return Problem(text.count("\n") + 1, "", "sai cú pháp TOML: tệp bị cụt, thiếu dấu đóng ở cuối")
    return Problem(0, "", f"sai cú pháp TOML ({error})")


def _problem(detail: ErrorDetails, lines: dict[KeyPath, int]) -> Problem:
    path: KeyPath = tuple(detail["loc"])
    while path and path not in lines and detail["type"] not in ("missing",):
        # pydantic adds names of union branches after the key; they are not in the file.
        path = path[:-1]
    kind = detail["type"]
    if kind == "missing":
        missing_table = len(path) == 1
        why = f"thiếu phần [{path[0]}]" if missing_table else "thiếu mục này, hãy thêm vào"
        where = "" if missing_table else _dotted(path)
        return Problem(lines.get(path[:-1], 0), where, why)
    if kind == "extra_forbidden":
        return Problem(lines.get(path, 0), _dotted(path), _unknown(path))
    return Problem(lines.get(path, 0), _dotted(path), _explain(detail))


def _unknown(path: KeyPath) -> str:
    """Unknown key or section, with the nearest known one, or the section where such a key does belong."""
    known = _known(path[:-1])
    name = str(path[-1])
    thing = "phần" if len(path) == 1 else "mục"
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if near:
        return f"không có {thing} này; có phải ý là `{near[0]}` không?"
    homes = [section for section in Settings.model_fields if path[:-1] != (section,) and name in _known((section,))]
    if homes:
        named = " hoặc ".join(f"[{home}]" for home in homes)
        return f"không có {thing} này ở đây; `{name}` thuộc phần {named}"
    return f"không có {thing} này; ở đây có: {', '.join(known)}" if known else f"không có {thing} này"


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


def _explain(detail: ErrorDetails) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    match kind:
        case "langso":
            return str(context["why"])
        case "literal_error":
            choices = str(context["expected"]).replace(" or ", ", ").replace("'", '"')
            allowed = re.findall(r'"([^"]*)"', choices)
            near = difflib.get_close_matches(str(given), allowed, n=1, cutoff=0.5)
            hint = f"; có phải ý là `{near[0]}` không?" if near else ""
            return f"chỉ được một trong: {choices}{hint}"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"phải là số nguyên{_unquote(given)}"
        case "float_type" | "float_parsing" | "finite_number":
            return f"phải là một số{_unquote(given)}"
        case "bool_type" | "bool_parsing":
            return "phải là true hoặc false, không có dấu nháy"
        case "string_type" | "path_type" | "is_instance_of":
            return "phải là chữ đặt trong dấu nháy"
        case "greater_than_equal":
            return f"nhỏ quá, ít nhất là {context['ge']}"
        case "less_than_equal":
            return f"lớn quá, nhiều nhất là {context['le']}"
        case "string_too_short":
            return "không được để trống"
        case "string_too_long":
            return f"dài quá, nhiều nhất {context['max_length']} ký tự"
        case "string_pattern_mismatch" if str(context.get("pattern", "")).startswith("^[a-z0-9]"):
            return "chỉ dùng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ `xa-muong-hoa`"
        case "string_pattern_mismatch":
            return "có ký tự không dùng được (xuống dòng, phím điều khiển)"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"phải là một phần riêng, viết [{_dotted(tuple(detail['loc']))}] rồi các mục ở dưới"
    return f"không dùng được ({detail['msg']})"


def _unquote(given: object) -> str:
    if isinstance(given, str) and re.fullmatch(r"-?\d+(\.\d+)?", given.strip()):
        return ", hãy bỏ dấu nháy"
    return ""


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
                lines.append(f"# {key} chưa đặt")
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
