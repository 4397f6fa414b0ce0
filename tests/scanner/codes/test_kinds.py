"""Drawn photographs of the kinds public test sets sort codes by: each as one meets it is read, with its outline."""

from __future__ import annotations

from typing import Any

import pytest
from scenes import kinds

from scanner.codes import read_codes
from scanner.codes.places import overlap


@pytest.mark.parametrize("shot", kinds.shots(5, 1), ids=list(kinds.KINDS))
def test_every_kind_is_read_and_outlined(shot: Any) -> None:
    photograph = shot()
    # Time enough on a busy machine: whether, not how soon.
    found = {code.text: code.polygon for code in read_codes(photograph.image, 5)}
    assert set(found) == {text for text, _ in photograph.codes}
    for text, outline in photograph.codes:
        assert overlap(found[text], outline.tolist()) > 0.8
