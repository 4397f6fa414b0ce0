"""Errors of the ground floor: each is LangsoError plus the builtin it resembles."""

from __future__ import annotations

import errno
from typing import ClassVar


class LangsoError(Exception):
    """Root of every expected error; ``str(e)`` is one Vietnamese sentence that says what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(LangsoError, ValueError):
    """A command was given something it cannot use; exit status 2."""

    exit_code: ClassVar[int] = 2


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
