"""`langso words`: the whole catalogue as one table for translators and speakers, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
from fluent.syntax import FluentParser, FluentSerializer, ast

from langso.durable.files import read_limited, write_atomic
from langso.errors import LangsoError
from langso.terminal.saying import say
from langso.words import ftl
from langso.words.catalogue import FOLDER, Joined, Sentence, t
from langso.words.harmless import harmless_lines
from langso.words.letters import nfc

COLUMNS = ("id", "role", "vi", "en", "vi.spoken", "en.spoken", "note")
PROMPTS = "prompts"
"""The file of sentences that local people record: whole, without variables."""

_TEXTS = ("vi", "en", "vi.spoken", "en.spoken")
_MOST_BYTES = 8 << 20
_UNWRAPPED = "\b"


class TranslationRefused(LangsoError, ValueError):
    """A table that cannot be taken as it is; `problems` are all of them, and nothing was changed."""

    def __init__(self, problems: list[Sentence]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            Sentence("words-import-refused", count=len(problems), problems=Joined("\n  ", ("", *self.problems)))
        )


@dataclass(frozen=True)
class TranslationRow:
    """One line of the table: an id (`room-thing-what`, `.form` after it where it is one), its role, its texts."""

    id: str
    role: str
    note: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@click.group(name="words")
def words() -> None:
    """Every sentence that villagers, staff and technicians read or hear, in one table."""


@words.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--prompts", is_flag=True)
def export_command(file: Path, prompts: bool) -> None:
    """Write the sentences to the table FILE (CSV): id, Vietnamese, English, spoken form, note."""
    rows = [row for row in catalogue_rows(FOLDER) if not prompts or row.id.startswith(f"{PROMPTS}-")]
    write_atomic(file, as_csv(rows), mode=0o644)
    say(t("words-exported", count=len(rows), file=file))


@words.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=FOLDER)
def import_command(file: Path, into: Path) -> None:
    """Take back the translated table FILE; where anything is wrong, all of it is told and nothing changed."""
    changed = changed_files(into, from_csv(read_limited(file, _MOST_BYTES)))
    for path, source in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, source.encode(), mode=0o644)
    say(t("words-imported", count=len(changed), folder=into))


def catalogue_rows(folder: Path) -> list[TranslationRow]:
    """Every sentence under `folder` (`<language>/<role>/<room>.ftl`), in the order of its files."""
    english = {id: entry for path in _files(folder, "en") for id, entry in _messages(path)}
    return [
        row
        for path in _files(folder, "vi")
        for id, entry in _messages(path)
        for row in _rows(id, path.parent.name, entry, english.get(id))
    ]


def as_csv(rows: list[TranslationRow]) -> bytes:
    """The table as CSV bytes, with a byte order mark so that a spreadsheet reads the letters right."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([row.id, row.role, *(row.texts.get(name, "") for name in _TEXTS), row.note])
    return out.getvalue().encode("utf-8-sig")


def from_csv(raw: bytes) -> list[tuple[int, TranslationRow]]:
    """The rows of a table with their line numbers. Raises TranslationRefused for what is no such table."""
    try:
        lines = list(csv.reader(io.StringIO(nfc(raw.decode("utf-8-sig"))), strict=True))
    except (UnicodeError, csv.Error):
        raise TranslationRefused([Sentence("words-import-no-table")]) from None
    head = lines[0] if lines else []
    if "id" not in head or not set(_TEXTS) & set(head):
        raise TranslationRefused([Sentence("words-import-no-columns", columns=", ".join(COLUMNS))])
    found = []
    for number, line in enumerate(lines[1:], 2):
        cells = dict(zip(head, line, strict=False))
        texts = {name: cells[name].replace("\r\n", "\n").strip() for name in _TEXTS if cells.get(name, "").strip()}
        if cells.get("id"):
            found.append((number, TranslationRow(cells["id"].strip(), cells.get("role", ""), texts=texts)))
    return found


