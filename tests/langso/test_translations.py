"""`langso words`: out to translators as one table, and back without losing a value or a sentence."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from deploy.cli import langso
from langso.translations import COLUMNS, TranslationRefused, as_csv, catalogue_rows, changed_files, from_csv
from langso.words.catalogue import FOLDER

VIETNAMESE = """\
# Tiền in trên phiếu.
words-fee = Lệ phí { $fee }.
    .spoken = Lệ phí là { $fee }.
words-done = Xong.
"""
ENGLISH = """\
words-fee = The fee is { $fee }.
words-done = Done.
"""
Change = Callable[[dict[str, dict[str, str]]], None]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue that is only read: each example of a fuzz test reads all of it."""
    return lay(tmp_path_factory.mktemp("small"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay(tmp_path)


def lay(folder: Path) -> Path:
    for tongue, source in (("vi", VIETNAMESE), ("en", ENGLISH)):
        (folder / tongue / "langso").mkdir(parents=True)
        (folder / tongue / "langso/words.ftl").write_text(source, encoding="utf-8")
    return folder


def table(folder: Path, change: Change) -> bytes:
    """The exported table after a translator's change of its cells, by id."""
    lines = list(csv.DictReader(io.StringIO(as_csv(catalogue_rows(folder)).decode("utf-8-sig"))))
    by_id = {line["id"]: line for line in lines}
    change(by_id)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(by_id.values())
    return out.getvalue().encode()


def run(*words: str) -> Result:
    return CliRunner().invoke(langso, ["words", *words])


def test_every_sentence_has_a_line_with_its_role_texts_and_note(folder: Path) -> None:
    lines = list(csv.reader(io.StringIO(as_csv(catalogue_rows(folder)).decode("utf-8-sig"))))
    assert lines == [
        list(COLUMNS),
        [
            "words-fee", "langso", "Lệ phí { $fee }.", "The fee is { $fee }.", "Lệ phí là { $fee }.", "",
            "Tiền in trên phiếu.",
        ],
        ["words-done", "langso", "Xong.", "Done.", "", "", ""],
    ]  # fmt: skip


def test_the_whole_catalogue_comes_back_unchanged() -> None:
    assert changed_files(FOLDER, from_csv(as_csv(catalogue_rows(FOLDER)))) == {}


def test_a_changed_cell_changes_its_file_and_nothing_else(folder: Path) -> None:
    def change(lines: dict[str, dict[str, str]]) -> None:
        lines["words-fee"]["en"] = "You pay { $fee }."
        lines["words-done"]["vi.spoken"] = "Đã xong rồi ạ."
        lines["words-done"]["vi"] = ""

    changed = changed_files(folder, from_csv(table(folder, change)))
    assert changed == {
        folder / "en/langso/words.ftl": ENGLISH.replace("The fee is", "You pay"),
        folder / "vi/langso/words.ftl": VIETNAMESE + "    .spoken = Đã xong rồi ạ.\n",
    }


def test_plural_forms_and_lines_go_there_and_back(folder: Path) -> None:
    plural = "{ $fee ->\n    [one] One.\n   *[other] { $fee } in all.\n}\nSecond line."
    changed = changed_files(folder, from_csv(table(folder, lambda lines: lines["words-fee"].update({"en": plural}))))
    (folder / "en/langso/words.ftl").write_text(changed[folder / "en/langso/words.ftl"], encoding="utf-8")
    assert catalogue_rows(folder)[0].texts["en"] == plural


@pytest.mark.parametrize(
    ("id", "column", "text", "said"),
    [
        ("words-fee", "en", "The fee.", "Dòng 2, words-fee, cột en: hãy giữ đúng các chỗ điền { $fee }."),
        ("words-fee", "vi", "Lệ phí { $fee } { $day }.", "Dòng 2, words-fee, cột vi: hãy giữ đúng các chỗ điền"),
        ("words-fee", "en", "The fee is { $fee.", "Dòng 2, words-fee, cột en: hãy giữ đúng các chỗ điền"),
        ("words-fee", "en", "{ $fee }\nother-id = { $fee }\n.spoken = x", "Dòng 2, words-fee, cột en"),
        ("words-done", "en", "Done { $by }.", "Dòng 3, words-done, cột en: câu này không có chỗ điền"),
        ("words-done", "id", "words-gone", "Dòng 3: không có câu nào mã «words-gone»; hãy giữ nguyên cột id."),
    ],
)
def test_a_wrong_line_is_told_and_nothing_is_changed(
    folder: Path, id: str, column: str, text: str, said: str
) -> None:
    raw = table(folder, lambda lines: lines[id].update({column: text}))
    with pytest.raises(TranslationRefused, match="chưa sửa gì cả") as refused:
        changed_files(folder, from_csv(raw))
    assert said in str(refused.value)
    assert len(refused.value.problems) == 1


def test_every_wrong_line_is_told_at_once(folder: Path) -> None:
    def change(lines: dict[str, dict[str, str]]) -> None:
        lines["words-fee"]["en"] = "Nothing."
        lines["words-done"]["id"] = "words-gone"

    with pytest.raises(TranslationRefused) as refused:
        changed_files(folder, from_csv(table(folder, change)))
    assert str(refused.value).startswith("Bảng có 2 chỗ sai")
    assert len(str(refused.value).splitlines()) == 3


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: b"id,vi,en\n" + text.encode()))
def test_any_other_file_is_refused_with_a_sentence_or_read_without_harm(small: Path, raw: bytes) -> None:
    with contextlib.suppress(TranslationRefused):
        changed_files(small, from_csv(raw))


