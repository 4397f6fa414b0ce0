"""The drawing of the house: what it takes for an arrow, a room, a circle."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.documentation.house import ROLES, House, circles, drawn, sizes


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Every role as an empty folder, and a few files that import one another."""
    for role in ROLES:
        (tmp_path / role).mkdir()
        (tmp_path / role / "__init__.py").write_text(f'"""The {role}."""\n')
    files = {
        "langso/words/__init__.py": '"""Words | and more."""\n',
        "langso/words/letters.py": "",
        "langso/trust/__init__.py": '"""Who may."""\n',
        "langso/trust/keys.py": "def f():\n    from langso.words import letters\n",
        "speaker/agent.py": "import langso.trust.keys\nfrom speaker.sound import player\n",
        "speaker/sound/__init__.py": '"""Sound."""\n',
        "speaker/sound/player.py": "from speaker.agent import nothing\n",
        "firmware_bridge/firmware/main.py": "from speaker import agent\n",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return House.at(tmp_path)


def test_an_import_inside_a_function_is_an_arrow_to_the_module_itself(house: House) -> None:
    assert house.imports(house.modules["langso.trust.keys"]) == {"langso.words.letters"}
    assert house.room_arrows("langso") == {"langso.trust": {"langso.words"}}


def test_a_circle_of_modules_and_of_rooms_is_found(house: House) -> None:
    assert circles(house.module_arrows("speaker")) == [["speaker.agent", "speaker.sound.player"]]
    assert circles(house.room_arrows("speaker")) == [["speaker.agent", "speaker.sound"]]
    assert circles(house.module_arrows("langso")) == []


def test_a_long_way_round_is_a_circle_and_a_short_cut_is_none() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}}) == []
    assert circles({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}) == [["a", "b"], ["c", "d"]]


def test_the_microcontrollers_files_are_no_part_of_it(house: House) -> None:
    assert not any("firmware_bridge.firmware" in name for name in house.modules)


def test_a_room_is_drawn_with_its_subject_and_whom_it_imports(house: House) -> None:
    page = drawn(house)
    assert "| `trust/` | Who may. | `words` |" in page
    assert "| `words/` | Words \\| and more. |  |" in page
    assert "  speaker --> langso" in page


def test_sizes_count_circles_and_what_is_short(house: House) -> None:
    line = next(line for line in sizes(house).splitlines() if line.startswith("speaker"))
    assert line.endswith("under 60:   2  over 400:  0  circles: 2")
