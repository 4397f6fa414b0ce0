"""What may come in over the network: a table of our own beside whatever else a technician loads into nftables."""

from __future__ import annotations

from deploy.install.units import PROGRAMS

TABLE = "inet langso"
RULES = f"{PROGRAMS}/firewall.nft"
LOADER = f"{PROGRAMS}/firewall.sh"
LOCAL_RULES = "/etc/langso/firewall.d"
SERVICE = "langso-firewall.service"
WATCHER = "langso-firewall.path"

CONSOLE = (80, 443)
"""Guide and media in clear, the console's pages: for the commune's own networks."""
DEVICES = (8443, 8883)
"""Media and dossiers of devices, the broker: devices far away come over the internet, each with its certificate."""
FROM_ONE = 200
"""Connections that one address may hold; one PC with a thousand silent ones had kept everybody else out."""
_LAN4 = "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 }"
_LAN6 = "{ fc00::/7, fe80::/10 }"


def rules(role: str) -> str:
    """The role's table, loaded as a whole: nothing is open for a moment, and loading it twice changes nothing.

    `$ssh_ports` is given by the loader.
    """
    own, sets = [], []
    if role == "office":
        # The devices' clock where there is no internet.
        for kind, lan in (("ip", _LAN4), ("ip6", _LAN6)):
            own.append(f"\t\t{kind} saddr {lan} udp dport 123 accept")
        every = _listed(CONSOLE + DEVICES)
        for kind, typed in (("ip", "ipv4_addr"), ("ip6", "ipv6_addr")):
            sets.append(f"\tset holding_{kind} {{ type {typed}; size 65535; flags dynamic; }}")
            counted = f"add @holding_{kind} {{ {kind} saddr ct count over {FROM_ONE} }}"
            own.append(f"\t\ttcp dport {every} ct state new {counted} reject with tcp reset")
        for kind, lan in (("ip", _LAN4), ("ip6", _LAN6)):
            own.append(f"\t\t{kind} saddr {lan} tcp dport {_listed(CONSOLE)} accept")
        own.append(f"\t\ttcp dport {_listed(DEVICES)} accept")
    return "\n".join(
        [
            f"# Part of Làng Số. Rules of your own: {LOCAL_RULES}/*.nft, then: systemctl start {SERVICE}",
            f"table {TABLE}",
            f"delete table {TABLE}",
            f"table {TABLE} {{",
            *sets,
            "\tchain input {",
            "\t\ttype filter hook input priority filter; policy drop;",
            '\t\tiif "lo" accept',
            "\t\tct state established,related accept",
            "\t\ttcp dport $ssh_ports accept",
            # ICMP, IGMP, ICMPv6: by number, for a bare Debian has no list of names (netbase).
            "\t\tmeta l4proto { 1, 2, 58 } accept",
            "\t\tct state invalid drop",
            "\t\tudp sport 67 udp dport 68 accept",
            "\t\tip6 saddr fe80::/10 udp dport 546 accept",
            "\t\tudp dport 5353 accept",
            *own,
            f'\t\tinclude "{LOCAL_RULES}/*.nft"',
            "\t}",
            "}",
            "",
        ]
    )


def _listed(ports: tuple[int, ...]) -> str:
    return f"{{ {', '.join(map(str, ports))} }}"


def loader() -> str:
    """The program that loads the table, with 22 open and whatever other ports this machine's sshd is told to use."""
    return f"""#!/bin/sh
# Part of Làng Số: loads {RULES}. No port that ssh listens on may ever be shut from far away.
set -eu
ports=22
for port in $(cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf /etc/systemd/system/ssh.socket.d/*.conf \\
        2>/dev/null | sed -n \\
        -e 's/^[[:space:]]*[Pp][Oo][Rr][Tt][[:space:]=]\\{{1,\\}}\\([0-9]\\{{1,5\\}}\\)[[:space:]]*$/\\1/p' \\
        -e 's/^[[:space:]]*[Ll]isten[Aa]ddress[[:space:]=].*:\\([0-9]\\{{1,5\\}}\\)[[:space:]]*$/\\1/p' \\
        -e 's/^[[:space:]]*ListenStream=\\(.*:\\)\\{{0,1\\}}\\([0-9]\\{{1,5\\}}\\)[[:space:]]*$/\\2/p'); do
    if [ "$port" -ge 1 ] && [ "$port" -le 65535 ]; then ports="$ports, $port"; fi
done
exec /usr/sbin/nft -D "ssh_ports={{ $ports }}" -f "${{1:-{RULES}}}"
"""


def service() -> str:
    """A oneshot that does not stay active: whoever starts it again (nftables.service too, which flushes everything)
    loads the table again.
    """
    return f"""# Part of Làng Số; put changes into a drop-in (systemctl edit).
[Unit]
Description=Làng Số firewall
DefaultDependencies=no
After=local-fs.target nftables.service
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target
ConditionCapability=CAP_NET_ADMIN
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/bin/sh {LOADER}
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target nftables.service
"""


def watcher() -> str:
    """Loads the table again when ssh is told another port, or a rule is added."""
    return f"""# Part of Làng Số.
[Unit]
Description=Làng Số firewall follows the settings of ssh

[Path]
PathChanged=/etc/ssh/sshd_config
PathChanged=/etc/ssh/sshd_config.d
PathChanged=/etc/systemd/system/ssh.socket.d
PathChanged={LOCAL_RULES}
Unit={SERVICE}

[Install]
WantedBy=multi-user.target
"""
