"""The first langso.toml of each role, with a comment beside what a technician may have to look at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from deploy.install.units import SETTINGS
from langso.words.catalogue import t

BROKER_PORT = 8883
SYSTEM = Path("/")
Key = tuple[str, str]
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_STRING = re.compile(r"""(\s*)([A-Za-z_]+)(\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')(\s*(?:#.*)?)""")


def settings_text(
    role: str,
    *,
    commune: str,
    commune_name: str,
    device: str,
    place: str = "",
    village: str | None = None,
    camera: str = "picamera2",
    names: str = "",
    root: Path = SYSTEM,
) -> str:
    """A first langso.toml. `camera`: of a kiosk; `names`: of an office, see [office]; `root`: a tree other than /.

    Raises KeyError for a role that does not exist.
    """
    state = root / "var/lib"
    lines = [
        _comment("setup-file-after", settings=SETTINGS, role=role),
        "[commune]",
        f"code = {_quoted(commune)}",
        f"name = {_quoted(commune_name)}",
        "",
        "[device]",
        f"id = {_quoted(device)}",
        f"role = {_quoted(role)}",
        f"place = {_quoted(place)}   {_comment('setup-file-place')}",
        *([f"village = {_quoted(village)}"] if village else []),
        "",
        "[paths]",
        f"state = {_quoted(str(state / f'langso-{role}'))}",
        f"run = {_quoted(str(root / f'run/langso-{role}'))}",
        "",
    ]
    return "\n".join([*lines, *_SECTIONS[role](root, camera, names), ""])


def with_values(text: str, values: Mapping[Key, str | None]) -> str:
    """The same text with other strings in it (None: the line goes), comments kept. The caller reads it again: what
    is written in some rarer way of TOML stays as it is.
    """
    left, section, lines = dict(values), "", []
    for line in text.split("\n"):
        header, found = _HEADER.fullmatch(line), _STRING.fullmatch(line)
        section = header[1].strip() if header else section
        if found is None or (section, found[2]) not in left:
            lines.append(line)
            continue
        value = left.pop((section, found[2]))
        if value is not None:
            lines.append(f"{found[1]}{found[2]}{found[3]}{_quoted(value)}{found[5]}")
    for (section, key), value in left.items():
        heads = [at for at, line in enumerate(lines) if (head := _HEADER.fullmatch(line)) and head[1] == section]
        if value is not None and heads:
            lines.insert(heads[0] + 1, f"{key} = {_quoted(value)}")
    return "\n".join(lines)


def _speaker(_root: Path, _camera: str, _names: str) -> list[str]:
    return [
        "[speaker]",
        f'sound = "alsa"        {_comment("setup-file-sound")}',
        'sink = "default"',
        "volume = 80",
        "",
        "[bridge]",
        f'# port = "/dev/ttyAMA0"   {_comment("setup-file-port")}',
        "lease_ms = 3000",
    ]


def _kiosk(_root: Path, camera: str, _names: str) -> list[str]:
    return [
        "[scanner]",
        f'camera = "{camera}"  {_comment("setup-file-camera")}',
        'source = "0"',
        "",
        "[kiosk]",
        "idle_s = 60",
        "warn_s = 20",
    ]


def _office(root: Path, _camera: str, names: str) -> list[str]:
    link = root / "var/lib/langso-office/link"
    return [
        "[link]",
        # Not a name: a bare machine may lack /etc/hosts.
        'host = "127.0.0.1"',
        f"port = {BROKER_PORT}",
        f"ca = {_quoted(str(link / 'ca.pem'))}",
        f"cert = {_quoted(str(link / 'office.pem'))}",
        f"key = {_quoted(str(link / 'office.key'))}",
        "",
        "[office]",
        f'https = "own"         {_comment("setup-file-https")}',
        f"names = {_quoted(names)}   {_comment('setup-file-names')}",
        "",
        "[signer]",
        f"socket = {_quoted(str(root / 'run/langso-signer/signer.sock'))}",
        f"state = {_quoted(str(root / 'var/lib/langso-signer'))}   {_comment('setup-file-signer')}",
    ]


_SECTIONS = {"speaker": _speaker, "kiosk": _kiosk, "office": _office}


def _comment(id: str, **values: object) -> str:
    """A sentence for whoever opens the file, in the language of who set the machine up; it stays one line."""
    return f"# {t(id, **values)}"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
