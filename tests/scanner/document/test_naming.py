"""Names by dossier and number: safe, next in line, and never over a file that is there."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.durable.errors import FileRefused
from scanner.document.naming import next_name, save_new
from scanner.errors import DocumentRefused

CODE = "H56.37.12-240801-0001"


def test_the_first_document_is_number_one() -> None:
    assert next_name(CODE, []) == f"{CODE}-001.pdf"


def test_the_number_after_the_highest_is_next_and_gaps_stay() -> None:
    assert next_name(CODE, [f"{CODE}-001.pdf", f"{CODE}-007.pdf", "khác.pdf"]) == f"{CODE}-008.pdf"
    assert next_name(CODE, [f"{CODE}-999.pdf"]) == f"{CODE}-1000.pdf"


def test_another_dossier_does_not_count() -> None:
    assert next_name(CODE, ["H56.37.12-240801-00011-005.pdf", "H56X37.12-240801-0001-005.pdf"]) == f"{CODE}-001.pdf"


def test_a_name_in_other_letters_is_taken_all_the_same() -> None:
    assert next_name(CODE.lower(), [f"{CODE}-001.PDF".lower()]) == f"{CODE}-002.pdf"


@pytest.mark.parametrize(
    "code", ["", "abc", "../H56-240801-0001", "H56-241301-0001", "H56-240801-0001/..", "H56\n-240801-0001"]
)
def test_what_is_no_dossier_code_is_refused(code: str) -> None:
    with pytest.raises(DocumentRefused):
        next_name(code, [])


@given(st.text(max_size=40))
def test_no_text_becomes_an_unsafe_name(code: str) -> None:
    try:
        name = next_name(code, [])
    except DocumentRefused:
        return
    assert re.fullmatch(r"[A-Z0-9.\-]+\.pdf", name)
    assert not name.startswith((".", "-"))


@given(st.lists(st.integers(1, 99_998), max_size=20))
def test_the_next_name_is_never_taken(numbers: list[int]) -> None:
    taken = [f"{CODE}-{number:03d}.pdf" for number in numbers]
    assert next_name(CODE, taken) not in taken


def test_used_up_numbers_are_told() -> None:
    with pytest.raises(DocumentRefused):
        next_name(CODE, [f"{CODE}-99999.pdf"])


def test_saving_gives_the_name_to_the_maker_and_leaves_nothing_else(tmp_path: Path) -> None:
    assert save_new(tmp_path, CODE, str.encode).read_bytes() == f"{CODE}-001.pdf".encode()
    assert save_new(tmp_path, CODE, str.encode).name == f"{CODE}-002.pdf"
    assert len(list(tmp_path.iterdir())) == 2


def test_two_at_once_never_write_over_each_other(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def work(mark: str) -> None:
        start.wait()
        for _ in range(5):
            save_new(tmp_path, CODE, lambda name: mark.encode())

    threads = [threading.Thread(target=work, args=(mark,)) for mark in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = sorted(path.read_text() for path in tmp_path.iterdir())
    assert kept == sorted("abcd" * 5)


def test_a_name_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    def slow(name: str) -> bytes:
        if name.endswith("-001.pdf"):
            (tmp_path / name).write_text("another's")
        return b"mine"

    assert save_new(tmp_path, CODE, slow).name == f"{CODE}-002.pdf"
    assert (tmp_path / f"{CODE}-001.pdf").read_text() == "another's"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        save_new(tmp_path / "none", CODE, str.encode)


def test_a_maker_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def fails(name: str) -> bytes:
        raise DocumentRefused("không")

    with pytest.raises(DocumentRefused):
        save_new(tmp_path, CODE, fails)
    assert not list(tmp_path.iterdir())
