"""A bell by a plan from a file: nothing there but speaker/, langso/, firmware_bridge/; no office, kiosk, broker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from listening_ear import Ear
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.timekeeping.clock import VIETNAM
from langso.trust.roots.ceremony import make_key
from langso.trust.roots.passphrase_cipher import QUICK

ROOT = Path(__file__).resolve().parents[3]
CODE = "truong-nguyen-du"
PHRASE = "thuyen gao mai cong lan xua dep"
HAVE = ("speaker", "langso", "firmware_bridge")
LACK = """import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("deploy", "kiosk", "office", "scanner"):
            raise ModuleNotFoundError(f"there is no {name} here")
sys.meta_path.insert(0, Wall())
"""


class School:
    """A folder with nothing but the loudspeaker's own code, a stick with a key, and a settings file."""

    def __init__(self, folder: Path, pipe: Path) -> None:
        self.folder = folder
        self.stick, self.out = folder / "stick", folder / "signed"
        self.stick.mkdir()
        code = folder / "code"
        for name in HAVE:
            shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
        (code / "sitecustomize.py").write_text(LACK)
        self.environment = {**os.environ, "PYTHONPATH": str(code), "LANGSO_LANGUAGE": "vi"}
        self.environment["PYTHONDONTWRITEBYTECODE"] = ""
        now = datetime.now(UTC)
        self.key = make_key(self.stick, PHRASE, commune=CODE, holder="Thầy Nam", now=now, cost=QUICK)
        (folder / "phrase").write_text(PHRASE)
        self.settings = folder / "langso.toml"
        self.settings.write_text(
            f'[commune]\ncode = "{CODE}"\nname = "Trường Nguyễn Du"\n'
            '[device]\nid = "loa-truong"\nrole = "speaker"\n[clock]\ntrust = "host"\n'
            f'[speaker]\nsound = "pipe"\nsink = "{pipe}"\namplifier_lead_ms = 100\nplan_folder = "{self.out}"\n'
            f'[paths]\nstate = "{folder / "state"}"\nrun = "{folder / "run"}"\n'
        )
        (folder / "state").mkdir()

    def command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "speaker", *map(str, words)]

    def call(self, *words: object) -> Any:
        """What a command prints as JSON."""
        done = subprocess.run(
            self.command(*words, "--json"), cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @property
    def signing(self) -> list[object]:
        return ["--stick", self.stick, "--not-a-stick", "--passphrase-file", self.folder / "phrase", "-o", self.out]

    def write_plan(self, times: list[datetime]) -> Path:
        plan = self.folder / "chuong.toml"
        at = ", ".join(f'"{moment.astimezone(VIETNAM):%H:%M:%S}"' for moment in times)
        plan.write_text(
            f'code = "{CODE}"\nname = "Trường Nguyễn Du"\ndays = 2\n[[bell]]\nat = [{at}]\nsound = "chuong.wav"\n'
        )
        samples = numpy.random.default_rng(9).standard_normal(48_000 * 6 // 10) * 0.2
        soundfile.write(self.folder / "chuong.wav", samples, 48_000, subtype="PCM_16")
        return plan


@pytest.mark.timeout(240)
def test_a_bell_rings_by_a_plan_from_a_file_and_nothing_else(tmp_path: Path) -> None:
    pipe = tmp_path / "sound.pcm"
    school = School(tmp_path, pipe)
    begin = datetime.now(UTC).replace(microsecond=0)
    # Every four seconds: how long a busy machine takes to begin is its own affair.
    plan = school.write_plan([begin + timedelta(seconds=4 * number) for number in range(2, 50)])
    signed = school.call("alone", "sign", plan, *school.signing, "--yes")
    assert (signed["code"], signed["version"], signed["folder"]) == (CODE, 1, str(school.out))
    joined = school.call("alone", "join", school.out, "--settings", school.settings, "--code", school.key.code)
    assert joined == {"device": "loa-truong", "commune": CODE, "code": school.key.code}
    with Ear.at(pipe, tmp_path / "heard"):
        speaker = subprocess.Popen(
            school.command("run", "--settings", school.settings), cwd=tmp_path, env=school.environment
        )
        try:
            rung = until(lambda: rung_in_time(tmp_path / "state"))
            state = school.call("status", "--settings", school.settings)
        finally:
            speaker.send_signal(signal.SIGTERM)
            assert speaker.wait(60) == 0
    planned = datetime.strptime(rung[:15], "%Y%m%d-%H%M%S").replace(tzinfo=VIETNAM)
    found = locate(
        read_recording(tmp_path / "heard"),
        read_medium(tmp_path / "chuong.wav"),
        after_ns=int((planned.timestamp() - 2) * 1e9),
        before_ns=int((planned.timestamp() + 4) * 1e9),
    )
    assert found.correlation > 0.9
    assert abs(found.start_ns / 1e9 - planned.timestamp()) < 1
    health = {line["name"]: line["level"] for line in state["health"]}
    assert health["link"] == "ok"
    assert health["trust"] == "ok"
    assert not {"office", "certificate"} & set(health)


def rung_in_time(state: Path) -> str | None:
    """The first bell that was played at its time, by the loudspeaker's journal."""
    path = state / "speaker.sqlite"
    if not path.exists():
        return None
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        try:
            rows = db.execute("SELECT line FROM receipts ORDER BY number").fetchall()
        except sqlite3.OperationalError:
            return None
    bodies = [json.loads(line)["body"] for (line,) in rows]
    prompt = {one["occurrence"] for one in bodies if one["event"] == "started" and abs(one["error_ms"]) < 500}
    played = [one["occurrence"] for one in bodies if one["event"] == "ended" and one["outcome"] == "played"]
    return next((occurrence for occurrence in played if occurrence in prompt), None)


def test_a_new_plan_and_an_alarm_have_higher_versions_also_where_the_folder_was_lost(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from speaker.commands import speaker

    school = School(tmp_path, tmp_path / "pipe")
    plan = school.write_plan([datetime.now(UTC).replace(hour=0, minute=0, second=30)])

    def told(*words: object) -> Any:
        result = CliRunner().invoke(speaker, [*map(str, words), *map(str, school.signing), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    assert told("alone", "sign", plan)["version"] == 1
    assert told("alone", "alarm", tmp_path / "chuong.wav", "--code", CODE, "--minutes", 1)["version"] == 1
    shutil.rmtree(school.out)
    assert told("alone", "sign", plan)["version"] == 2
    stopped = told("alone", "alarm", "--stop", "--code", CODE)
    assert (stopped["version"], stopped["bells"]) == (2, 0)
    letters = {path.name for path in (school.out / "langso-courier" / CODE / "to-devices").iterdir()}
    assert letters == {"trust.json", "plan.json", "urgent.alone.json"}


@pytest.mark.parametrize("code", ["1234 5678 9012", "", "x"])
def test_another_keys_folder_is_not_joined(tmp_path: Path, code: str) -> None:
    from speaker.alone.joining import read_lone_trust
    from speaker.commands import speaker

    school = School(tmp_path, tmp_path / "pipe")
    plan = school.write_plan([datetime.now(UTC).replace(hour=0, minute=0, second=30)])
    from click.testing import CliRunner

    run = CliRunner()
    assert run.invoke(speaker, ["alone", "sign", str(plan), *map(str, school.signing), "--json"]).exit_code == 0
    assert read_lone_trust(school.out, CODE).code == school.key.code
    settings = ["--settings", str(school.settings)]
    refused = run.invoke(speaker, ["alone", "join", str(school.out), *settings, "--code", code])
    assert refused.exception is not None
    assert school.key.code in str(refused.exception)
    assert not (tmp_path / "state" / "pairing").exists()
