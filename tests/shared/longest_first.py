"""The order of the files in a run of everything: the loudspeaker's, then the longest first, then what is short."""

from __future__ import annotations

import pytest

LONGEST = (
    "tests/kiosk/test_visits_leave_nothing.py",
    "tests/kiosk/test_starting_anew.py",
    "tests/kiosk/test_screens.py",
    "tests/kiosk/test_screens_in_trouble.py",
    "tests/kiosk/test_places.py",
    "tests/kiosk/test_screens_of_fees.py",
    "tests/kiosk/test_screens_of_cards.py",
    "tests/kiosk/test_stopping.py",
    "tests/kiosk/test_places_words.py",
    "tests/office/web/test_in_a_browser.py",
    "tests/deploy/doctor/test_injected_faults.py",
    "tests/deploy/test_environment.py",
    "tests/office/broadcasting/test_media_holes.py",
    "tests/deploy/test_locks.py",
    "tests/scanner/guide/test_judge.py",
    "tests/office/web/test_rules.py",
    "tests/deploy/test_environment_builds.py",
    "tests/kiosk/test_lifeline.py",
    "tests/scanner/live/test_watch.py",
    "tests/office/web/test_every_answer.py",
    "tests/office/web/test_accepting.py",
    "tests/scanner/guide/test_side.py",
    "tests/scanner/document/test_pdf_command.py",
    "tests/office/publishing/test_publisher.py",
    "tests/office/web/test_clumsy_clerk.py",
    "tests/kiosk/shell/test_unpaired.py",
    "tests/kiosk/journeys/test_any_walk.py",
    "tests/kiosk/test_random_touches.py",
    "tests/office/broadcasting/test_jobs.py",
    "tests/kiosk/test_pages_and_cards.py",
    "tests/office/web/test_by_keyboard.py",
    "tests/scanner/test_scenes.py",
    "tests/firmware_bridge/test_twin.py",
    "tests/scanner/pages/test_several.py",
    "tests/scanner/clean/test_process.py",
    "tests/office/web/test_pages.py",
    "tests/scanner/live/test_table.py",
    "tests/deploy/courier/test_hamlet.py",
    "tests/scanner/pages/test_finder.py",
    "tests/office/desk/test_archive.py",
    "tests/langso/trust/test_versions_stateful.py",
    "tests/office/publishing/test_slow_signer.py",
    "tests/langso/words/test_messages.py",
    "tests/deploy/courier/test_fat_stick.py",
    "tests/kiosk/shell/test_visit_process.py",
    "tests/office/founding/test_advertising.py",
    "tests/scanner/test_odd_pictures.py",
    "tests/deploy/doctor/test_broker.py",
    "tests/system/test_village.py",
    "tests/office/web/test_serving.py",
    "tests/deploy/machine_setup/test_at_a_terminal.py",
    "tests/deploy/test_broker.py",
    "tests/scanner/clean/test_dewarp.py",
    "tests/office/signer/test_hanging.py",
    "tests/deploy/bench/test_bench.py",
    "tests/langso/mqtt/test_link_identity.py",
    "tests/deploy/doctor/test_advice.py",
    "tests/deploy/test_broker_watch.py",
    "tests/kiosk/test_scan.py",
    "tests/office/web/test_permits.py",
    "tests/firmware_bridge/test_bad_line.py",
    "tests/scanner/codes/workers/test_workers.py",
    "tests/kiosk/test_agent.py",
    "tests/kiosk/test_code_again.py",
    "tests/scanner/guide/test_same_page.py",
    "tests/scanner/codes/rescue/test_stack.py",
    "tests/kiosk/journeys/test_table.py",
    "tests/scanner/clean/test_orientation.py",
    "tests/kiosk/test_cards.py",
)
"""Files of nine seconds and more on two cores, longest first; only the order hangs on it (`--durations 0` tells)."""

TOGETHER = ("tests/speaker/", "tests/deploy/village/instruments/test_recorder.py")
"""Tests that need their time to the millisecond, and mostly wait: beside one another, not beside the scanner's."""


def arrange(items: list[pytest.Item]) -> None:
    """Orders tests by their files; within a file, and among short files, they stay as they are."""
    items.sort(key=lambda item: place(item.nodeid.partition("::")[0]))


def place(file: str) -> tuple[int, int]:
    """Where a file stands: what sorts first runs first."""
    if file.startswith(TOGETHER):
        return 0, 0
    return (1, LONGEST.index(file)) if file in LONGEST else (2, 0)
