"""The sounds and the recorder that the loudspeaker's tests use too."""

from listening_ear import Ear, ear, noise

__all__ = ["Ear", "ear", "noise"]
