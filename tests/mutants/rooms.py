"""Which rooms are tried, and by which tests: the rules where a slip is heard by a village or lets a stranger in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Room:
    """`sources`, `tests`: patterns below the checkout; each finds something. `without`: tests of other things there,
    that would only take their time.
    """

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()

    def files(self) -> list[str]:
        """The sources, relative to the checkout."""
        return _found(self.sources)

    def test_files(self) -> list[str]:
        """The files of the tests, relative to the checkout."""
        return sorted(set(_found(self.tests)) - set(_found(self.without)))


_SIGNER_WAITS = tuple(f"tests/office/signer/test_{one}.py" for one in ("hanging", "faults", "peers"))
ROOMS = (
    Room(
        "signer",
        ("office/signer/rules*.py",),
        ("tests/office/signer/**/test_*.py",),
        _SIGNER_WAITS,
    ),
    Room("timeline", ("speaker/programme/*.py",), ("tests/speaker/programme/**/test_*.py",)),
    Room("trust", ("langso/trust/*.py",), ("tests/langso/trust/test_*.py",)),
    Room(
        "caps",
        ("langso/contract/caps.py",),
        (
            "tests/langso/contract/test_caps.py",
            "tests/office/broadcasting/test_allowed.py",
            "tests/speaker/programme/**/test_*.py",
            "tests/office/signer/**/test_*.py",
        ),
        _SIGNER_WAITS,
    ),
    Room("journeys", ("kiosk/journeys/*.py",), ("tests/kiosk/journeys/**/test_*.py", "tests/kiosk/test_*cards.py")),
    Room("codes", ("langso/codes/*.py",), ("tests/langso/codes/**/test_*.py",)),
)


def _found(patterns: tuple[str, ...]) -> list[str]:
    found = {
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if path.suffix == ".py"
    }
    for pattern in patterns:
        if not any(ROOT.glob(pattern)):
            raise FileNotFoundError(f"{pattern}: no such file any more; say in tests/mutants/rooms.py where it went")
    return sorted(found)
