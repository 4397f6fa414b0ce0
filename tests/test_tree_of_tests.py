"""A test stands where its subject stands, in a file that can be read whole."""

from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath

import pytest

from deploy.documentation.house import ROLES, House, imported

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 400
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
OF_A_ROLE = [name for name in FILES if name.split("/")[1] in ROLES]


@pytest.fixture(scope="module")
def house() -> House:
    return House.at(ROOT)


def belongs(test: str, imports: set[str], where: dict[str, str]) -> str:
    """The source folder of a test, as `office/web`: its own, or one below that holds all it imports of its role."""
    folder = PurePosixPath(test).parent.relative_to("tests")
    seen = [PurePosixPath(where[name]) for name in imports if name.split(".")[0] == folder.parts[0]]
    # An error may be raised by any room.
    parts = [file.parent.parts for file in seen if file.name != "errors.py"]
    shared: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    subject = PurePosixPath(*shared) if shared else folder
    return (subject if subject.is_relative_to(folder) else folder).as_posix()


def test_every_folder_of_tests_is_one_of_the_house() -> None:
    folders = {str(PurePosixPath(name).parent.relative_to("tests")) for name in OF_A_ROLE}
    assert {name for name in folders if not (ROOT / name).is_dir()} == set()


def test_every_test_stands_where_what_it_imports_stands(house: House) -> None:
    where = {name: module.where for name, module in house.modules.items()}
    wrong = []
    for test in OF_A_ROLE:
        found = imported(ast.parse((ROOT / test).read_text(encoding="utf-8")), house.modules)
        place = belongs(test, found, where)
        if f"tests/{place}" != str(PurePosixPath(test).parent):
            wrong.append(f"{test} belongs into tests/{place}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("test", "imports", "place"),
    [
        ("tests/office/test_a.py", {"office.web.app"}, "office/web"),
        ("tests/office/test_a.py", {"office.web.app", "office.errors"}, "office/web"),
        ("tests/office/test_a.py", {"office.web.app", "office.desk.archive"}, "office"),
        ("tests/office/desk/test_a.py", {"office.web.app", "office.desk.archive"}, "office/desk"),
        ("tests/office/desk/test_a.py", {"office.web.app"}, "office/desk"),
        ("tests/office/web/test_a.py", {"langso.trust.keeper"}, "office/web"),
    ],
)
def test_the_check_itself_sees_a_test_that_stands_too_high(test: str, imports: set[str], place: str) -> None:
    assert belongs(test, imports, {name: f"{name.replace('.', '/')}.py" for name in imports}) == place


def test_no_test_file_is_too_long_to_be_read_whole() -> None:
    lines = {name: (ROOT / name).read_text(encoding="utf-8").count("\n") for name in FILES}
    assert {name: many for name, many in lines.items() if many > MOST_LINES} == {}
