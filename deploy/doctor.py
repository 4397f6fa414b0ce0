"""Examining one machine: what is wrong, why it matters, what to do. Each check stands alone and never raises."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import ssl
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.apt import missing_of
from deploy.install.units import units_of
from deploy.models import MODELS
from langso import assets
from langso.clock import ClockTrust, judge_clock
from langso.clock_evidence import gather_evidence
from langso.errors import LangsoError, os_reason
from langso.health import Check, worst_first
from langso.machine_checks import machine_checks
from langso.pairing import load_paired
from langso.settings import LinkSettings, Settings, load_settings
from langso.trust.marks import FOLDER as TRUST_FOLDER
from langso.trust.marks import MarksFile

_CERTIFICATE_SOON = timedelta(days=30)

LABELS = {
    "settings": "cấu hình",
    "packages": "gói Debian",
    "pairing": "ghép máy",
    "private_key": "khóa riêng",
    "broker": "đường về xã",
    "database": "dữ liệu",
    "services": "dịch vụ",
    "voice": "giọng đọc",
    "sound": "âm thanh",
    "bridge": "bộ điều khiển",
    "camera": "máy ảnh",
    "models": "mô hình quét",
    "text": "nhận chữ",
    "certificate": "chứng thư",
    "disk": "chỗ trống",
    "card_write": "ghi thẻ nhớ",
    "card_errors": "lỗi thẻ nhớ",
    "undervoltage": "nguồn điện",
    "clock": "đồng hồ",
}
"""What a person reads for each check's code."""


def examine(settings_file: Path) -> list[Check]:
    """All checks for the role that the settings name, gravest first; a machine without settings gets the few that
    do not need them.
    """
    try:
        settings = load_settings(settings_file)
    except LangsoError as error:
        fix = f"Sửa tệp rồi thử: langso settings check {settings_file}. Chưa có tệp thì chạy langso install."
        return [Check.bad("settings", str(error), fix), *_machine(Path("/"))]
    checks: list[Check] = [Check.good("settings", f"{settings_file} đọc được, vai trò {settings.device.role}.")]
    for look in _LOOKS:
        checks += _safely(look, settings)
    checks += _machine(settings.paths.state, _clock(settings))
    return worst_first(checks)


def packages(settings: Settings) -> Iterable[Check]:
    """Debian packages of the role."""
    try:
        missing = missing_of(settings.device.role)
    except KeyError:
        return
    if missing:
        yield Check.bad(
            "packages", f"Thiếu {', '.join(missing)}.", f"apt-get install --no-install-recommends {' '.join(missing)}"
        )
    else:
        yield Check.good("packages", "Đủ gói cho vai trò này.")


def paired(settings: Settings) -> Iterable[Check]:
    """Certificate and key of the link: present, private, not about to lapse."""
    link = _link(settings)
    files = [path for path in (link.ca, link.cert, link.key) if path is not None]
    if len(files) < 3:
        yield Check.bad(
            "pairing", "Máy chưa được ghép với văn phòng xã nên chưa nghe lệnh của ai.", "langso pair request --help"
        )
        return
    absent = [str(path) for path in files if not path.is_file()]
    if absent:
        yield Check.bad("pairing", f"Không thấy {', '.join(absent)}.", "Ghép lại: langso pair request --help")
        return
    assert link.key is not None
    assert link.cert is not None
    if link.key.stat().st_mode & 0o077:
        yield Check.bad("private_key", f"Người khác trên máy đọc được {link.key}.", f"chmod 600 {link.key}")
    else:
        yield Check.good("private_key", "Khóa riêng chỉ mình dịch vụ đọc được.")
    yield _certificate(link.cert)


