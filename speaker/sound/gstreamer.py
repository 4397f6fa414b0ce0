"""GStreamer itself: loaded only when sound is wanted, with refusals a technician can act on."""

from __future__ import annotations

from typing import Any

from speaker.errors import SoundFault


def make_element(gst: Any, factory: str, **properties: Any) -> Any:
    """An element with its properties. Raises SoundFault where the plugin is not installed."""
    element = gst.ElementFactory.make(factory)
    if element is None:
        raise SoundFault(f"Máy thiếu thành phần GStreamer {factory}; hãy cài gstreamer1.0-plugins-base và -good.")
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
        raise SoundFault(
            "Máy chưa có GStreamer cho Python; hãy cài python3-gi và gir1.2-gstreamer-1.0 rồi chạy lại."
        ) from error
    Gst.init(None)
    return Gst
