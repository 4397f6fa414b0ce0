from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from courier_visits import call, laid


def test_a_technician_is_told_what_came_what_is_missing_and_what_is_next(hamlet: Any, tmp_path: Path) -> None:
    office, speaker = (laid(tmp_path, one.settings) for one in (hamlet.office, hamlet.speaker))
    hamlet.scheduled()
    said = call("export", hamlet.stick, "--settings", office)
    assert said.exit_code == 0
    assert "rút USB ra được rồi" in said.output
    for file in (hamlet.stick / "langso-courier/hoa-son/files").iterdir():
        file.unlink()
        break
    said = call("import", hamlet.stick, "--settings", speaker)
    assert said.exit_code == 0
    assert "thư mới đã nhận" in said.output
    assert "thiếu 1 tệp" in said.output
    assert "langso courier export" in said.output
    told = json.loads(call("import", hamlet.stick, "--settings", speaker, "--json").output)
    assert {one["outcome"] for one in told["outcomes"]} == {"same"}
    assert told["missing"] == 1


def test_the_wrong_stick_is_told_in_a_sentence(hamlet: Any, tmp_path: Path) -> None:
    said = call("import", hamlet.stick, "--settings", laid(tmp_path, hamlet.speaker.settings))
    assert said.exit_code != 0
    assert "đúng USB" in str(said.exception)
    said = call("import", tmp_path / "none", "--settings", tmp_path / "loa-7.toml")
    assert str(tmp_path / "none") in str(said.exception)


def test_a_stick_with_nothing_for_this_machine_is_told_and_one_with_letters_is_not(
    hamlet: Any, tmp_path: Path
) -> None:
    office, speaker = (laid(tmp_path, one.settings) for one in (hamlet.office, hamlet.speaker))
    (hamlet.stick / "langso-courier/hoa-son").mkdir(parents=True)
    said = call("import", hamlet.stick, "--settings", speaker)
    assert said.exit_code == 0
    assert "không có thư nào cho máy này" in said.output
    assert call("import", hamlet.stick, "--settings", speaker, "--json").output.startswith("{")
    call("export", hamlet.stick, "--settings", office)
    for _ in range(2):
        assert "không có thư nào" not in call("import", hamlet.stick, "--settings", speaker).output


def test_where_nothing_answers_it_says_so(hamlet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.courier.carrying.PATIENCE_S", 0.2)
    hamlet.speaker.courier.stop()
    said = call("export", hamlet.stick, "--settings", laid(tmp_path, hamlet.speaker.settings))
    assert "doctor" in str(said.exception)
    # Nothing that was asked for in vain is left to be done later.
    assert list((hamlet.speaker.settings.paths.state / "courier").iterdir()) == []