def broker(settings: Settings) -> Iterable[Check]:
    """Whether the broker can be reached and shows a certificate of the commune's own authority."""
    link = _link(settings)
    where = f"{link.host}:{link.port}"
    fix = "Xem dây mạng, nguồn của bộ phát, và máy ở văn phòng; loa vẫn phát theo lịch đang giữ."
    try:
        with socket.create_connection((link.host, link.port), timeout=5) as plain:
            if link.ca is not None and link.ca.is_file():
                context = ssl.create_default_context(cafile=str(link.ca))
                if link.cert is not None and link.key is not None:
                    context.load_cert_chain(link.cert, link.key)
                with context.wrap_socket(plain, server_hostname=link.host):
                    pass
    except ssl.SSLError as error:
        yield Check.bad(
            "broker",
            f"{where} trả lời nhưng chứng thư không khớp ({error.reason or error}).",
            "Kiểm tra giờ của máy; nếu văn phòng đã đổi chứng thư thì ghép lại máy.",
        )
    except OSError as error:
        yield Check.warning("broker", f"Không tới được {where} ({os_reason(error)}).", fix)
    else:
        yield Check.good("broker", f"Tới được {where}, đúng chứng thư.")


def databases(settings: Settings) -> Iterable[Check]:
    """SQLite's own integrity check of every database under the state folder, and ones set aside as corrupt."""
    state = settings.paths.state
    found = sorted(state.glob("**/*.db")) + sorted(state.glob("**/*.sqlite"))
    for file in found:
        try:
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as db:
                said = db.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            yield Check.bad(
                "database",
                f"{file.name} bị hỏng ({said}).",
                "Dừng dịch vụ, đổi tên tệp này rồi khởi động lại; giữ tệp cũ.",
            )
            return
    aside = sorted(state.glob("**/*.corrupt-*"))
    if aside:
        yield Check.warning(
            "database",
            f"Đã có tệp hỏng được cất riêng: {aside[0].name}.",
            "Chép tệp đó về văn phòng rồi xóa khỏi máy này.",
        )
    else:
        yield Check.good("database", f"{len(found)} tệp dữ liệu lành lặn.")


def services(settings: Settings) -> Iterable[Check]:
    """Whether systemd keeps the role's services running."""
    try:
        units = units_of(settings.device.role)
    except KeyError:
        return
    systemctl = shutil.which("systemctl")
    if systemctl is None or not Path("/run/systemd/system").is_dir():
        yield Check.warning(
            "services", "Máy này không chạy systemd nên không tự khởi động lại dịch vụ.", "Dùng Debian 12 trở lên."
        )
        return
    down = [
        unit.file_name
        for unit in units
        if subprocess.run([systemctl, "is-active", "--quiet", unit.file_name], check=False, timeout=10).returncode
    ]
    if down:
        yield Check.bad(
            "services",
            f"{', '.join(down)} không chạy.",
            f"journalctl -u {down[0]} -n 50, rồi systemctl restart {down[0]}",
        )
    else:
        yield Check.good("services", "Các dịch vụ đang chạy.")


def hardware(settings: Settings) -> Iterable[Check]:
    """The role's own hardware: sound card, serial line, camera."""
    if settings.device.role == "speaker":
        yield from _sound(settings)
    if settings.device.role in ("speaker", "kiosk"):
        yield from _serial(settings)
    if settings.device.role == "kiosk":
        yield from _camera(settings)


def voice(settings: Settings) -> Iterable[Check]:
    """Whether a Vietnamese voice can speak on machines that read text aloud."""
    if settings.device.role not in ("kiosk", "office"):
        return
    program = shutil.which("espeak-ng")
    if program is None:
        yield Check.bad("voice", "Thiếu espeak-ng nên máy không đọc được chữ.", "apt-get install espeak-ng")
        return
    done = subprocess.run([program, "--voices=vi"], capture_output=True, text=True, check=False, timeout=10)
    if " vi " in done.stdout:
        yield Check.good("voice", "Có giọng tiếng Việt.")
    else:
        yield Check.bad("voice", "espeak-ng không có giọng tiếng Việt.", "apt-get install --reinstall espeak-ng-data")


def scanning(settings: Settings) -> Iterable[Check]:
    """What reading papers needs beside the programs: trained weights, and Tesseract's Vietnamese."""
    if settings.device.role not in ("kiosk", "office"):
        return
    absent = sorted(name for name in MODELS if not (assets.folder() / "models" / name).is_file())
    if absent:
        yield Check.bad(
            "models", f"Thiếu {', '.join(absent)}; mã mờ và giấy xoay ngược sẽ khó đọc.", "Chạy lại deploy/setup.sh."
        )
    else:
        yield Check.good("models", "Đủ mô hình để đọc mã và xoay giấy.")
    program = shutil.which("tesseract")
    if program is None:
        yield Check.bad("text", "Không thấy tesseract.", "apt-get install tesseract-ocr tesseract-ocr-vie")
        return
    done = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=10)
    if "vie" in done.stdout.split():
        yield Check.good("text", "Nhận được chữ tiếng Việt.")
    else:
        yield Check.bad("text", "tesseract không có tiếng Việt.", "apt-get install tesseract-ocr-vie")