def changed_files(folder: Path, rows: list[tuple[int, TranslationRow]]) -> dict[Path, str]:
    """The files that a table changes, with their new text. Raises TranslationRefused naming every line that is wrong.

    An empty cell leaves a text as it is.
    """
    home = {id: path.relative_to(folder / "vi") for path in _files(folder, "vi") for id, _ in _messages(path)}
    known = {row.id: row for row in catalogue_rows(folder)}
    problems: list[Sentence] = []
    new: dict[Path, ast.Resource] = {}
    for number, row in rows:
        before = known.get(row.id)
        if before is None:
            problems.append(Sentence("words-import-unknown", line=number, id=row.id[:80]))
            continue
        for column, text in row.texts.items():
            if text == before.texts.get(column):
                continue
            pattern = _from_cell(text)
            wanted = _variables(before.texts["vi"])
            own = None if pattern is None else ftl.own_words(pattern)
            if pattern is None or own is None or ftl.variables(pattern) != wanted:
                names = ", ".join(f"{{ ${name} }}" for name in sorted(wanted))
                why = "words-import-variables" if wanted else "words-import-no-variables"
                problems.append(Sentence(why, line=number, id=row.id, column=column, names=names))
                continue
            if not all(map(_readable, own)):
                problems.append(Sentence("words-import-letters", line=number, id=row.id, column=column))
                continue
            tongue, _, form = column.partition(".")
            path = folder / tongue / home[row.id.partition(".")[0]]
            if path not in new:
                source = path.read_text(encoding="utf-8") if path.exists() else ""
                new[path] = FluentParser(with_spans=False).parse(source)
            _put(new[path], row.id, form, pattern)
    if problems:
        raise TranslationRefused(problems)
    return {path: FluentSerializer().serialize(resource) for path, resource in new.items()}


def _files(folder: Path, tongue: str) -> list[Path]:
    return sorted((folder / tongue).glob("*/*.ftl"))


def _messages(path: Path) -> Iterator[tuple[str, ast.Message]]:
    for entry in FluentParser(with_spans=False).parse(path.read_text(encoding="utf-8")).body:
        if isinstance(entry, ast.Message):
            yield entry.id.name, entry


def _rows(id: str, role: str, vietnamese: ast.Message, english: ast.Message | None) -> Iterator[TranslationRow]:
    note = vietnamese.comment.content or "" if vietnamese.comment else ""
    vi, en = _forms(vietnamese), _forms(english)
    for form, text in vi.items():
        if form == ftl.SPOKEN:
            continue
        cells = {"vi": text, "en": en.get(form)}
        if not form:
            cells |= {"vi.spoken": vi.get(ftl.SPOKEN), "en.spoken": en.get(ftl.SPOKEN)}
        yield TranslationRow(
            f"{id}.{form}" if form else id, role, note, {name: cell for name, cell in cells.items() if cell}
        )


def _forms(message: ast.Message | None) -> dict[str, str]:
    return {} if message is None else {name: _cell(pattern) for name, pattern in ftl.forms(message).items()}


def _cell(pattern: ast.Pattern) -> str:
    """A text as a translator writes it: `{ $minutes }` stands for a value."""
    message = ast.Message(ast.Identifier("x"), pattern)
    lines = FluentSerializer().serialize_entry(message).removeprefix("x =").strip().split("\n")
    return "\n".join([lines[0], *(line.removeprefix("    ") for line in lines[1:])])


def _from_cell(text: str) -> ast.Pattern | None:
    try:
        found = _parsed(text)
        pattern = found.get("")
        # Junk after a line that ends the message too early is not parsed: what comes out must be all that went in.
        return pattern if pattern is not None and len(found) == 1 and _cell(pattern) == text else None
    except RecursionError:
        return None


def _parsed(text: str) -> dict[str, ast.Pattern]:
    return ftl.parse("x = " + text.replace("\n", "\n    ") + "\n")


def _readable(part: str) -> bool:
    # A help text has a sign of its own before lines that are not to be wrapped.
    return part == _UNWRAPPED or harmless_lines(part) == part.replace("\u00a0", " ")


def _variables(text: str) -> frozenset[str]:
    pattern = _parsed(text).get("")
    return frozenset() if pattern is None else ftl.variables(pattern)


def _put(resource: ast.Resource, id: str, form: str, pattern: ast.Pattern) -> None:
    plain, _, attribute = id.partition(".")
    form = form or attribute
    message = next((e for e in resource.body if isinstance(e, ast.Message) and e.id.name == plain), None)
    if message is None:
        message = ast.Message(ast.Identifier(plain))
        resource.body.append(message)
    if not form:
        message.value = pattern
        return
    message.attributes = [other for other in message.attributes if other.id.name != form]
    message.attributes.append(ast.Attribute(ast.Identifier(form), pattern))
