"""GStreamer itself: loaded only when sound is wanted, with refusals a technician can act on."""

from __future__ import annotations

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
    try:
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
    except (ImportError, ValueError) as error:
        raise SoundFault(Sentence("sound-no-gstreamer")) from error
    Gst.init(None)
    return Gst
