"""The firewall between two machines that are network namespaces: what a role needs comes in, nothing else does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.install import firewall
from deploy.install.units import ROLES, sockets_of

# Listens on every port named, then says so; TCP answers by accepting, UDP by echoing.
LISTEN = """
import select, socket, sys
socks = []
for port in map(int, sys.argv[1].split(",")):
    tcp = socket.create_server(("10.77.0.1", port))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(("10.77.0.1", port))
    socks += [tcp, udp]
print("ready", flush=True)
while True:
    for sock in select.select(socks, [], [])[0]:
        if sock.type == socket.SOCK_STREAM:
            sock.accept()[0].close()
        else:
            data, who = sock.recvfrom(100); sock.sendto(data, who)
"""
# Which of the ports answer, as "tcp:22 udp:123".
ASK = """
import select, socket, sys
ports, source = [int(port) for port in sys.argv[1].split(",")], (sys.argv[2], 0)
waiting = {}
for port in ports:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(source)
    udp.connect(("10.77.0.1", port)); udp.send(b"?")
    tcp = socket.socket(); tcp.bind(source); tcp.setblocking(False); tcp.connect_ex(("10.77.0.1", port))
    waiting |= {udp: f"udp:{port}", tcp: f"tcp:{port}"}
found = set()
for _ in range(2 * len(waiting)):
    reads = [s for s in waiting if s.type == socket.SOCK_DGRAM and waiting[s] not in found]
    writes = [s for s in waiting if s.type == socket.SOCK_STREAM and waiting[s] not in found]
    r, w, _ = select.select(reads, writes, [], 0.6)
    if not r and not w:
        break
    good = [s for s in w if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0]
    found |= {waiting[s] for s in r + good}
print(*sorted(found))
"""

# How many of 230 connections to a port are let in while all are held.
HOLD = """
import socket, sys
held = []
for _ in range(230):
    try:
        held.append(socket.create_connection(("10.77.0.1", int(sys.argv[1])), 1, (sys.argv[2], 0)))
    except OSError:
        pass
print(len(held))
"""
# Accepts and keeps.
KEEP = """
import socket
with socket.create_server(("10.77.0.1", 8883), backlog=512) as door:
    print("ready", flush=True)
    held = []
    while True:
        held.append(door.accept())
"""


@pytest.fixture
def machines() -> Iterator[tuple[str, str]]:
    """The names of two namespaces joined by a wire, 10.77.0.1 and 10.77.0.2."""
    if os.geteuid() != 0 or not (shutil.which("nft") and shutil.which("ip")):
        pytest.skip("needs root, nft and ip (apt install nftables iproute2)")
    here, there = f"ls{os.getpid()}a", f"ls{os.getpid()}b"
    wire = ["ip", "link", "add", "w0", "netns", here, "type", "veth", "peer", "name", "w0", "netns", there]
    try:
        if any(subprocess.run(["ip", "netns", "add", name], check=False).returncode for name in (here, there)):
            pytest.skip("this machine lets nobody make network namespaces")
        subprocess.run(wire, check=True)
        for name, address in ((here, "10.77.0.1/24"), (there, "10.77.0.2/24")):
            for command in ("address add " + address + " dev w0", "link set w0 up", "link set lo up"):
                subprocess.run(["ip", "-n", name, *command.split()], check=True)
        # The other has an address of the internet too.
        for name, words in ((here, "route add 203.0.113.0/24 dev w0"), (there, "address add 203.0.113.2/24 dev w0")):
            subprocess.run(["ip", "-n", name, *words.split()], check=True)
        yield here, there
    finally:
        for name in (here, there):
            subprocess.run(["ip", "netns", "delete", name], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture
def load(machines: tuple[str, str], tmp_path: Path) -> Callable[..., None]:
    """`load(role, local="", sshd="")`: as the service does, with a technician's rules and ssh settings."""

    def do(role: str, *, local: str = "", sshd: str = "") -> None:
        rules, own = tmp_path / "firewall.nft", tmp_path / "firewall.d"
        own.mkdir(exist_ok=True)
        (own / "own.nft").unlink(missing_ok=True)
        if local:
            (own / "own.nft").write_text(local, encoding="utf-8")
        (tmp_path / "ssh").mkdir(exist_ok=True)
        (tmp_path / "ssh/sshd_config").write_text(sshd, encoding="utf-8")
        rules.write_text(firewall.rules(role).replace(firewall.LOCAL_RULES, str(own)), encoding="utf-8")
        # A bare Debian has no names of protocols and services.
        bare = "mount --bind /dev/null /etc/protocols; mount --bind /dev/null /etc/services\n"
        script = bare + firewall.loader().replace("/etc/ssh/", f"{tmp_path}/ssh/")
        subprocess.run(
            ["ip", "netns", "exec", machines[0], "/bin/sh", "-c", script, "load", str(rules)],
            check=True,
            capture_output=True,
        )

    return do


