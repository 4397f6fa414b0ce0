"""Settings of the machine itself beside our services: journal, watchdog, clock, owners of pins, accounts, folders."""

from __future__ import annotations

from deploy.install.units import ServiceUnit, units_of

WATCHDOG_S = 14
"""Older Pi kernels take no more than 15 and ignore what is longer."""

_JOURNAL_MB = {"office": 500, "speaker": 100, "kiosk": 100}


def journal(role: str) -> str:
    """The journal outlives a power cut, so that a crash loop can be read; it never fills the card."""
    return f"""# Part of Làng Số.
[Journal]
Storage=persistent
SystemMaxUse={_JOURNAL_MB[role]}M
SystemKeepFree=300M
RuntimeMaxUse=32M
MaxRetentionSec=3month
"""


def hardware_watchdog() -> str:
    """The board restarts itself when systemd hangs; where it has no watchdog this changes nothing."""
    return f"""# Part of Làng Số.
[Manager]
RuntimeWatchdogSec={WATCHDOG_S}s
"""


def kernel() -> str:
    """The kernel restarts after a panic: nobody is there to press the button."""
    return """# Part of Làng Số.
kernel.panic = 10
"""


BOARD_CABLES = (
    ("2e8a", "0005"),
    ("0403", "6001"),
    ("0403", "6015"),
    ("10c4", "ea60"),
    ("1a86", "7523"),
    ("067b", "2303"),
)
"""USB (vendor, product) of what a board's cable ends in: a Pico, and the common chips FTDI, CP210x, CH340, PL2303.
None of them is a modem's own; a USB modem is left to whoever manages it.
"""


def clock(role: str) -> str:
    """chrony: steps as it starts (boards without a battery begin years ago), after that no leap is followed.

    A source that lies later is ignored until the machine starts anew; broadcasts judge the clock for themselves. The
    office gives time to its own network, its own clock's where there is no internet.
    """
    lines = [
        "# Part of Làng Số. Other sources: /etc/chrony/sources.d/*.sources",
        "makestep 1 3",
        "maxchange 120 3 -1",
        "rtcsync",
    ]
    if role == "office":
        lan = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
        lines += [*(f"allow {network}" for network in lan), "local stratum 10"]
    return "\n".join([*lines, ""])


def device_owners(role: str) -> str:
    """udev rules that Raspberry Pi OS has and Debian lacks: camera memory and pins belong to groups; and what keeps
    other programs from the board's cable; "" for none.
    """
    lines = []
    if role == "kiosk":
        lines.append('SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"')
    if role in ("kiosk", "speaker"):
        lines.append('SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"')
        # A modem manager that asks the board for a telephone takes its answers away, and may key what hangs on it.
        lines += [
            f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{product}", '
            f'ENV{{ID_MM_DEVICE_IGNORE}}="1", ENV{{ID_MM_PORT_IGNORE}}="1", SYMLINK+="langso-board"'
            for vendor, product in BOARD_CABLES
        ]
    return "\n".join(["# Part of Làng Số.", *lines, ""]) if lines else ""


def no_second_broker() -> str:
    """Debian starts a broker of its own beside ours, which nobody watches: it runs only where a person gave it
    settings.
    """
    return """# Part of Làng Số.
[Unit]
ConditionPathExistsGlob=/etc/mosquitto/conf.d/*.conf
"""


def accounts(role: str) -> str:
    """sysusers: a user a service. Hardware's groups come as memberships: one that is missing is made, and one that is
    deleted later stops no unit.
    """
    lines = ["# Part of Làng Số."]
    lines += [f'u {unit.user} - "Làng Số" {_state(unit)} /usr/sbin/nologin' for unit in units_of(role)]
    # What a service shares by its unit, the commands run as its user share too.
    lines += [f"m {unit.user} {group}" for unit in units_of(role) for group in unit.hardware_groups + unit.groups]
    return "\n".join([*lines, ""])


def folders(role: str) -> str:
    """tmpfiles: state folders with their owners, there before the first start: set-up and pairing write into them."""
    lines = ["# Part of Làng Số.", "d /etc/langso 0755 root root -", "d /etc/langso/firewall.d 0755 root root -"]
    for unit in units_of(role):
        lines.append(f"d {_state(unit)} {unit.state_mode} {unit.user} {unit.user} -")
        if unit.name == "langso-broker":
            lines.append(f"d /etc/langso/broker 0750 {unit.user} {unit.user} -")
    return "\n".join([*lines, ""])


def _state(unit: ServiceUnit) -> str:
    return f"/var/lib/{unit.name}"
