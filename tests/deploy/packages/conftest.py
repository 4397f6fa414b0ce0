"""A made machine with a stick in it, for what installs from sticks: only dpkg and apt are stand-ins."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "deploy/packages/cai-dat.sh"
OFFERED = "0.1.0+git20261201.gabc~deb12"
NEEDS = [name for name in ("gpg", "gpgv", "dpkg", "flock") if shutil.which(name) is None]

APT_GET = """#!/bin/sh
echo "$*" >> "$LOG/apt"
locked() { echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)"; exit 100; }
case "$*" in
    *Lock::Timeout=0*) [ ! -e "$LOG/apt-is-busy" ] || locked ;;
    *Lock::Timeout=300*) [ ! -e "$LOG/apt-stays-busy" ] || locked ;;
esac
case "$*" in
    *update*) [ ! -e "$LOG/fail-update" ] || { echo "E: no list"; exit 100; } ;;
    *--simulate*) cat "$LOG/simulated" ;;
    *--download-only*) [ ! -e "$LOG/fail-download" ] || { echo "E: Hash Sum mismatch"; exit 100; } ;;
    *--no-download*)
        cp "$LOG/stick/langso/bookworm/langso-office.deb" \\
            "$LANGSO_INSTALL_ROOT/var/cache/langso/apt/langso-office_1_amd64.deb"
        ;;
esac
"""
DPKG = """#!/bin/sh
case "$1" in
    --print-architecture) cat "$LOG/architecture" ;;
    --compare-versions) exec REAL "$@" ;;
    *) echo "$*" >> "$LOG/dpkg" ;;
esac
"""
DPKG_QUERY = """#!/bin/sh
case "$*" in *Eflag*) exec cat "$LOG/torn" ;; esac
eval package=\\${$#}
grep "^$package " "$LOG/installed" | cut -d' ' -f2- | grep . || exit 1
"""


@dataclass(frozen=True)
class Key:
    """A signing key in a home of its own."""

    home: Path
    fingerprint: str

    def gpg(self, *words: str) -> bytes:
        command = ["gpg", "--quiet", "--batch", "--homedir", str(self.home), *words]
        return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Key, Key]]:
    if NEEDS:
        pytest.skip(f"not installed here: {NEEDS}")
    made = []
    for name in ("one", "two"):
        # Short: gpg's agent listens in it, and a socket's path has a limit.
        home = tmp_path_factory.mktemp(name, numbered=False)
        home.chmod(0o700)
        bare = Key(home, "")
        bare.gpg("--passphrase", "", "--quick-generate-key", f"Stick {name}", "ed25519", "sign", "never")
        listed = bare.gpg("--list-secret-keys", "--with-colons").decode()
        found = re.search(r"^fpr:*([0-9A-F]{40}):", listed, re.M)
        assert found
        made.append(Key(home, found[1]))
    yield made[0], made[1]
    for key in made:
        subprocess.run(["gpgconf", "--homedir", str(key.home), "--kill", "all"], check=False)


@dataclass
class Machine:
    """A made machine: what dpkg says of it, and a stick in it."""

    root: Path
    key: Key
    log: Path
    stick: Path
    made: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=5))
    valid: timedelta = timedelta(days=700)
    architecture: str = "amd64"
    offered: str = OFFERED
    user: int = 0

    @property
    def suite(self) -> Path:
        return self.stick / "bookworm"

    def lay(self, key: Key | None = None) -> None:
        """Writes the stick, signed."""
        key = key or self.key
        shutil.rmtree(self.stick, ignore_errors=True)
        self.suite.mkdir(parents=True)
        shutil.copy(SCRIPT, self.stick)
        (self.stick / "khoa.gpg").write_bytes(key.gpg("--export", key.fingerprint))
        (self.suite / "langso-office.deb").write_bytes(b"deb")
        packages = "\n".join(
            f"Package: {name}\nArchitecture: {self.architecture}\nVersion: {self.offered}\nSize: 1000\n"
            f"Installed-Size: 10\nFilename: bookworm/{name}.deb\n"
            for name in ("langso-office", "langso-speaker")
        )
        (self.suite / "Packages").write_text(packages, encoding="utf-8")
        digest = hashlib.sha256(packages.encode()).hexdigest()
        release = self.log / "Release"
        stamps = (f"{moment:%a, %d %b %Y %H:%M:%S} +0000" for moment in (self.made, self.made + self.valid))
        release.write_text(
            "Codename: bookworm\nDate: {}\nValid-Until: {}\nSHA256:\n {} {} Packages\n".format(
                *stamps, digest, len(packages)
            ),
            encoding="utf-8",
        )
        signed = self.suite / "InRelease"
        signed.unlink(missing_ok=True)
        key.gpg("--local-user", key.fingerprint, "--output", str(signed), "--clearsign", str(release))

    def installed(self, *lines: str) -> None:
        """What dpkg-query knows: `langso-office installed 1.0`."""
        (self.log / "installed").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        (self.log / "architecture").write_text(self.architecture + "\n", encoding="utf-8")
        tools = self.log / "bin"
        tools.mkdir(exist_ok=True)
        real = shutil.which("dpkg") or ""
        stand_ins = {
            "apt-get": APT_GET,
            "apt-cache": "#!/bin/sh\n",
            "dpkg": DPKG.replace("REAL", real),
            "dpkg-query": DPKG_QUERY,
            "id": f"#!/bin/sh\necho {self.user}\n",
            "dpkg-deb": "#!/bin/sh\ncat $2\n",
        }
        for name, text in stand_ins.items():
            (tools / name).write_text(text, encoding="utf-8")
            (tools / name).chmod(0o755)
        variables = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "LOG": str(self.log),
            "LANGSO_INSTALL_ROOT": str(self.root),
            "HOME": str(self.log),
        }
        script = self.stick / "cai-dat.sh"
        return subprocess.run(
            ["sh", str(script if script.exists() else SCRIPT), "--stick", str(self.stick), *words],
            env=variables,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def refuses(self, *words: str, says: str, typed: str = "") -> None:
        """Ends with a sentence that has `says` in it, and nothing was installed or downloaded."""
        done = self.run(*words, typed=typed)
        assert done.returncode == 1, done.stdout + done.stderr
        assert says in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) <= 2, done.stderr
        assert not self.changed()

    def changed(self) -> list[str]:
        """What apt was asked to put on the machine."""
        file = self.log / "apt"
        calls = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [call for call in calls if "download" in call]

    def known(self) -> bool:
        return (self.root / "etc/langso/keyring/stick.gpg").is_file()

    @property
    def trusting(self) -> tuple[str, str, str]:
        """The words of an unattended first installation."""
        return "office", "--fingerprint", self.key.fingerprint


@pytest.fixture
def machine(tmp_path: Path, keys: tuple[Key, Key]) -> Machine:
    root, log = tmp_path / "root", tmp_path / "log"
    (root / "etc").mkdir(parents=True)
    log.mkdir()
    (root / "etc/os-release").write_text(
        'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n', encoding="utf-8"
    )
    (log / "simulated").write_text("Inst langso-office (1 Làng Số [amd64])\n", encoding="utf-8")
    made = Machine(root, keys[0], log, log / "stick/langso")
    made.installed()
    made.lay()
    return made
