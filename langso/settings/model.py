"""What a settings file may say: one frozen model a section, every default in one place."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from langso.contract.base import NO_CONTROLS
from langso.contract.topics import SLUG
from langso.words.catalogue import Sentence

SYSTEM_STATE = Path("/var/lib/langso")
SYSTEM_RUN = Path("/run/langso")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def _mistake(why: Sentence) -> PydanticCustomError:
    # The braces of a user's text must not be read as a template.
    return PydanticCustomError("langso", "{why}", {"why": why})


def _path(value: object, info: ValidationInfo) -> object:
    """A path as written: `~` opened, relative to the settings file's folder."""
    if not isinstance(value, str):
        return value
    if not value or "\0" in value:
        raise _mistake(Sentence("settings-path-empty"))
    base = (info.context or {}).get("base")
    path = Path(value).expanduser()
    return path if path.is_absolute() or base is None else Path(base) / path


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise _mistake(Sentence("settings-url"))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _mistake(Sentence("settings-url-no-secrets"))
    return value.rstrip("/")


def _lamp(value: str) -> str:
    kind, _, name = value.partition(":")
    pin = kind == "gpio" and name.isascii() and name.isdigit() and int(name) <= 27
    output = kind == "bridge" and name.isascii() and name.isidentifier()
    if not (pin or output):
        raise _mistake(Sentence("settings-pin"))
    return value


def is_loopback(host: str) -> bool:
    """Whether the host name means this machine itself, so that nothing crosses a network."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_of(text: str) -> tuple[str, ...]:
    """Names and addresses of a setting, separated by commas: lower case, each once."""
    return tuple(dict.fromkeys(part.strip().lower().rstrip(".") for part in text.split(",") if part.strip()))


def _hosts(value: str) -> str:
    for host in hosts_of(value):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
                raise _mistake(Sentence("settings-host", host=host[:60])) from None
    return value


def _addresses(value: str) -> str:
    for host in hosts_of(value):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise _mistake(Sentence("settings-address", host=host[:60])) from None
    return value


FilePath = Annotated[Path, BeforeValidator(_path)]
Url = Annotated[str, StringConstraints(max_length=300), AfterValidator(_url)]
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$", max_length=64)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_CONTROLS)]
Hosts = Annotated[Line, StringConstraints(max_length=1000), AfterValidator(_hosts)]
Addresses = Annotated[Line, StringConstraints(max_length=400), AfterValidator(_addresses)]
Port = Annotated[int, Field(ge=1, le=65535)]
PortOrNone = Annotated[int, Field(ge=0, le=65535)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Section(BaseModel):
    """Base of every section: immutable, no unknown keys, no guessing of types ("8883" is not a number)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class CommuneSettings(Section):
    """The commune served: `code` as in topics (slug), `name` as people say it ("Xã Mường Hoa")."""

    code: Slug
    name: Annotated[Line, Field(min_length=1)]

    @property
    def names(self) -> tuple[str, str]:
        """Both, for whatever must not be made of them."""
        return self.code, self.name


class DeviceSettings(Section):
    """This machine: `id` (slug, also its certificate's name), its role, where it stands, its village (slug)."""

    id: Slug
    role: Literal["speaker", "kiosk", "office", "signer", "bridge"]
    place: Line = ""
    village: Slug | None = None


class LinkSettings(Section):
    """The MQTT broker. `ca`, `cert`, `key`: PEM files; without `ca` the link goes to this machine only, in clear.

    Seconds: `keepalive`, `session_expiry` (how long the broker keeps what we missed), `retry_max_s`.
    """

    host: Annotated[Line, Field(min_length=1)] = "localhost"
    port: Port = 8883
    ca: FilePath | None = None
    cert: FilePath | None = None
    key: FilePath | None = None
    username: Line | None = None
    password: SecretStr | None = None
    keepalive: Annotated[int, Field(ge=5, le=600)] = 30
    session_expiry: Annotated[int, Field(ge=0, le=30 * 86400)] = 604800
    retry_max_s: Annotated[float, Field(ge=1, le=3600)] = 20.0

    @model_validator(mode="after")
    def _whole(self) -> LinkSettings:
        if (self.cert is None) != (self.key is None):
            raise _mistake(Sentence("settings-cert-with-key"))
        return self


