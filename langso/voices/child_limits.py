"""What a program that makes a sound may take of the machine, whatever text or file it was given."""

from __future__ import annotations

import contextlib
import os
import resource

MEMORY = 2 << 30
"""Bytes of address space: ffmpeg with its threads takes a quarter of it."""
PROCESSOR_S = 600
"""Seconds of processor: an hour of sound takes a tenth of it on an old PC."""
PATIENT = 10
"""How far a program whose sound can wait stands back behind one whose sound cannot."""


def limit_child(process: int, *, patient: bool = False) -> None:
    """Limits a program that was just started. `patient`: its sound is not for an emergency."""
    # It may have ended already.
    with contextlib.suppress(OSError):
        resource.prlimit(process, resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.prlimit(process, resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
        resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))
        if patient:
            os.setpriority(os.PRIO_PROCESS, process, PATIENT)
