"""`langso root` as a key holder meets it: one stick, one passphrase, words before the signature."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from terminal import at_terminal

from langso.trust.roots.commands import root
from langso.trust.roots.errors import ProposalRefused, StickRefused, WeakPassphrase
from langso.trust.roots.key_file import read_public_part
from langso.trust.roots.proposal import read_proposal
from langso.trust.roots.sticks import key_on

from .conftest import PHRASE, Commune


def call(*words: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(root, [str(word) for word in words], input=typed)


@pytest.fixture(autouse=True)
def nothing_else_plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test's stick, mounted at this moment, is none of these holders'."""
    monkeypatch.setattr("langso.trust.roots.sticks.KernelView.sticks", lambda _: [])


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    file = tmp_path / "phrase"
    file.write_text(PHRASE + "\n")
    return file


@pytest.fixture
def proposal(commune: Commune, tmp_path: Path) -> Path:
    file = tmp_path / "de-nghi.json"
    file.write_bytes(commune.founding().proposal.to_json())
    return file


def test_a_new_key_is_made_on_a_stick_and_its_public_part_beside(tmp_path: Path, phrase: Path) -> None:
    stick, out = tmp_path / "usb", tmp_path / "khoa.json"
    stick.mkdir()
    words = ("new", "--stick", stick, "--commune", "hoa-son", "--holder", "Chủ tịch xã", "-o", out)
    refused = call(*words, "--passphrase-file", phrase)
    assert isinstance(refused.exception, StickRefused)
    assert list(stick.iterdir()) == []
    said = call(*words, "--passphrase-file", phrase, "--not-a-stick")
    assert said.exit_code == 0, said.output
    made = key_on(stick, "hoa-son")
    assert made.code in said.output
    assert read_public_part(out.read_bytes()).public_key == made.public_key
    again = call(*words, "--passphrase-file", phrase, "--not-a-stick")
    assert isinstance(again.exception, StickRefused)
    assert made.code in call("show", "--stick", stick).output


def test_a_weak_passphrase_makes_no_key(tmp_path: Path) -> None:
    weak = tmp_path / "weak"
    weak.write_text("hoa son\n")
    said = call(
        *("new", "--stick", tmp_path, "--commune", "hoa-son", "--holder", "X", "--not-a-stick"),
        *("--passphrase-file", weak),
    )
    assert isinstance(said.exception, WeakPassphrase)
    assert not list(tmp_path.glob("*.key"))


def test_what_a_proposal_names_is_no_line_of_its_own(commune: Commune, tmp_path: Path) -> None:
    forged = "cho\n  Chỉ gia hạn: không ai được thêm quyền.\x1b[8m\u202e"
    asked = commune.founding(issuers=(commune.rule(places=(forged,)),))
    file = tmp_path / "a\x1b[2J\n.json"
    file.write_bytes(asked.proposal.to_json())
    told = call("read", file).output
    assert "cho�  Chỉ gia hạn: không ai được thêm quyền.�[8m�" in told
    assert not set(told) & {"\x1b", "\u202e"}
    assert not [line for line in told.splitlines() if line.strip().startswith("Chỉ gia hạn")]


def test_signing_shows_the_words_first_and_needs_a_yes(commune: Commune, proposal: Path, phrase: Path) -> None:
    before = proposal.read_bytes()
    words = ("sign", proposal, "--stick", commune.sticks[0], "--not-a-stick", "--passphrase-file", phrase)
    no = call(*words, typed="\n")
    assert "Chưa ký gì" in no.output
    assert "mỗi lần đổi cần 2 khoá" in no.output
    assert proposal.read_bytes() == before
    yes = call(*words, typed="co\n")
    assert yes.exit_code == 0, yes.output
    assert yes.output.index("Bộ khoá gốc") < yes.output.index("Đã ký")
    assert "Còn thiếu 1 chữ ký" in yes.output
    assert "đã ký đề nghị này rồi" in call(*words).output
    last = call("sign", proposal, "--stick", commune.sticks[1], "--not-a-stick", "--passphrase-file", phrase, "--yes")
    assert "Đủ chữ ký" in last.output
    assert read_proposal(proposal.read_bytes()).missing() == []
    assert "Đủ chữ ký" in call("read", proposal).output


def test_a_damaged_proposal_signs_nothing(commune: Commune, proposal: Path, phrase: Path) -> None:
    proposal.write_bytes(proposal.read_bytes()[:-20])
    said = call("sign", proposal, "--stick", commune.sticks[0], "--not-a-stick", "--passphrase-file", phrase, "--yes")
    assert isinstance(said.exception, ProposalRefused)
    assert list(commune.sticks[0].glob("*.seen")) == []


def test_a_suggested_phrase_is_printed() -> None:
    assert len(call("phrase").output.split()) == 7


def test_at_a_terminal_the_passphrase_is_not_shown_and_a_wrong_one_is_asked_again(
    commune: Commune, proposal: Path
) -> None:
    program = [sys.executable, "-m", "deploy", "root", "sign", str(proposal)]
    shown = at_terminal(
        [*program, "--stick", str(commune.sticks[0]), "--not-a-stick"],
        (r"có/không, Enter = không\): ", "gì cơ"),
        (r"Hãy gõ «có» hoặc «không»[^$]*: ", "có"),
        (r"Câu mật khẩu của khoá Chủ tịch xã .*: ", "mot cau sai hoan toan that dai"),
        (r"Sai câu mật khẩu[^$]*Câu mật khẩu của khoá Chủ tịch xã .*: ", PHRASE),
    )
    assert "Đã ký bằng khoá Chủ tịch xã" in shown
    assert PHRASE not in shown
    assert "mot cau sai" not in shown