class ClockSettings(Section):
    """`trust`: "auto" judges the clock (DESIGN "Time"), "host" believes it, for simulation and tests.

    `rtc_drift_ppm`: what the clock with a battery may gain or lose by its maker's word, in millionths (left out: what
    its kind is known for, else 25); it is believed until that makes a minute.
    """

    trust: Literal["auto", "host"] = "auto"
    rtc_drift_ppm: Annotated[float, Field(ge=0.5, le=500)] | None = None


class SpeakerSettings(Section):
    """The loudspeaker. `sink`: ALSA or Pulse device, or the pipe's path when `sound` is "pipe".

    `calibration_ms` is added to every start (positive = later); left out: what `langso speaker calibrate` measured.
    `volume`: percent, capped by trust. `plan_folder`: where a loudspeaker without an office finds its signed plan.
    `keypad`: the number pad at which the PIN of the talk key is typed, `/dev/input/by-id/…-event-kbd`; None: there is
    none.
    """

    sound: Literal["alsa", "pulse", "pipe"] = "alsa"
    sink: Annotated[Line, Field(min_length=1)] = "default"
    volume: Percent = 80
    calibration_ms: Annotated[float, Field(ge=-2000, le=2000)] = 0.0
    amplifier_lead_ms: Annotated[int, Field(ge=0, le=30_000)] = 1500
    amplifier_tail_ms: Annotated[int, Field(ge=0, le=30_000)] = 500
    library_max_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 4096
    media_url: Url | None = None
    plan_folder: FilePath | None = None
    keypad: FilePath | None = None

    @model_validator(mode="after")
    def _whole(self) -> SpeakerSettings:
        if self.sound == "pipe" and not Path(self.sink).is_absolute():
            raise _mistake(Sentence("settings-pipe-sink"))
        return self


class BridgeSettings(Section):
    """The serial link to the microcontroller; `port` None: there is none. `lease_ms`: silence that drops outputs.

    `fm_amplifier`: while nothing is played the amplifier stays on for the board's FM receiver, also with this machine
    off.
    """

    port: Annotated[Line, Field(min_length=1)] | None = None
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] = 115200
    lease_ms: Annotated[int, Field(ge=200, le=60_000)] = 3000
    fm_amplifier: bool = False


class ScannerSettings(Section):
    """The camera. `source`: device number or path, or the folder of images when `camera` is "replay".

    `rotate`: degrees clockwise, for a camera mounted on its side or upside down. `frames_per_s`: shown at most, more
    are not seen as more.
    """

    camera: Literal["picamera2", "v4l2", "replay"] = "v4l2"
    source: Annotated[Line, Field(min_length=1)] = "0"
    rotate: Literal[0, 90, 180, 270] = 0
    frames_per_s: Annotated[int, Field(ge=2, le=60)] = 24


class KioskSettings(Section):
    """The touchscreen. `idle_s` without a touch, then `warn_s` of visible countdown, then all is wiped.

    `lamp`: the light over the table: `gpio:27`, a pin of this machine, or `bridge:lamp`, an output of [bridge].
    `language`: of its screens and what it reads aloud, whatever the machine's is. `sound`: "none" where it has no
    loudspeaker and shall have none; "auto": the machine's own, and health says where there is none.
    """

    sound: Literal["auto", "none"] = "auto"
    language: Literal["vi", "en"] = "vi"
    idle_s: Annotated[int, Field(ge=10, le=3600)] = 60
    warn_s: Annotated[int, Field(ge=5, le=600)] = 20
    office_url: Url | None = None
    width: Annotated[int, Field(ge=320, le=7680)] = 1024
    height: Annotated[int, Field(ge=240, le=4320)] = 600
    fullscreen: bool = True
    lamp: Annotated[str, StringConstraints(max_length=64), AfterValidator(_lamp)] | None = None


