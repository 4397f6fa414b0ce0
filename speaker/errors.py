"""Errors of the loudspeaker: each is SpeakerError plus the builtin it resembles."""

from __future__ import annotations

from langso.errors import LangsoError


class SpeakerError(LangsoError):
    """Family of the loudspeaker's expected errors."""


class SoundFault(SpeakerError, RuntimeError):
    """The sound system does not run: no GStreamer, no sound device, an element is missing."""


class PipeRefused(SpeakerError, OSError):
    """The path given for the sound pipe is no named pipe or cannot be made one."""


class MediaRefused(SpeakerError, ValueError):
    """Bytes fetched are not the medium the plan names: wrong size or wrong SHA-256."""


class MediaUnavailable(SpeakerError, ConnectionError):
    """The medium could not be fetched now; it is tried again later."""


class LibraryFull(SpeakerError, OSError):
    """No room for the medium: the disk or the library's own limit is full."""


class RecordingRefused(SpeakerError, ValueError):
    """A folder holds no readable recording, or its index lies."""


class JournalDamaged(SpeakerError, RuntimeError):
    """The journal's chain does not hold: a line is missing or was changed."""


class PlanFileRefused(SpeakerError, ValueError):
    """A plan file cannot be read as one, or names a sound that cannot be played."""


class AloneRefused(SpeakerError, ValueError):
    """A loudspeaker cannot join this folder: it is no signed plan, another commune's, or the code differs."""


class MeasureRefused(SpeakerError, ValueError):
    """A measurement that would be nonsense: nothing was heard, the times scatter, or they are no delay."""
