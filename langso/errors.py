"""Errors of the ground floor: each is LangsoError plus the builtin it resembles."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import ClassVar


class LangsoError(Exception):
    """Root of every expected error; ``str(e)`` is one Vietnamese sentence that says what to do."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True)
class Problem:
    """One mistake in a settings file: line (1 = first; 0 = the file as a whole), dotted key, why."""

    line: int
    where: str
    why: str

    def __str__(self) -> str:
        place = f"dòng {self.line}: " if self.line else ""
        key = f"{self.where}: " if self.where else ""
        return f"{place}{key}{self.why}"


class SettingsError(LangsoError, ValueError):
    """The settings file cannot be used; ``problems`` holds every mistake, in line order."""

    exit_code: ClassVar[int] = 2

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.where)))
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"Tệp cài đặt {source} có {len(self.problems)} lỗi, xin sửa rồi chạy lại:\n{lines}")


class UsageError(LangsoError, ValueError):
    """A command was given something it cannot use; exit status 2."""

    exit_code: ClassVar[int] = 2


class AlreadyRunning(LangsoError, RuntimeError):
    """Another copy holds the lock file; ``pid`` is its process where known."""

    def __init__(self, name: str, pid: int | None) -> None:
        self.pid = pid
        who = f" (tiến trình {pid})" if pid else ""
        super().__init__(f"{name} đang chạy rồi{who}; hãy đợi nó xong, hoặc dừng nó trước.")


class FileRefused(LangsoError, OSError):
    """A file could not be read or written, or is too large."""


class StoreError(LangsoError, RuntimeError):
    """Family of errors of the durable database."""


class StoreFull(StoreError, OSError):
    """The disk (or the database's own limit) is full; the change was not made, nothing was lost."""


class StoreBusy(StoreError, TimeoutError):
    """Another process kept the database locked for longer than the busy timeout."""


class StoreCorrupt(StoreError, ValueError):
    """The database file is damaged."""


class StoreTooNew(StoreError, ValueError):
    """The database was written by a newer version: it holds migrations this one does not know."""


class OutboxTooLarge(LangsoError, ValueError):
    """An outbox item, its kind or its key is over the limit."""


class LinkError(LangsoError, ConnectionError):
    """The MQTT connection cannot be set up as asked."""


class LinkRefused(LinkError, ValueError):
    """A topic or message may not be sent: too large, a wildcard in a topic, control characters."""


_OS_REASONS = {
    errno.ENOSPC: "hết chỗ trống",
    errno.EDQUOT: "hết phần chỗ được cấp",
    errno.EROFS: "chỗ đó bị khoá ghi",
    errno.EIO: "thẻ hay USB đó lỗi hoặc đã bị rút ra",
    errno.ENODEV: "thẻ hay USB đó không còn trong máy",
    errno.ENXIO: "thẻ hay USB đó không còn trong máy",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.ENOTDIR: "đường dẫn đi qua một tệp",
    errno.EISDIR: "đó là một thư mục",
    errno.EEXIST: "đã có một tệp tên đó",
    errno.ENAMETOOLONG: "tên quá dài",
}


def os_reason(error: OSError) -> str:
    """The cause of an OSError in Vietnamese, or the system's own words for a rare one."""
    return _OS_REASONS.get(error.errno or 0) or error.strerror or str(error)
