"""The end of the pipeline, as GStreamer is told of it."""

from __future__ import annotations

import pytest

from speaker.sound.gstreamer import load_gstreamer
from speaker.sound.sinks import sink_description


def test_a_sound_server_is_told_how_loud_the_stream_is_so_that_it_restores_nothing() -> None:
    gst = load_gstreamer()
    if gst.ElementFactory.find("pulsesink") is None:
        pytest.skip("GStreamer's plugin for PulseAudio is not installed")
    text = sink_description("pulse", 'loa "thôn"')
    assert "volume=" in text
    assert "mute=" in text
    out = gst.parse_launch(f"audiotestsrc ! {text}").get_by_name("out")
    assert (out.get_property("volume"), out.get_property("mute")) == (1.0, False)
    assert out.get_property("device") == 'loa "thôn"'
