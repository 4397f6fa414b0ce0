"""Tests wait for what happens: a sleep is too short on a busy machine and too long on an idle one."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAY_SLEEP = {
    # What is asked is that something does not happen, or goes on, for so long.
    "tests/firmware_bridge/test_twin.py": "a lease is kept beyond its end; a lamp stays dark",
    "tests/kiosk/devices/test_camera_thread.py": "a camera is not closed under somebody's hands",
    "tests/kiosk/stage/screen.py": "a screen goes on for so many rounds",
    "tests/kiosk/test_agent.py": "no second restart",
    "tests/langso/mqtt/test_link.py": "a message outlives its expiry",
    "tests/langso/mqtt/test_link_identity.py": "no more tries",
    "tests/langso/timekeeping/test_pulse.py": "a round that rests",
    "tests/office/test_lifelines.py": "a tick comes later",
    "tests/scanner/cameras/test_device.py": "threads that hung come back",
    "tests/scanner/cameras/test_pi.py": "a process lives on for a moment, or ends",
    "tests/scanner/codes/workers/test_workers.py": "an answer is waited for by nobody",
    # Somebody slow, or as fast as sound, is played.
    "tests/deploy/village/instruments/test_recorder.py": "a loudspeaker writes a block each 10 ms",
    "tests/office/publishing/test_slow_signer.py": "a signer that is slow",
    "tests/office/signer/test_hanging.py": "a client that sends a byte now and then",
    "tests/office/web/test_accepting.py": "a browser on a slow line",
    "tests/scanner/cameras/standin/picamera2.py": "a camera that hangs",
    "tests/scanner/codes/rescue/test_stack.py": "a camera's frames come one by one",
    # A process is killed at any moment, commands come at any.
    "tests/langso/durable/test_outbox.py": "killed at a random moment",
    "tests/langso/durable/test_store.py": "killed at a random moment",
    "tests/office/desk/test_dossiers.py": "killed amid its work",
    "tests/speaker/record/test_journal.py": "killed amid its work",
    "tests/speaker/sound/test_voice_owner.py": "commands at random moments",
    "tests/torture/__main__.py": "another takes the loop device",
    "tests/torture/bad_media.py": "broadcasts pass",
    "tests/torture/kills.py": "killed at a random moment",
    "tests/torture/pre_emption.py": "an emergency is ordered in the middle of a broadcast",
    "tests/torture/soak.py": "an hour passes",
}


def sleeps(source: str) -> list[int]:
    """The lines on which a test sleeps: `time.sleep`, `asyncio.sleep`, an event that nobody else knows."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            asleep = node.func.attr == "sleep" and isinstance(of, ast.Name) and of.id in ("time", "asyncio")
            event = node.func.attr == "wait" and isinstance(of, ast.Call) and ast.unparse(of.func).endswith("Event")
            lines += [node.lineno] if asleep or event else []
    return sorted(lines)


def test_tests_wait_and_do_not_sleep() -> None:
    wrong = []
    found = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        lines = sleeps(path.read_text(encoding="utf-8"))
        measured = path.name.startswith(("bench_", "shots")) or name.startswith(("tests/shared/", "tests/boot/"))
        if lines and not measured:
            found.add(name)
            wrong += [f"{name}:{line} sleeps; use waiting.until" for line in lines if name not in MAY_SLEEP]
    assert not wrong, "\n".join(wrong)
    assert set(MAY_SLEEP) == found, "named here and sleeps no more"


def test_the_check_itself_sees_each_way_of_sleeping() -> None:
    source = "time.sleep(1)\nawait asyncio.sleep(1)\nthreading.Event().wait(2)\nbegun.wait(2)\nuntil(done)\n"
    assert sleeps(f"async def f():\n{''.join(f'    {line}' for line in source.splitlines(keepends=True))}") == [
        2,
        3,
        4,
    ]
