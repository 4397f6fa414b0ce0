"""The shared vectors, by their own reading rule, through the command a person runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from langso.code_command import code


def _load(shared_dir: Path, name: str) -> dict[str, Any]:
    return json.loads((shared_dir / "vectors" / name).read_text(encoding="utf-8"))


def _parse(payload: str) -> dict[str, Any]:
    result = CliRunner().invoke(code, ["parse", "--json", payload])
    assert result.exit_code == 0, result.output
    assert result.output.count("\n") == 1
    return json.loads(result.output)


def _differences(kind: str, vector: dict[str, Any], exempt: list[str]) -> list[str]:
    read, expected = _parse(vector["payload"]), vector["expected"]
    if expected is None:
        taken = read["kind"] == kind and not read["problems"]
        return [f"{vector['id']}: an invalid one was taken"] if taken else []
    wrong = [] if read["kind"] == kind else [f"{vector['id']}: kind {read['kind']}"]
    for key, value in expected.items():
        if key in exempt:
            wrong += [] if read["problems"] else [f"{vector['id']}: {key} without a problem"]
        elif read["fields"].get(key, "absent") != value:
            wrong.append(f"{vector['id']}: {key} is {read['fields'].get(key, 'absent')!r}, not {value!r}")
    return wrong


def test_payment_codes_are_read_as_expected(shared_dir: Path) -> None:
    data = _load(shared_dir, "emv.json")
    wrong = [d for v in data["vectors"] for d in _differences("emv", v, data["reading"]["exempt"])]
    assert len(data["vectors"]) >= 40
    assert wrong == []


@pytest.mark.parametrize(("group", "kind"), [("cccd", "citizen_card"), ("bhyt", "health_card")])
def test_cards_are_read_as_expected(shared_dir: Path, group: str, kind: str) -> None:
    data = _load(shared_dir, "citizen_codes.json")
    wrong = [d for v in data[group] for d in _differences(kind, v, data["reading"]["exempt"])]
    assert wrong == []


def test_cards_with_warnings_report_them_and_sound_ones_report_nothing(shared_dir: Path) -> None:
    for vector in _load(shared_dir, "citizen_codes.json")["cccd"]:
        if vector["valid"]:
            assert bool(_parse(vector["payload"])["problems"]) == bool(vector["warnings_or_errors"]), vector["id"]


def test_dossier_codes_are_told_from_others(shared_dir: Path) -> None:
    for vector in _load(shared_dir, "citizen_codes.json")["dossier_code"]["vectors"]:
        read = _parse(vector["code"])
        assert (read["kind"] == "dossier_code" and not read["problems"]) == vector["valid"], vector
