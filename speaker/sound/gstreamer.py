"""GStreamer: loaded only when sound is wanted; its faults are sentences that a technician can act on."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Any

from langso.words.catalogue import Sentence
from speaker.errors import SoundFault


def make_element(gst: Any, factory: str, **properties: Any) -> Any:
    """An element with its properties. Raises SoundFault where the plugin is not installed."""
    element = gst.ElementFactory.make(factory)
    if element is None:
        raise SoundFault(Sentence("sound-no-element", factory=factory))
    for name, value in properties.items():
        if value is not None:
            element.set_property(name, value)
    return element


def bus_error(gst: Any, pipeline: Any) -> str:
    """The first error a pipeline has posted, or ""."""
    message = pipeline.get_bus().pop_filtered(gst.MessageType.ERROR)
    return "" if message is None else str(message.parse_error()[0].message)


def load_gstreamer() -> Any:
    """The Gst namespace, initialised; imported here only. Raises SoundFault where it is absent."""
    _exceptions_first()
    try:
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
    except (ImportError, ValueError) as error:
        raise SoundFault(Sentence("sound-no-gstreamer")) from error
    Gst.init(None)
    return Gst


def _exceptions_first() -> None:
    """Debian's GStreamer brings libunwind, and introspection loads both for everybody: an exception in C++ (OpenCV,
    qpdf) that GCC's library began and libunwind, known by the same names, goes on with, aborts the process. So that
    all find GCC's, it is loaded for everybody before.
    """
    with contextlib.suppress(OSError):
        ctypes.CDLL("libgcc_s.so.1", mode=ctypes.RTLD_GLOBAL)
