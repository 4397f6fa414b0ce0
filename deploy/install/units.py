"""The systemd units of each role, services and sockets, hardened: each service sees only what it needs.

Keys stay in state folders that only their own service may enter; `LoadCredential` would hand out copies made at the
start, while certificates are renewed and keys exchanged by programs that run.
"""

from __future__ import annotations

from dataclasses import dataclass

PROGRAMS = "/usr/lib/langso"
SETTINGS = "/etc/langso/langso.toml"
BROKER_CERTIFICATE = "/etc/langso/broker/broker.pem"
RESTART_EXIT = 75
"""How a service ends that was ordered to start anew."""


@dataclass(frozen=True)
class ServiceUnit:
    """One service. `devices`: device classes it may open (DeviceAllow); `network`: whether it may leave the machine.

    `needs`: the file without which it waits; `watchdog_s`: how long its loops may be silent, 0 for programs that feed
    no watchdog; `groups`: what another service shares with it (hardware groups are its user's, see `accounts`);
    `many`: strangers may connect to it, and each costs a file;
    `sockets`: what systemd opens for it, opened before it wherever and however it is started;
    `visitors`: it holds what must leave no trace, on no swap either; `pins`: it drives pins of the board itself.
    """

    name: str
    description: str
    user: str
    command: str
    needs: str = SETTINGS
    devices: tuple[str, ...] = ()
    hardware_groups: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    network: bool = True
    after: tuple[str, ...] = ()
    state_mode: str = "0700"
    jit: bool = False
    watchdog_s: int = 0
    restart_s: int = 5
    reload: str = ""
    prepare: str = ""
    sockets: tuple[str, ...] = ()
    many: bool = False
    visitors: bool = False
    pins: bool = False

    @property
    def file_name(self) -> str:
        """`langso-speaker.service` and the like."""
        return f"{self.name}.service"

    def text(self) -> str:
        """The whole unit file."""
        after = " ".join(("network.target", *self.after))
        lines = [
            "# Part of Làng Số; put changes into a drop-in (systemctl edit).",
            "[Unit]",
            f"Description={self.description}",
            f"After={after}",
            f"ConditionPathExists={self.needs}",
            # Power cuts and dead lines are daily: never give up, never hammer.
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=notify",
            "NotifyAccess=main",
            f"User={self.user}",
            f"Group={self.user}",
            # Else the journal names whatever program happens to be first.
            f"SyslogIdentifier={self.name}",
            # As root, and its failure keeps nothing from starting.
            *([f"ExecStartPre=-+{self.prepare}"] if self.prepare else []),
            f"ExecStart={self.command}",
            *([f"ExecReload={self.reload}"] if self.reload else []),
            # Without this a service that runs keeps its sockets from opening ever again, restarted or not.
            *([f"Sockets={' '.join(self.sockets)}"] if self.sockets else []),
            "Restart=always",
            f"RestartSec={self.restart_s}",
            f"SuccessExitStatus={RESTART_EXIT}",
            # A cold card in an old Pi takes its time.
            "TimeoutStartSec=180",
            "TimeoutStopSec=15",
            *([f"WatchdogSec={self.watchdog_s}", "TimeoutAbortSec=5"] if self.watchdog_s else []),
            *(f"SupplementaryGroups={group}" for group in self.groups),
            f"StateDirectory={self.name}",
            f"StateDirectoryMode={self.state_mode}",
            f"RuntimeDirectory={self.name}",
            "RuntimeDirectoryMode=0750",
            # What a failing card did not take is there for the start after this one.
            "RuntimeDirectoryPreserve=restart",
            # What a service writes and sends is Vietnamese, whatever language the machine was installed in.
            f"Environment=PYTHONUNBUFFERED=1 LANGSO_ASSETS={PROGRAMS}/assets LANGSO_LANGUAGE=vi",
            # What programs put aside while they work, papers being read too, is in memory and gone with the service.
            f"Environment=TMPDIR=/run/{self.name}",
            # lgpio lays pipes into its working folder; where it may not write it cannot even be imported.
            *([f"Environment=LG_WD=/run/{self.name}"] if self.pins else []),
            "UMask=0077",
            "LimitCORE=0",
            # A crowd has many threads take memory: what they give back is kept by as many arenas as there are.
            *(["LimitNOFILE=65536", "Environment=MALLOC_ARENA_MAX=2"] if self.many else []),
            # A visit for which memory runs out is ended alone; the service goes on and says so to its visitor.
            *(["MemorySwapMax=0", "OOMPolicy=continue"] if self.visitors else []),
            *_HARDENING,
            # gpiozero reads from /proc/device-tree which board it is on.
            *([] if self.pins else ["ProcSubset=pid"]),
            *self._devices(),
            *self._network(),
            *([] if self.jit else ["MemoryDenyWriteExecute=yes"]),
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        ]
        return "\n".join(lines)

    def _devices(self) -> list[str]:
        if not self.devices:
            return ["PrivateDevices=yes", "DevicePolicy=closed"]
        return ["DevicePolicy=closed", *(f"DeviceAllow={device} rw" for device in self.devices)]

    def _network(self) -> list[str]:
        if self.network:
            # Netlink tells which addresses there are (mDNS) and what was plugged in (udev).
            return ["RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK"]
        return ["PrivateNetwork=yes", "IPAddressDeny=any", "RestrictAddressFamilies=AF_UNIX"]


