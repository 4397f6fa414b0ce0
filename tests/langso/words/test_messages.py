"""The catalogue as it stands: complete in both languages, every id used, every value given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent
from literals import ROLES, ROOT, is_vietnamese

from langso.words import ftl
from langso.words.catalogue import FOLDER
from langso.words.language import LANGUAGES

FILES = sorted(path.relative_to(FOLDER / "vi") for path in (FOLDER / "vi").glob("*/*.ftl"))
# Named by codes and commands, not in a source: tests of their own see to them.
MADE_OF_OTHERS = ("code-", "help-")


@cache
def messages(tongue: str) -> dict[str, dict[str, ftl.Pattern]]:
    """id -> form -> text."""
    found: dict[str, dict[str, ftl.Pattern]] = {}
    for path in sorted((FOLDER / tongue).glob("*/*.ftl")):
        for entry in FluentParser(with_spans=False).parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, fluent.Junk), f"{path}: {entry.content!r}"
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} stands twice"
                found[entry.id.name] = ftl.forms(entry)
    return found


@cache
def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for role in ROLES
        for path in sorted((ROOT / role).rglob("*.py"))
        if "node_modules" not in path.parts
    }


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """(place, id, names of the values) of every `t(…)` and `Sentence(…)`; None where they are handed on whole."""
    for where, tree in sources().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("t", "Sentence") and isinstance(node.args[0].value, str):
                names = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
                whole = any(keyword.arg is None for keyword in node.keywords)
                yield f"{where}:{node.lineno}", node.args[0].value, None if whole else names


def used() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every literal, and a pattern for every f-string, that may be an id; scripts and templates quote them too."""
    whole: set[str] = set()
    made: list[re.Pattern[str]] = []
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values]
                if re.match(r"[a-z][a-z0-9_]*\\-", parts[0]):
                    made.append(re.compile("".join(parts)))
    for role in ROLES:
        for path in (ROOT / role).rglob("*"):
            if path.suffix in (".html", ".js") and "node_modules" not in path.parts:
                whole |= set(re.findall(r"[\"'`]([a-z][\w.-]+)[\"'`]", path.read_text(encoding="utf-8")))
    return whole, made


def test_a_file_holds_the_ids_that_begin_with_its_name() -> None:
    wrong = []
    for tongue in LANGUAGES:
        for path in FILES:
            if (FOLDER / tongue / path).exists():
                ids = ftl.split((FOLDER / tongue / path).read_text(encoding="utf-8"))
                wrong += [f"{tongue}/{path}: {id}" for id in ids if not id.startswith(f"{path.stem}-")]
    assert not wrong, "\n".join(wrong)
    assert len({path.stem for path in FILES}) == len(FILES), "two files of one name: which has the id?"
    assert {path.parts[0] for path in FILES} <= set(ROLES)


def test_every_sentence_is_there_in_every_language_and_in_one_place() -> None:
    vietnamese = messages("vi")
    for tongue in LANGUAGES:
        theirs = messages(tongue)
        missing = sorted(vietnamese.keys() - theirs.keys())
        assert not missing, f"{tongue} lacks {missing}"
        assert not sorted(theirs.keys() - vietnamese.keys())
        for id, forms in vietnamese.items():
            wanted = forms.keys() - {ftl.SPOKEN}
            assert theirs[id].keys() - {ftl.SPOKEN} == wanted, f"{tongue}, {id}: other forms"
        assert sorted(path.relative_to(FOLDER / tongue) for path in (FOLDER / tongue).glob("*/*.ftl")) == FILES


def test_every_language_has_the_same_places_for_values() -> None:
    wrong = [
        f"{tongue}, {id}.{form}: {sorted(ftl.variables(pattern))} instead of {sorted(wanted)}"
        for tongue in LANGUAGES
        for id, forms in messages(tongue).items()
        for form, pattern in forms.items()
        for wanted in [ftl.variables(messages("vi")[id][form if form != ftl.SPOKEN else ""])]
        # What is said aloud may leave out what is only read, an address say.
        if not (ftl.variables(pattern) <= wanted if form == ftl.SPOKEN else ftl.variables(pattern) == wanted)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_english_sentence_is_vietnamese_still() -> None:
    # Names of programmes, of money and of the product are the same in both.
    ours = re.compile("Làng Số|VssID|đồng|[0-9. ]đ\\b")
    wrong = [
        f"{id}: {text}"
        for id, forms in messages("en").items()
        for pattern in forms.values()
        for text in [ours.sub("", "".join(_texts(pattern)))]
        if is_vietnamese(re.sub('“[^”]*”|"[^"]*"', "", text))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_sentence_is_used() -> None:
    whole, made = used()
    lost = [
        id
        for id, forms in messages("vi").items()
        if not id.startswith(MADE_OF_OTHERS)
        and not any(
            name in whole or any(p.fullmatch(name) for p in made) for name in [id, *(f"{id}.{f}" for f in forms)]
        )
    ]
    assert not lost, f"nobody says them: {lost}"


def test_every_sentence_that_is_asked_for_is_there_and_gets_its_values() -> None:
    wrong = []
    for where, name, given in calls():
        id, _, form = name.partition(".")
        pattern = messages("vi").get(id, {}).get(form)
        if pattern is None:
            wrong.append(f"{where}: no sentence {name}")
        elif given is not None and given != ftl.variables(pattern):
            wrong.append(f"{where}: {name} wants {sorted(ftl.variables(pattern))}, not {sorted(given)}")
    assert not wrong, "\n".join(wrong)


def test_what_local_people_record_is_whole_and_without_values() -> None:
    wrong = [
        id
        for id, forms in messages("vi").items()
        if id.startswith("prompts-") and any(ftl.variables(pattern) for pattern in forms.values())
    ]
    assert not wrong, f"said by a person, so without places for values: {wrong}"


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_the_reference_implementation_says_every_sentence_alike(tongue: str) -> None:
    bundle = FluentBundle([tongue], use_isolating=False)
    for path in FILES:
        bundle.add_resource(FluentResource((FOLDER / tongue / path).read_text(encoding="utf-8")))
    for id, forms in messages(tongue).items():
        for form, pattern in forms.items():
            theirs = bundle.get_message(id)
            for value in (0, 1, 2, "x"):
                values = dict.fromkeys(ftl.variables(pattern), value)
                said, errors = bundle.format_pattern(theirs.attributes[form] if form else theirs.value, values)
                assert (ftl.render(pattern, values), errors) == (said, []), id


def _texts(pattern: ftl.Pattern) -> Iterator[str]:
    for element in pattern.elements:
        if isinstance(element, fluent.TextElement):
            yield element.value
        elif isinstance(element.expression, fluent.SelectExpression):
            for variant in element.expression.variants:
                yield from _texts(variant.value)