def test_the_command_writes_the_table_and_takes_it_back(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "câu.csv"
    assert (out := run("export", str(file))).exit_code == 0, out.output
    own = tmp_path / "own"
    shutil.copytree(FOLDER, own)
    text = file.read_text(encoding="utf-8-sig")
    assert "sentences written to" in text
    file.write_text(text.replace("sentences written to", "sentences now in"), encoding="utf-8")
    assert (out := run("import", str(file), "--into", str(own))).exit_code == 0, out.output
    assert out.output == f"Đã sửa 1 tệp trong {own}.\n"
    assert "sentences now in" in (own / "en/langso/words.ftl").read_text(encoding="utf-8")


def test_speakers_get_only_what_is_to_be_recorded(tmp_path: Path) -> None:
    file = tmp_path / "prompts.csv"
    assert run("export", "--prompts", str(file)).exit_code == 0
    ids = [line["id"] for line in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))]
    assert all(id.startswith("prompts-") for id in ids)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert "CSV UTF-8" in str(run("import", str(file)).exception)
    file.write_text("a,b\n1,2\n")
    assert "hãy giữ dòng đầu như khi xuất: id, role, vi" in str(run("import", str(file)).exception)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ words-fee }", "words-import-no-variables"),
        ("{ -commune }", "words-import-no-variables"),
        ("{ 5 }", "words-import-no-variables"),
        ("{ NUMBER(5) }", "words-import-no-variables"),
        ("{ NUMBER(1) ->\n    [one] a\n   *[other] b\n}", "words-import-no-variables"),
        ('{ "\\U110000" }', "words-import-no-variables"),
        ("{ " * 3000 + '"a"' + " }" * 3000, "words-import-no-variables"),
        ('Done{ "\\u202E" }.', "words-import-letters"),
        ("Done\u202e.", "words-import-letters"),
        ("Done\x1b[31m.", "words-import-letters"),
        ("Done\x00.", "words-import-letters"),
    ],
)
def test_what_no_page_could_fill_or_nobody_could_read_is_refused(folder: Path, text: str, code: str) -> None:
    with pytest.raises(TranslationRefused) as refused:
        changed_files(folder, from_csv(table(folder, lambda lines: lines["words-done"].update(en=text))))
    assert [problem.id for problem in refused.value.problems] == [code]


def test_a_text_that_is_indented_keeps_its_values_too(folder: Path) -> None:
    file = folder / "vi/langso/words.ftl"
    file.write_text('words-key = Khoá:\n    {"    "}{ $key }\nwords-print =\n    Dấu:\n        { $key }\n')
    with pytest.raises(TranslationRefused) as refused:
        changed_files(folder, from_csv(table(folder, lambda lines: lines["words-print"].update(en="None."))))
    assert [problem.id for problem in refused.value.problems] == ["words-import-variables"]