class OfficeSettings(Section):
    """The console and the media server. `public_url`: how staff reach it behind a proxy; without `https` devices too.

    `host`, `port`: the plain door, for this machine. `https`: how the console reaches the local network: "off" not at
    all, "own" under a certificate the office makes itself, "files" under `https_cert` and `https_key` (PEM), "proxy"
    behind a web server at one of `proxies`, which sends Host, X-Forwarded-For and X-Forwarded-Proto.
    `names`: what staff type, names or addresses by commas, the first one shown; empty: HOSTNAME.local.
    With "own" and "files" it listens at `lan_host`: `https_port` for staff, `http_port` for the page that installs
    the certificate and for media (0: none), `device_port` for devices, under the CA of their pairing (0: none).
    `password_min`: shortest password accepted; `session_idle_min`, `session_max_h`: when a login ends.
    """

    host: Annotated[Line, Field(min_length=1)] = "127.0.0.1"
    port: Port = 8080
    https: Literal["off", "own", "files", "proxy"] = "off"
    names: Hosts = ""
    lan_host: Annotated[Line, Field(min_length=1)] = "0.0.0.0"
    https_port: Port = 443
    http_port: PortOrNone = 80
    device_port: PortOrNone = 8443
    https_cert: FilePath | None = None
    https_key: FilePath | None = None
    proxies: Addresses = "127.0.0.1"
    public_url: Url | None = None
    media_dir: FilePath | None = None
    dossier_max_mb: Annotated[int, Field(ge=1, le=2000)] = 100
    password_min: Annotated[int, Field(ge=8, le=64)] = 10
    session_idle_min: Annotated[int, Field(ge=5, le=1440)] = 30
    session_max_h: Annotated[int, Field(ge=1, le=72)] = 10

    @model_validator(mode="after")
    def _doors(self) -> OfficeSettings:
        named = (self.https_cert is not None) + (self.https_key is not None)
        if self.https == "files" and named < 2:
            raise _mistake(Sentence("settings-files-need-both"))
        if self.https != "files" and named:
            raise _mistake(Sentence("settings-files-only"))
        if self.https == "proxy" and not hosts_of(self.proxies):
            raise _mistake(Sentence("settings-proxy-proxies"))
        if self.https == "proxy" and not (self.public_url or "").startswith("https://"):
            raise _mistake(Sentence("settings-proxy-url"))
        if self.https in ("own", "files"):
            if not self.http_port and not self.device_port:
                raise _mistake(Sentence("settings-no-way-in"))
            if self.public_url is not None:
                raise _mistake(Sentence("settings-url-or-own"))
            ports = [self.port, self.https_port, *(p for p in (self.http_port, self.device_port) if p)]
            if len(set(ports)) != len(ports):
                raise _mistake(Sentence("settings-ports-differ"))
        return self


class SignerSettings(Section):
    """The signing process. `socket`: Unix socket the office asks through; default `signer.sock` under paths.run.

    `state`: the folder of its keys and counters, which only its own user reads; None: `signer` under paths.state.
    `asked`: when people must prove that they asked for what sounds: "enrolled" (once anybody is), "always", "never".
    """

    socket: FilePath = SYSTEM_RUN / "signer.sock"
    state: FilePath | None = None
    asked: Literal["enrolled", "always", "never"] = "enrolled"


class PathSettings(Section):
    """Where this role keeps its files: `state` durable, `run` gone at boot."""

    state: FilePath = SYSTEM_STATE
    run: FilePath = SYSTEM_RUN


class Settings(Section):
    """The whole file. Commune and device are required; the rest has defaults."""

    commune: CommuneSettings
    device: DeviceSettings
    link: LinkSettings = LinkSettings()
    clock: ClockSettings = ClockSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    bridge: BridgeSettings = BridgeSettings()
    scanner: ScannerSettings = ScannerSettings()
    kiosk: KioskSettings = KioskSettings()
    office: OfficeSettings = OfficeSettings()
    signer: SignerSettings = SignerSettings()
    paths: PathSettings = PathSettings()

    @model_validator(mode="before")
    @classmethod
    def _socket_follows_run(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict):
            return data
        places, signer = data.get("paths"), data.get("signer", {})
        run = places.get("run") if isinstance(places, dict) else getattr(places, "run", None)
        if isinstance(signer, dict) and "socket" not in signer and isinstance(run, str | Path) and str(run):
            return {**data, "signer": {**signer, "socket": _path(str(Path(run) / "signer.sock"), info)}}
        return data
