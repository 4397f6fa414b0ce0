"""What may be said aloud: recorded sentences, units, and texts of people; nothing else gets to the voice."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from kiosk.prompts.aloud import Theirs, aloud, as_text
from kiosk.prompts.speech import ReadAloud
from kiosk.shell.visit import Workspace
from langso import words
from langso.words.catalogue import FOLDER, Sentence, Unit, t
from langso.words.language import in_language

KIOSK = Path(__file__).parents[3] / "kiosk"
AMOUNT, TO = Sentence("prompts-pay-amount"), Sentence("prompts-pay-to")


def test_prompts_units_and_names_are_said_in_order_each_with_a_breath_after_it() -> None:
    said = as_text((AMOUNT, Unit(words.amount, 8000), TO, Theirs("Ủy ban nhân dân xã Hoa Sơn")))
    assert said == "Số tiền phải nộp: tám nghìn đồng. Nộp cho: Ủy ban nhân dân xã Hoa Sơn."


def test_what_is_said_is_in_the_language_of_the_moment_and_in_its_spoken_form() -> None:
    assert as_text((Sentence("prompts-card-seen"),)) == "Đã thấy thẻ. Giữ yên."
    with in_language("en"):
        assert as_text((Sentence("prompts-card-seen"),)) == "The card is seen. Keep still."


@pytest.mark.parametrize(
    "wrong",
    [
        Sentence("screens-done"),
        Sentence("prompts-pay-amount", amount=8000),
        "Xong",
        t("prompts-pay-amount"),
        8000,
        None,
    ],
)
def test_any_other_words_are_refused_before_a_voice_hears_them(wrong: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        as_text((AMOUNT, wrong))
    reader = ReadAloud(Workspace(tmp_path / "visit"), players=())
    with pytest.raises(TypeError):
        reader.read((wrong,))
    assert not reader.busy


def test_of_what_a_place_shows_only_prompts_are_said_and_a_value_is_left_out() -> None:
    shown = [
        Sentence("journeys-odd-same", page=3),
        Sentence("prompts-odd-blur"),
        Sentence("screens-making"),
        "Máy ảnh hỏng",
        t("prompts-odd-dark"),
    ]
    assert [str(one) for one in aloud(shown)] == [
        "Giống một trang đã chụp, nên xem lại",
        "Chữ bị nhòe, nên chụp lại",
        "Hình tối quá, nên chụp lại",
    ]


def test_only_the_reader_has_a_voice_and_only_the_window_makes_it_read() -> None:
    voiced, reading = [], []
    for path in sorted(KIOSK.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(KIOSK).as_posix()
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        voiced += [where for module in imported if module.startswith("langso.voices")]
        reading += [
            where
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("reader.read")
        ]
    assert (voiced, reading) == (["prompts/speech.py"], ["shell/window.py"])


def test_everything_that_is_to_be_recorded_stands_in_the_one_file_that_the_export_takes() -> None:
    for tongue in ("vi", "en"):
        files = {
            path.relative_to(FOLDER / tongue).as_posix()
            for path in (FOLDER / tongue).glob("*/*.ftl")
            if "\nprompts-" in "\n" + path.read_text(encoding="utf-8")
        }
        assert files == {"kiosk/prompts.ftl"}
