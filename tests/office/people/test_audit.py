"""The chain of what was done: it holds, and says where it was cut or changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.words.catalogue import code_of
from langso.words.language import in_language
from office.errors import AuditBroken
from office.people.audit import MAX_NOTE, MAX_SUBJECT, MAX_WHO, START, Action, Audit, ChainEnd, in_words, link
from office.store import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "office.db") as made:
        yield made


@pytest.fixture
def audit(store: Store) -> Audit:
    made = Audit(store, SystemClock())
    for number in range(1, 6):
        made.write(f"người {number}", "send", f"b{number}")
    return made


def tampered(store: Store, *statements: str) -> None:
    """As somebody does who has the file in his hands."""
    for name in ("changed", "shortened"):
        store.db.execute(f"DROP TRIGGER audit_is_not_{name}")
    for statement in statements:
        store.db.execute(statement)


def test_an_untouched_chain_holds(audit: Audit) -> None:
    verdict = audit.verify()
    assert (verdict.broken, verdict.rows, verdict.head) == (None, 5, audit.head())


def test_an_empty_one_holds_too(store: Store) -> None:
    assert Audit(store, SystemClock()).verify().head == ChainEnd(0, START)


@pytest.mark.parametrize(
    ("column", "value"),
    [("who", "ai khác"), ("action", "login"), ("subject", ""), ("note", "x"), ("at", "2020"), ("previous", "x")],
)
def test_a_changed_row_is_found_where_it_is(audit: Audit, store: Store, column: str, value: str) -> None:
    tampered(store, f"UPDATE audit SET {column} = '{value}' WHERE number = 3")
    assert (audit.verify().broken, audit.verify().at) == ("changed", 3)


def test_a_row_taken_out_is_missed(audit: Audit, store: Store) -> None:
    tampered(store, "DELETE FROM audit WHERE number = 2")
    assert (audit.verify().broken, audit.verify().at) == ("missing", 2)
    tampered_again = "UPDATE audit SET number = number - 1 WHERE number > 2"
    store.db.execute(tampered_again)
    assert (audit.verify().broken, audit.verify().at) == ("changed", 2)


def test_the_first_row_taken_out_is_missed(audit: Audit, store: Store) -> None:
    tampered(store, "DELETE FROM audit WHERE number = 1")
    assert (audit.verify().broken, audit.verify().at) == ("missing", 1)


def test_a_tail_cut_off_shows_only_to_who_has_kept_the_head(audit: Audit, store: Store) -> None:
    head = audit.head()
    tampered(store, "DELETE FROM audit WHERE number > 3")
    assert audit.verify().broken is None
    assert (audit.verify([head]).broken, audit.verify([head]).at) == ("cut", 4)
    for _ in range(4):
        audit.write("kẻ gian", "login")
    assert (audit.verify([head]).broken, audit.verify([head]).at) == ("changed", 5)


def test_a_chain_made_anew_as_a_whole_shows_to_who_has_kept_a_head(audit: Audit, store: Store) -> None:
    head = audit.head()
    tampered(store, "DELETE FROM audit")
    for number in range(1, 8):
        audit.write("người khác", "send", f"b{number}")
    assert audit.verify().broken is None
    assert audit.verify([head]).broken == "changed"


def test_the_table_itself_refuses_to_be_changed_or_shortened(audit: Audit, store: Store) -> None:
    for statement in ("UPDATE audit SET who = 'x' WHERE number = 1", "DELETE FROM audit WHERE number = 5"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            store.db.execute(statement)
    assert audit.verify().rows == 5


def test_what_is_rolled_back_leaves_no_trace(audit: Audit, store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            audit.write("a", "send", "b9")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert audit.verify().rows == 5
    assert audit.newest(1)[0].subject == "b5"


def test_a_long_log_is_read_to_its_end(audit: Audit, store: Store) -> None:
    with store.transaction():
        for number in range(2500):
            audit.write("a", "login", f"lần {number}")
    assert (audit.verify().broken, audit.verify().rows) == (None, 2505)
    tampered(store, "UPDATE audit SET who = 'b' WHERE number = 2400")
    assert (audit.verify().broken, audit.verify().at) == ("changed", 2400)


def test_words_without_end_are_cut_before_they_are_chained(audit: Audit) -> None:
    audit.write("a" * 999, "login", "b" * 999, "c" * 999)
    newest = audit.newest(1)[0]
    assert (len(newest.who), len(newest.subject), len(newest.note)) == (MAX_WHO, MAX_SUBJECT, MAX_NOTE)
    assert audit.verify().broken is None


def test_an_end_of_an_empty_log_that_was_kept_is_in_every_log(audit: Audit) -> None:
    assert audit.verify([ChainEnd(0, START)]).broken is None


def test_a_row_changed_and_all_after_it_chained_anew_shows_to_who_has_kept_the_head(
    audit: Audit, store: Store
) -> None:
    head, previous = audit.head(), ""
    tampered(store, "UPDATE audit SET who = 'ai khác' WHERE number = 2")
    rows = store.db.execute("SELECT number, at, who, action, subject, note, sha256 FROM audit").fetchall()
    for *row, sha256 in rows:
        if row[0] >= 2:
            sha256 = link(tuple(row), previous)
            store.db.execute("UPDATE audit SET previous = ?, sha256 = ? WHERE number = ?", [previous, sha256, row[0]])
        previous = sha256
    assert audit.verify().broken is None
    assert (audit.verify([head]).broken, audit.verify([head]).at) == ("changed", 5)


@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'ff' AS TEXT)", "CAST(note AS BLOB)"])
def test_what_is_no_text_is_a_change_and_ends_no_reading(audit: Audit, store: Store, value: str) -> None:
    tampered(store, f"UPDATE audit SET note = {value} WHERE number = 3")
    assert (audit.verify().broken, audit.verify().at) == ("changed", 3)


@pytest.mark.parametrize("value", ["'hôm qua'", "x'00ff'", "CAST(x'ff' AS TEXT)", "''", "7"])
def test_a_time_that_is_none_is_told_where_the_log_is_shown(audit: Audit, store: Store, value: str) -> None:
    tampered(store, f"UPDATE audit SET at = {value} WHERE number = 3")
    assert [entry.number for entry in audit.newest(2)] == [5, 4]
    with pytest.raises(AuditBroken) as refused:
        audit.newest(3)
    assert code_of(refused.value) == "audit-changed"
    assert " 3 " in str(refused.value)


def test_every_deed_is_told_in_words_and_a_strange_one_by_its_code() -> None:
    for tongue in ("vi", "en"):
        with in_language(tongue):
            told = {action: in_words(action) for action in get_args(Action)}
        assert [action for action, words in told.items() if words == action or "_" in words] == []
        assert len(set(told.values())) == len(told)
    assert in_words("of-a-later-release") == "of-a-later-release"
