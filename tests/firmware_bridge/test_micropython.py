"""The same sources mean the same on MicroPython: vectors and garbage give equal results on both."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_bridge.host.image import write_image
from firmware_bridge.wire.errors import WireError
from firmware_bridge.wire.frames import Decoder
from firmware_bridge.wire.messages import Connect, Hello, Level, Select, read_message, stamped
from firmware_bridge.wire.reports import Envelope, InputChange, Telemetry

PROGRAM = """
import json, sys
from firmware_bridge.wire.errors import WireError
from firmware_bridge.wire.frames import Decoder
from firmware_bridge.wire.messages import read_message
decoder = Decoder()
out = []
for piece in json.load(open(sys.argv[1])):
    for frame in decoder.feed(bytes.fromhex(piece)):
        try:
            out.append(frame.to_bytes().hex() + " " + read_message(frame).pack().hex())
        except WireError as error:
            out.append(frame.to_bytes().hex() + " " + str(error))
print(json.dumps([out, decoder.frames, decoder.errors, decoder.last_error]))
"""


def test_both_pythons_read_the_same_stream_alike(tmp_path: Path) -> None:
    pytest.importorskip("micropython_run")
    source = random.Random(2026)
    good = [
        Hello(1, (0, 1, 0), "pico", 1, bytes(8), ("amplifier", "lamp"), ("supply",), 60000).frame(200).to_bytes(),
        Telemetry(1, 0, 1, 12400, -55, 180, 65536, 2, 1).frame(9).to_bytes(),
        Telemetry(1, 0, 5, 12400, -55, 180, 65536, 2, 1, 255, 7).frame(10).to_bytes(),
        Envelope(1000, 50, ((1, 2), (65535, 300))).frame(11).to_bytes(),
        InputChange(5, 3, 70000).frame(12).to_bytes(),
        Connect(0xDEADBEEF, 1, 2).frame(13).to_bytes(),
        stamped(Select(1, 3000, True), 14, 0x01020304, 9).to_bytes(),
        Hello(1, (0, 3, 0), "pico", 1, bytes(8), ("amplifier",), ("horn",), 60000, Level(2, 9, 1, ("fm", "ip")))
        .frame(15)
        .to_bytes(),
    ]
    pieces = []
    for _ in range(400):
        piece = bytearray(source.choice([*good, source.randbytes(source.randrange(300))]))
        if source.random() < 0.3:
            piece[source.randrange(len(piece) or 1) : source.randrange(len(piece) + 1)] = source.randbytes(2)
        pieces.append(bytes(piece).hex())
    (tmp_path / "stream.json").write_text(json.dumps(pieces))
    (tmp_path / "program.py").write_text(PROGRAM)
    write_image(tmp_path / "flash")
    chip = [sys.executable, "-m", "firmware_bridge.twin.chip", str(os.getpid())]
    done = subprocess.run(
        [*chip, str(tmp_path / "program.py"), str(tmp_path / "stream.json")],
        env={**os.environ, "MICROPYPATH": f"{tmp_path / 'flash'}:.frozen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    decoder = Decoder()
    expected = []
    for piece in pieces:
        for frame in decoder.feed(bytes.fromhex(piece)):
            try:
                expected.append(f"{frame.to_bytes().hex()} {read_message(frame).pack().hex()}")
            except WireError as error:
                expected.append(f"{frame.to_bytes().hex()} {error}")
    assert len(expected) > 50
    assert decoder.errors > 50
    assert json.loads(done.stdout) == [expected, decoder.frames, decoder.errors, decoder.last_error]
