"""Fixtures for every folder: a private Mosquitto, a certificate authority, a free port, the shared material."""

from __future__ import annotations

import contextlib
import gc
import getpass
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
# What all tests share: `from waiting import until`, `import founded`, …
sys.path.insert(0, str(ROOT / "tests/shared"))
# Tests compare Vietnamese sentences, whatever language this machine speaks.
os.environ["LANGSO_LANGUAGE"] = "vi"
# Several tests run at once: threads within one for matrices, pictures and screens drawn without a graphics card would
# only wait for each other. (`langso` itself sets the first.)
for threads in ("OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("LP_NUM_THREADS", "0")
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")

MEMORY = Path("/dev/shm")
ROOM = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Tests' folders lie in memory where there is room: durable writes wait for the disk, thousands of times. What is
    asked of them (a killed process, a torn file) is the same there. `--basetemp` and the boot tests have a disk.
    """
    if not config.getoption("basetemp") and "LANGSO_BOOT" not in os.environ and _has_room(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    # 200 ms for an example is a bound of wall time: on a busy machine any one is over it now and then.
    settings.register_profile("busy", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Beside one another, the longest files go first: no worker is left alone with one at the end."""
    import longest_first

    if "PYTEST_XDIST_WORKER" in os.environ:
        longest_first.arrange(items)


def pytest_collection_finish() -> None:
    """What is loaded by now stays loaded: collections, of which some tests make hundreds, need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """So does what a file's tests have loaded, once they are over."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Tests that ask for milliseconds are tried again where the machine was late."""
    import real_time

    return real_time.run(item, nextitem)


def _has_room(folder: Path) -> bool:
    """Whether programs may run there and neither it nor the memory fills up."""
    try:
        place = os.statvfs(folder)
        memory = Path("/proc/meminfo").read_text(encoding="utf-8")
    except OSError:
        return False
    (available,) = (int(line.split()[1]) << 10 for line in memory.splitlines() if line.startswith("MemAvailable:"))
    return not place.f_flag & os.ST_NOEXEC and min(place.f_bavail * place.f_frsize, available) > ROOM


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The material kept beside the checkout (vectors, photographs); skips where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the shared material beside the checkout (../shared), which is absent here")
    return folder


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Call it for a TCP port of 127.0.0.1 that nobody listens on now."""
    return _free_port


def _free_port() -> int:
    """Below those that the kernel gives away: nobody's connection takes it before somebody listens there."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    while True:
        port = first - 1 - secrets.randbelow(12_000) if first > 20_000 else 0
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])


class Authority:
    """A certificate authority of its own; ``issue`` writes NAME.pem and NAME.key beside ``ca``."""

    def __init__(self, folder: Path, name: str = "Xã thử") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ca = folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.ca.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        name: str,
        *,
        server: bool = False,
        hosts: tuple[str, ...] = ("localhost", "127.0.0.1"),
        days: tuple[int, int] = (-1, 30),
    ) -> tuple[Path, Path]:
        """(certificate, key) for ``name``, valid from ``days[0]`` to ``days[1]`` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if server:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        signed = builder.sign(self._key, hashes.SHA256())
        certificate_path, key_path = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate_path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        key_path.chmod(0o600)
        return certificate_path, key_path


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Broker:
    """A private Mosquitto on 127.0.0.1: ``port``; start, kill (no goodbye) and start again at the same port.

    With an ``authority`` it speaks TLS only and wants client certificates; their name is the user and the client id.
    """

    def __init__(self, folder: Path, *, authority: Authority | None = None, extra: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.host = "127.0.0.1"
        self.port = _free_port()
        self.authority = authority
        self._process: subprocess.Popen[bytes] | None = None
        # Persisted at once: by default a killed Mosquitto forgets everything since the last half hour.
        lines = [
            f"user {getpass.getuser()}",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            f"listener {self.port} 127.0.0.1",
            "set_tcp_nodelay true",
        ]
        if authority is None:
            lines.append("allow_anonymous true")
        else:
            certificate, key = authority.issue("broker", server=True)
            lines += [
                f"cafile {authority.ca}",
                f"certfile {certificate}",
                f"keyfile {key}",
                "require_certificate true",
                "use_identity_as_username true",
                "use_username_as_clientid true",
            ]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join([*lines, extra, ""]))

    def config(self) -> str:
        """The mosquitto.conf of the next start."""
        return self._config.read_text()

    def configure(self, text: str) -> None:
        """Another mosquitto.conf for the next start, with the same port."""
        self._config.write_text(text)

    def start(self) -> Broker:
        """Runs and waits until it listens."""
        from brokers import listens

        assert MOSQUITTO is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)], stdout=log, stderr=log)
        if not listens(self._process, self.host, self.port):
            self.kill()
            raise RuntimeError(f"mosquitto did not start:\n{self.log()}")
        return self

    def stop(self) -> None:
        """Ends it as an administrator does."""
        from brokers import end_broker

        if self._process is not None:
            end_broker(self._process)
            self._process = None

    def kill(self) -> None:
        """Ends it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    def freeze(self) -> None:
        """Stops answering without closing anything, as a line behind a dead modem does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answers again after freeze()."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def log(self) -> str:
        """What it has written so far."""
        return (self.folder / "mosquitto.log").read_text(errors="replace")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A certificate authority made for this test: ``.ca``, ``.issue(name)`` -> (certificate, key)."""
    return Authority(tmp_path / "authority")


@pytest.fixture
def other_authority(tmp_path: Path) -> Authority:
    """A second one, that nobody of the first knows."""
    return Authority(tmp_path / "other-authority", "Xã khác")


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    """Factory of private brokers: ``make_broker(authority=..., extra="acl_file ...")``, not yet started."""
    if MOSQUITTO is None:
        pytest.skip("needs mosquitto (apt install mosquitto)")
    made: list[Broker] = []

    def make(*, authority: Authority | None = None, extra: str = "") -> Broker:
        broker = Broker(tmp_path / f"broker{len(made)}", authority=authority, extra=extra)
        made.append(broker)
        return broker

    yield make
    for broker in made:
        broker.kill()


@pytest.fixture
def broker(make_broker: Callable[..., Broker]) -> Broker:
    """A private broker without TLS, started: ``.host``, ``.port``, ``.kill()``, ``.start()``."""
    return make_broker().start()


@pytest.fixture
def tls_broker(make_broker: Callable[..., Broker], authority: Authority) -> Broker:
    """A private broker with TLS that wants certificates of ``authority``, started."""
    return make_broker(authority=authority).start()
