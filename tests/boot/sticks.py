"""The technician's stick, made as a technician makes it: packages of this commit, Debian's beside them, signed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROLES = ("office", "speaker", "kiosk")
NOT_PACKED = ("tests", "docs", "README.md", "CONTRIBUTING.md", ".ci", "Makefile")


def signing_key(home: Path) -> str:
    """A signing key without passphrase for these tests only, made in `home` where there is none; its fingerprint."""
    gpg = ("gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "")

    def listed() -> list[str]:
        said = subprocess.run(
            [*gpg, "--list-secret-keys", "--with-colons"], check=True, capture_output=True, text=True
        )
        return [line.split(":")[9] for line in said.stdout.splitlines() if line.startswith("fpr:")]

    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not listed():
        subprocess.run([*gpg, "--quick-gen-key", "Làng Số boot test", "ed25519", "sign", "10y"], check=True)
    return listed()[0]


class InstallStick:
    """`folder`: where sticks of this run lie, one a version."""

    def __init__(self, checkout: Path, release: str, key: str, folder: Path) -> None:
        self._checkout = checkout
        self.release = release
        self.key = key
        self.folder = folder / release
        self._packages = folder / "packages" / release

    def make(self, version: int = 1, roles: tuple[str, ...] = ROLES) -> dict[str, float]:
        """Packages of `roles` and the stick; `version` above 1 is a newer build of the same commit. Figures.

        What was made before of the same sources is used again.
        """
        made = self.folder / f"{version}.made"
        sources = f"{' '.join(roles)}\n{self._sources()}"
        if made.is_file() and made.read_text(encoding="utf-8") == sources:
            return {}
        begin = time.monotonic()
        packages = self._packages / str(version)
        shutil.rmtree(packages, ignore_errors=True)
        self._run(
            *("-m", "deploy.packages", "--release", self.release, "--rebuild", str(version - 1)),
            *("--out", str(packages), *(word for role in roles for word in ("--role", role))),
        )
        packed = time.monotonic()
        out = self.folder / str(version)
        out.mkdir(parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        self._run(
            *("-m", "deploy", "bundle", "--stick", str(out), "--release", self.release),
            *("--packages", str(packages), "--key", self.key),
        )
        made.write_text(sources, encoding="utf-8")
        sizes = {file.name.split("_")[0]: round(file.stat().st_size / 1e6, 1) for file in packages.rglob("*.deb")}
        total = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        return {
            "packages_s": round(packed - begin, 1),
            "stick_s": round(time.monotonic() - packed, 1),
            **{f"{name}_MB": size for name, size in sorted(sizes.items())},
            "stick_MB": round(total / 1e6, 1),
        }

    def _sources(self) -> str:
        """Names and hashes of what goes into packages."""
        tree = subprocess.run(
            ["git", "ls-tree", "HEAD"], cwd=self._checkout, check=True, capture_output=True, text=True
        )
        return "".join(line for line in tree.stdout.splitlines(True) if line.split("\t")[1].strip() not in NOT_PACKED)

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words], cwd=self._checkout, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise AssertionError(
                f"{' '.join(words)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}"
            )
