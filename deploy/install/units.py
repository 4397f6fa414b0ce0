"""The systemd units of each role, hardened: each service sees only what it needs."""

from __future__ import annotations

from dataclasses import dataclass

RELEASE = "/opt/langso/current"
SETTINGS = "/etc/langso/langso.toml"


@dataclass(frozen=True)
class Unit:
    """One service. `devices`: device classes it may open (DeviceAllow); `network`: whether it may leave the machine.

    `groups`: supplementary groups for hardware or what another service shares; `writable`: further paths it may
    write; `visitors`: it holds what must leave no trace, on no swap either.
    """

    name: str
    description: str
    user: str
    command: str
    devices: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    network: bool = True
    after: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    state: str = ""
    state_mode: str = "0700"
    jit: bool = False
    watchdog: bool = False
    visitors: bool = False

    @property
    def file_name(self) -> str:
        """`langso-speaker.service` and the like."""
        return f"{self.name}.service"

    def text(self) -> str:
        """The whole unit file."""
        after = " ".join(("network.target", *self.after))
        lines = [
            "# Written by langso install; put changes into a drop-in (systemctl edit).",
            "[Unit]",
            f"Description={self.description}",
            f"After={after}",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=exec",
            f"User={self.user}",
            f"Group={self.user}",
            f"ExecStart={self.command}",
            "Restart=always",
            # Power cuts and dead lines are daily: never give up, never hammer.
            "RestartSec=5",
            "TimeoutStopSec=15",
            *(f"SupplementaryGroups={group}" for group in self.groups),
            f"StateDirectory={self.state or self.name}",
            f"StateDirectoryMode={self.state_mode}",
            f"RuntimeDirectory={self.name}",
            "RuntimeDirectoryMode=0750",
            "Environment=PYTHONUNBUFFERED=1 LANGSO_ASSETS=" + RELEASE + "/assets",
            # What programs put aside while they work, papers being read too, is in memory and gone with the service.
            f"Environment=TMPDIR=/run/{self.name}",
            "UMask=0077",
            "LimitCORE=0",
            "MemorySwapMax=0" if self.visitors else "",
            *_HARDENING,
            *self._devices(),
            *self._network(),
            "" if self.jit else "MemoryDenyWriteExecute=yes",
            *(f"ReadWritePaths={path}" for path in self.writable),
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        ]
        return "\n".join(line for line in lines if line is not None)

    def _devices(self) -> list[str]:
        if not self.devices:
            return ["PrivateDevices=yes", "DevicePolicy=closed"]
        return ["DevicePolicy=closed", *(f"DeviceAllow={device} rw" for device in self.devices)]

    def _network(self) -> list[str]:
        if self.network:
            return ["RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"]
        return ["PrivateNetwork=yes", "IPAddressDeny=any", "RestrictAddressFamilies=AF_UNIX"]


_HARDENING = (
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "PrivateTmp=yes",
    "PrivateUsers=yes",
    "RemoveIPC=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "KeyringMode=private",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
)

_LANGSO = f"{RELEASE}/venv/bin/langso"


def units_of(role: str) -> tuple[Unit, ...]:
    """The services of one role: speaker, kiosk or office. Raises KeyError for another."""
    return _UNITS[role]


_UNITS: dict[str, tuple[Unit, ...]] = {
    "speaker": (
        Unit(
            name="langso-speaker",
            description="Làng Số loudspeaker",
            user="langso-speaker",
            command=f"{_LANGSO} speaker run --settings {SETTINGS}",
            devices=("char-alsa", "char-ttyAMA", "char-ttyUSB", "char-ttyACM", "char-ttyS"),
            groups=("audio", "dialout"),
            after=("time-sync.target", "sound.target"),
        ),
    ),
    "kiosk": (
        Unit(
            name="langso-kiosk",
            description="Làng Số kiosk",
            user="langso-kiosk",
            command=f"{_LANGSO} kiosk run --settings {SETTINGS}",
            devices=(
                "char-drm",
                "char-input",
                "char-video4linux",
                "char-alsa",
                "char-ttyAMA",
                "char-ttyUSB",
                "char-media",
                "char-gpiochip",
            ),
            groups=("video", "render", "input", "audio", "dialout"),
            # Mesa's software renderer compiles shaders to machine code.
            jit=True,
            visitors=True,
        ),
    ),
    "office": (
        Unit(
            name="langso-broker",
            description="Làng Số message broker (Mosquitto)",
            user="langso-broker",
            command="/usr/sbin/mosquitto -c /etc/langso/broker/mosquitto.conf",
        ),
        Unit(
            name="langso-signer",
            description="Làng Số signer",
            user="langso-signer",
            command=f"{_LANGSO} office signer --settings {SETTINGS}",
            network=False,
            # It reads trust, root and devices in the office's folder; the office reads nothing in the signer's.
            groups=("langso-office",),
        ),
        Unit(
            name="langso-office",
            description="Làng Số office console",
            user="langso-office",
            command=f"{_LANGSO} office web --settings {SETTINGS}",
            groups=("langso-signer",),
            state_mode="0750",
            after=("langso-broker.service", "langso-signer.service"),
            # cffi's callbacks and argon2 need no writable code; ffmpeg, its child, does on some CPUs.
            jit=True,
        ),
    ),
}
ROLES = tuple(_UNITS)
