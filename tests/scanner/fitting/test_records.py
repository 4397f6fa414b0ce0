"""Every fitted number is told of: who changes one without fitting anew is found out."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import numpy as np
import pytest

from scanner.fitting.records import RECORDS, Record, numbers_sha256

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.module)
def test_the_numbers_in_force_are_those_that_were_judged(record: Record) -> None:
    assert numbers_sha256(record.module, record.names) == record.sha256, "fit anew, and tell what came of it"
    assert re.fullmatch(r"[0-9a-f]{64}", record.data_sha256)
    assert "in force" in record.held_out
    assert "fitted anew" in record.held_out


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.module)
def test_the_program_named_is_there_and_starts_from_its_seed(record: Record) -> None:
    program = importlib.import_module(record.program)
    assert callable(program.main)
    assert record.seed == program.SEED


def test_one_number_more_or_less_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    record = RECORDS[0]
    changed = np.array(getattr(importlib.import_module(record.module), record.names[0]), dtype=float)
    changed.flat[3] += 0.01
    monkeypatch.setattr(f"{record.module}.{record.names[0]}", changed)
    assert numbers_sha256(record.module, record.names) != record.sha256


def test_nothing_that_runs_on_a_machine_imports_the_fitting() -> None:
    for role in ("scanner", "kiosk", "office", "deploy"):
        for file in (ROOT / role).rglob("*.py"):
            if "node_modules" in file.parts or ROOT / "scanner" / "fitting" in file.parents:
                continue
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                assert not [name for name in names if name.startswith("scanner.fitting")], file