@pytest.fixture
def answering(machines: tuple[str, str]) -> Iterator[Callable[..., set[str]]]:
    """What of a number of ports answers the other machine, at the address it comes from."""
    ports = "22,80,123,443,2222,3333,4444,5353,8080,8443,8883,9999"
    server = subprocess.Popen(
        ["ip", "netns", "exec", machines[0], sys.executable, "-c", LISTEN, ports], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"

    def ask(source: str = "10.77.0.2") -> set[str]:
        command = ["ip", "netns", "exec", machines[1], sys.executable, "-c", ASK, ports, source]
        return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())

    yield ask
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.mark.parametrize(
    ("role", "open_ports"),
    [
        ("office", {"tcp:22", "tcp:80", "tcp:443", "tcp:8443", "tcp:8883", "udp:123", "udp:5353"}),
        ("speaker", {"tcp:22", "udp:5353"}),
        ("kiosk", {"tcp:22", "udp:5353"}),
    ],
)
def test_only_what_a_role_needs_is_answered(
    role: str, open_ports: set[str], load: Callable[..., None], answering: Callable[[], set[str]]
) -> None:
    assert len(answering()) == 24, "all is open before"
    load(role)
    load(role)
    assert answering() == open_ports


def test_the_console_is_for_the_communes_own_networks(
    load: Callable[..., None], answering: Callable[..., set[str]]
) -> None:
    load("office")
    assert answering("203.0.113.2") == {"tcp:22", "tcp:8443", "tcp:8883", "udp:5353"}


def test_one_address_cannot_take_all_connections(machines: tuple[str, str], load: Callable[..., None]) -> None:
    load("office")
    here, there = (["ip", "netns", "exec", name, sys.executable, "-c"] for name in machines)
    keeper = subprocess.Popen([*here, KEEP], stdout=subprocess.PIPE)
    try:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"ready\n"
        hold = [*there, HOLD, "8883"]
        first = subprocess.Popen([*hold[:-1], "8883", "10.77.0.2"], stdout=subprocess.PIPE, text=True)
        second = subprocess.run([*hold, "203.0.113.2"], check=True, capture_output=True, text=True)
        assert int(first.communicate()[0]) == firewall.FROM_ONE
        assert int(second.stdout) == firewall.FROM_ONE
    finally:
        keeper.kill()
        keeper.communicate()


def test_ssh_is_never_locked_out_whatever_its_port(
    load: Callable[..., None], answering: Callable[[], set[str]]
) -> None:
    load(
        "speaker", sshd="#Port 9999\nPort 2222\n  port=3333\nListenAddress 0.0.0.0:4444\nPort x\nPort 0\nPort 70000\n"
    )
    assert answering() == {"tcp:22", "tcp:2222", "tcp:3333", "tcp:4444", "udp:5353"}


def test_a_technicians_rule_is_kept_and_a_bad_one_leaves_what_was_loaded(
    load: Callable[..., None], answering: Callable[[], set[str]]
) -> None:
    load("speaker", local="tcp dport 9999 accept\n")
    assert answering() == {"tcp:22", "tcp:9999", "udp:5353"}
    with pytest.raises(subprocess.CalledProcessError):
        load("speaker", local="tcp dport rubbish accept\n")
    assert answering() == {"tcp:22", "tcp:9999", "udp:5353"}


def test_a_technicians_own_tables_stay(machines: tuple[str, str], load: Callable[..., None]) -> None:
    def nft(*words: str) -> str:
        command = ["ip", "netns", "exec", machines[0], "nft", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    nft("add", "table", "inet", "filter")
    load("kiosk")
    assert nft("list", "tables").split("\n")[:2] == ["table inet filter", f"table {firewall.TABLE}"]


def test_the_service_runs_again_after_nftables_which_flushes_everything() -> None:
    text = firewall.service()
    assert "RemainAfterExit" not in text, "an active unit would not be started again"
    assert "WantedBy=multi-user.target nftables.service" in text
    assert "After=local-fs.target nftables.service" in text


def test_the_ports_that_systemd_opens_for_the_console_are_let_in() -> None:
    assert {socket.port for socket in sockets_of("office")} == set(firewall.CONSOLE)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_open_for_a_moment(role: str) -> None:
    """One file is one transaction: the old table goes and the new one comes together."""
    assert firewall.rules(role).count("delete table") == 1
    assert "flush ruleset" not in firewall.rules(role)