def _sound(settings: Settings) -> Iterable[Check]:
    if settings.speaker.sound == "pipe":
        there = Path(settings.speaker.sink).exists()
        if there:
            yield Check.good("sound", f"Tiếng ra ống {settings.speaker.sink}.")
        else:
            yield Check.bad("sound", f"Không thấy ống {settings.speaker.sink}.", "Khởi động máy ghi của làng thử.")
    elif settings.speaker.sound == "alsa" and not list(Path("/proc/asound").glob("card[0-9]*")):
        yield Check.bad("sound", "Không thấy card âm thanh nào.", "Cắm lại USB âm thanh hoặc bật dtparam=audio=on.")
    else:
        yield Check.good("sound", "Có card âm thanh.")


def _serial(settings: Settings) -> Iterable[Check]:
    port = settings.bridge.port
    if port is None:
        yield Check.warning(
            "bridge", "Chưa khai cổng nối bộ điều khiển âm ly, đèn.", "Đặt port trong [bridge] nếu có lắp."
        )
    elif not Path(port).exists():
        yield Check.bad(
            "bridge", f"Không thấy cổng {port}.", "Xem dây nối tiếp và enable_uart=1; rồi langso bridge status."
        )
    else:
        yield Check.good("bridge", f"Có cổng {port}.")


def _camera(settings: Settings) -> Iterable[Check]:
    source, kind = settings.scanner.source, settings.scanner.camera
    path = Path(f"/dev/video{source}") if source.isdigit() else Path(source)
    if kind == "picamera2" or path.exists():
        yield Check.good("camera", f"Máy ảnh {kind} {source}.")
    else:
        yield Check.bad("camera", f"Không thấy máy ảnh {path}.", "Cắm lại máy ảnh, rồi thử: langso scan camera")


def _certificate(file: Path) -> Check:
    from cryptography import x509

    try:
        until = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except ValueError:
        return Check.bad("certificate", f"{file} không phải chứng thư.", "Ghép lại máy: langso pair request --help")
    left = until - datetime.now(UTC)
    if left < timedelta(0):
        return Check.bad("certificate", f"Hết hạn từ {until:%d/%m/%Y}.", "Ghép lại máy: langso pair request --help")
    if left < _CERTIFICATE_SOON:
        return Check.warning("certificate", f"Còn {left.days} ngày.", "Ghép lại máy trước ngày đó.")
    return Check.good("certificate", f"Dùng được đến {until:%d/%m/%Y}.")


def _link(settings: Settings) -> LinkSettings:
    """What the agent will use: the settings file's words, and the pairing's answer for the rest."""
    try:
        return load_paired(settings.paths.state).link(settings.link)
    except LangsoError:
        return settings.link


def _machine(place: Path, trust: ClockTrust | None = None) -> list[Check]:
    existing = next((p for p in (place, *place.parents) if p.exists()), Path("/"))
    return machine_checks(existing, trust)


def _clock(settings: Settings) -> ClockTrust:
    marks = MarksFile(settings.paths.state / TRUST_FOLDER).load()
    floor = max((floor.moment for floor in marks.floors), default=None) if marks else None
    evidence = gather_evidence(settings.paths.state, settings.paths.run)
    return judge_clock(datetime.now(UTC), evidence, floor=floor, mode=settings.clock.trust)


def _safely(look: Callable[[Settings], Iterable[Check]], settings: Settings) -> list[Check]:
    try:
        return list(look(settings))
    except (OSError, LangsoError, subprocess.SubprocessError) as error:
        return [Check.warning(look.__name__, f"Không khám được ({error}).", "Chạy lại bằng sudo.")]


_LOOKS: tuple[Callable[[Settings], Iterable[Check]], ...] = (
    packages, paired, broker, databases, services, hardware, voice, scanning,
)  # fmt: skip
