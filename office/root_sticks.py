"""The commune's root keys and its limits as the command line takes them: used by init and by later changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from langso.contract import QuietHours
from langso.errors import UsageError, os_reason
from langso.trust import SigningKey
from office.errors import TrustChangeRefused

KEY_FILES = "root-*.key"
MAX_ROOT_KEYS = 16


def write_root_keys(folder: Path, count: int, threshold: int) -> list[SigningKey]:
    """New root keys on a stick that has none. Raises UsageError, FileRefused."""
    if threshold > count:
        raise UsageError("Số khoá phải ký không được lớn hơn số khoá gốc; hãy tăng --count.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"Không tạo được {folder}: {os_reason(error)}; hãy cắm USB rồi thử lại.") from error
    if any(folder.glob(KEY_FILES)):
        raise UsageError(f"Thư mục {folder} đã có khoá gốc; hãy dùng USB khác để khỏi ghi đè.")
    keys = [SigningKey.generate() for _ in range(count)]
    for number, key in enumerate(keys, 1):
        key.save(folder / f"root-{number}.key")
    return keys


def load_root_keys(folders: Iterable[Path]) -> list[SigningKey]:
    """The root keys on these sticks, each once. Raises TrustChangeRefused, KeyFileError, FileRefused."""
    paths = [path for folder in folders for path in sorted(folder.glob(KEY_FILES))]
    if not paths:
        raise TrustChangeRefused("Không thấy khoá gốc (root-*.key) ở thư mục đã cho; hãy cắm đúng USB khoá gốc.")
    if len(paths) > MAX_ROOT_KEYS:
        raise TrustChangeRefused("Có quá nhiều khoá gốc trong các thư mục này; hãy chỉ cắm USB khoá gốc của xã.")
    return list({key.key_id: key for key in map(SigningKey.load, paths)}.values())


def read_quiet_hours(spans: Sequence[str]) -> tuple[QuietHours, ...]:
    """From spans like 21:30-05:00. Raises UsageError."""
    try:
        return tuple(QuietHours(start=start, end=end) for start, _, end in (span.partition("-") for span in spans))
    except ValidationError as error:
        raise UsageError("Giờ yên tĩnh phải ghi như 21:30-05:00; hãy sửa lại.") from error
