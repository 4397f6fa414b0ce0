"""A driven visit knows what it looks for by the sentence's id, in whatever language the kiosk speaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fetched import FETCHED
from stage.commune import Commune

from kiosk.shell.driving_steps import ById, read_steps
from langso.errors import UsageError

SORRY = "prompts-pairing-sorry"


def test_a_step_may_name_a_sentence() -> None:
    (step,) = read_steps(json.dumps([{"touch": {"sentence": "screens-page", "values": {"page": 2}}}]).encode())
    assert step.touch == ById(sentence="screens-page", values={"page": 2})


@pytest.mark.parametrize("wish", [{"sentence": "screens-no-such"}, {"sentence": ""}, {"id": SORRY}, {}, 3])
def test_a_sentence_that_is_nowhere_is_refused_before_anything_is_played(wish: object) -> None:
    with pytest.raises(UsageError):
        read_steps(json.dumps([{"wait": wish}]).encode())


@FETCHED
@pytest.mark.parametrize(
    ("language", "seen"), [("en", "This machine is not in use yet"), ("qps", "⟦Thïs mäçhïňë ïs ňöt ïň üsë ÿët⟧")]
)
def test_the_same_steps_serve_in_every_language(tmp_path: Path, language: str, seen: str) -> None:
    commune = Commune(tmp_path / "kiosk")
    text = commune.settings_text(office_url="http://127.0.0.1:9", camera=tmp_path)
    settings, steps, out = tmp_path / "langso.toml", tmp_path / "steps.json", tmp_path / "out"
    settings.write_text(text.replace("[kiosk]\n", '[kiosk]\nlanguage = "en"\n'), encoding="utf-8")
    steps.write_text(json.dumps([{"wait": {"sentence": SORRY}}]))
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.shell.driving", "--settings", settings, "--steps", steps, "--out", out],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=100, check=False,
        env={**os.environ, "LANGSO_LANGUAGE": language},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert [step["place"] for step in result["steps"]] == ["pairing"]
    assert seen in result["texts"]