@dataclass(frozen=True)
class Socket:
    """One socket unit: a TCP port on all addresses, handed to `service` when it starts. For ports below 1024: under
    PrivateUsers= no capability of its own would do.
    """

    name: str
    description: str
    service: str
    port: int

    @property
    def file_name(self) -> str:
        """`langso-office-https.socket` and the like."""
        return f"{self.name}.socket"

    def text(self) -> str:
        """The whole unit file."""
        return "\n".join(
            [
                "# Comes with langso; put another port into a drop-in (systemctl edit) and into [office].",
                "[Unit]",
                f"Description={self.description}",
                f"ConditionPathExists={SETTINGS}",
                "",
                "[Socket]",
                f"ListenStream={self.port}",
                f"Service={self.service}.service",
                "Backlog=128",
                "NoDelay=yes",
                "",
                "[Install]",
                "WantedBy=sockets.target",
                "",
            ]
        )


_HARDENING = (
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "ProtectProc=invisible",
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

_LANGSO = f"{PROGRAMS}/venv/bin/langso"
_SERIAL = ("char-ttyAMA", "char-ttyUSB", "char-ttyACM", "char-ttyS")
_PINS = ("char-gpiochip",)
_CAMERA = ("char-video4linux", "char-media", "char-dma_heap", "char-vchiq")


def units_of(role: str) -> tuple[ServiceUnit, ...]:
    """The services of one role: speaker, kiosk or office. Raises KeyError for another."""
    return _UNITS[role]


def sockets_of(role: str) -> tuple[Socket, ...]:
    """The socket units of a role: of the office two, a port each, so that one that is taken leaves the other."""
    return _SOCKETS if role == "office" else ()


_UNITS: dict[str, tuple[ServiceUnit, ...]] = {
    "speaker": (
        ServiceUnit(
            name="langso-speaker",
            description="Làng Số loudspeaker",
            user="langso-speaker",
            command=f"{_LANGSO} speaker run --settings {SETTINGS}",
            # A number pad for the PIN of the talk key.
            devices=("char-alsa", "char-input", *_SERIAL, *_PINS),
            hardware_groups=("audio", "input", "dialout", "gpio"),
            after=("time-sync.target", "sound.target"),
            watchdog_s=30,
            pins=True,
        ),
    ),
    "kiosk": (
        ServiceUnit(
            name="langso-kiosk",
            description="Làng Số kiosk",
            user="langso-kiosk",
            command=f"{_LANGSO} kiosk run --settings {SETTINGS}",
            devices=("char-drm", "char-input", "char-alsa", *_CAMERA, *_SERIAL, *_PINS),
            hardware_groups=("video", "render", "input", "audio", "dialout", "gpio"),
            # Somebody stands before it.
            restart_s=1,
            watchdog_s=30,
            # Mesa's software renderer compiles shaders to machine code.
            jit=True,
            visitors=True,
            pins=True,
        ),
    ),
    "office": (
        ServiceUnit(
            name="langso-broker",
            description="Làng Số message broker (Mosquitto)",
            user="langso-broker",
            # Mosquitto feeds no watchdog itself.
            command=f"{PROGRAMS}/venv/bin/python -I -m deploy.broker_watch"
            " /usr/sbin/mosquitto -c /etc/langso/broker/mosquitto.conf",
            watchdog_s=60,
            needs=BROKER_CERTIFICATE,
            many=True,
            # A machine that was renamed or got another address is certified for that before devices come.
            prepare=f"{_LANGSO} pair broker --no-reload --settings {SETTINGS}",
            # It reads renewed certificates on SIGHUP, without letting a device go.
            # The shell's own kill: a bare Debian has no other (procps).
            reload="/bin/sh -c 'kill -HUP $MAINPID'",
        ),
        ServiceUnit(
            name="langso-signer",
            description="Làng Số signer",
            user="langso-signer",
            command=f"{_LANGSO} office signer --settings {SETTINGS}",
            network=False,
            # It reads trust, root and devices in the office's folder; the office reads nothing in the signer's.
            groups=("langso-office",),
            watchdog_s=30,
        ),
        ServiceUnit(
            name="langso-office",
            description="Làng Số office console",
            user="langso-office",
            command=f"{_LANGSO} office web --settings {SETTINGS}",
            groups=("langso-signer",),
            state_mode="0750",
            many=True,
            after=("langso-broker.service", "langso-signer.service"),
            sockets=("langso-office-https.socket", "langso-office-http.socket"),
            # One round may ask the signer several times, ten seconds each while that is away.
            watchdog_s=120,
            # cffi's callbacks and argon2 need no writable code; ffmpeg, its child, does on some CPUs.
            jit=True,
        ),
    ),
}
_SOCKETS = (
    Socket("langso-office-https", "Làng Số office console, https", "langso-office", 443),
    Socket("langso-office-http", "Làng Số office console, certificate page and media", "langso-office", 80),
)
ROLES = tuple(_UNITS)
