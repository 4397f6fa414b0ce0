"""File names of scanned documents: the dossier's code and a running number, `H56.37.12-240801-0001-001.pdf`."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from langso.codes import dossier_code
from langso.durable.errors import FileRefused
from langso.durable.files import sync_folder
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason
from scanner.errors import DocumentRefused

MAX_NUMBER = 99_999
"""Of a document within one dossier."""

# Numbers tried where others write into the same folder.
_TRIES = 50


def next_name(code: str, taken: Iterable[str]) -> str:
    """The name after the highest number this code has among `taken` (file names). Raises DocumentRefused for a code
    that is none, or when the numbers are used up. Gaps are never filled: a number once given may be known elsewhere.
    """
    parsed = dossier_code.read(code)
    if parsed is None or parsed.problems:
        raise DocumentRefused(Sentence("document-code"))
    sound = str(parsed.fields["code"])
    shape = re.compile(re.escape(sound) + r"-([0-9]{3,5})\.pdf", re.IGNORECASE)
    numbers = (int(match[1]) for name in taken if (match := shape.fullmatch(name)))
    number = max(numbers, default=0) + 1
    if number > MAX_NUMBER:
        raise DocumentRefused(Sentence("document-numbers-used-up", code=sound))
    return f"{sound}-{number:03d}.pdf"


def save_new(folder: Path, code: str, make: Callable[[str], bytes]) -> Path:
    """Write a new document of this dossier under the next free name; never over another file, whole or not at all.

    `make` gets the name (it goes into the document's own data) and returns the bytes; it is called again in the rare
    case that somebody took the name meanwhile. Raises DocumentRefused, FileRefused.
    """
    for _ in range(_TRIES):
        try:
            name = next_name(code, [entry.name for entry in folder.iterdir()])
        except OSError as error:
            raise FileRefused(Sentence("document-folder-unread", folder=folder, why=os_reason(error))) from error
        target = folder / name
        if _place(target, make(name)):
            return target
    raise FileRefused(Sentence("document-folder-busy", folder=folder))


def _place(target: Path, data: bytes) -> bool:
    """Durably, under a name that must be free; False when it is taken."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            # Unlike a rename, a link fails where the name exists.
            target.hardlink_to(temporary)
        except FileExistsError:
            return False
        except OSError:
            # Memory sticks (FAT) know no links: there the look and the rename are two steps.
            if target.exists():
                return False
            temporary.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise FileRefused(Sentence("document-not-written", file=target, why=os_reason(error))) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return True
