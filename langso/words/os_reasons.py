"""Why the operating system refused, in words."""

from __future__ import annotations

import errno

from langso.words.catalogue import Sentence

_REASONS = {
    errno.ENOSPC: Sentence("os-no-space"),
    errno.EDQUOT: Sentence("os-quota"),
    errno.EROFS: Sentence("os-read-only"),
    errno.EIO: Sentence("os-broken-or-pulled"),
    errno.ENODEV: Sentence("os-not-in-machine"),
    errno.ENXIO: Sentence("os-not-in-machine"),
    errno.EACCES: Sentence("os-no-right"),
    errno.EPERM: Sentence("os-no-right"),
    errno.ENOENT: Sentence("os-no-such-file"),
    errno.ENOTDIR: Sentence("os-through-a-file"),
    errno.EISDIR: Sentence("os-is-a-folder"),
    errno.EEXIST: Sentence("os-exists"),
    errno.ENAMETOOLONG: Sentence("os-name-too-long"),
}


def os_reason(error: OSError) -> Sentence | str:
    """The cause of an OSError, or the system's own words for a rare one."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
