"""A WAV file is the same to the byte on every machine: plans name such files by their hash."""

from __future__ import annotations

from array import array

from langso.voices.wav import wav_file


def test_header_and_samples_are_little_endian_and_nothing_else() -> None:
    assert wav_file(array("h", [0, 1, -2, 32767]), 16_000) == bytes.fromhex(
        "52494646 2c000000 57415645 666d7420 10000000 0100 0100 803e0000 007d0000 0200 1000 64617461 08000000"
        "0000 0100 feff ff7f"
    )
