"""Pages added, taken out, moved and retaken: nothing is lost that can be brought back, nothing is kept twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scanner.document.pages import MAX_PAGES, MAX_REMOVED, Document
from scanner.errors import DocumentRefused

letters = st.text("abcdefgh", min_size=1, max_size=8).map(tuple)


def test_pages_keep_their_order() -> None:
    assert Document[str]().add("a").add("b").pages == ("a", "b")


@given(letters, st.data())
def test_a_removed_page_comes_back_where_it_stood(pages: tuple[str, ...], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(pages) - 1))
    assert Document(pages).remove(number).restore() == Document(pages)


@given(letters, st.data())
def test_moving_there_and_back_changes_nothing(pages: tuple[str, ...], data: st.DataObject) -> None:
    places = st.integers(0, len(pages) - 1)
    start, end = data.draw(places), data.draw(places)
    moved = Document(pages).move(start, end)
    assert moved.pages[end] == pages[start]
    assert sorted(moved.pages) == sorted(pages)
    assert moved.move(end, start).pages == pages


def test_a_retaken_page_stands_in_the_old_ones_place_and_the_old_one_can_come_back() -> None:
    retaken = Document(("a", "b", "c")).replace(1, "B")
    assert retaken.pages == ("a", "B", "c")
    assert retaken.restore().pages == ("a", "b", "B", "c")


@pytest.mark.parametrize("number", [-1, 2, 99])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    two = Document(("a", "b"))
    for change in (two.remove, lambda n: two.move(n, 0), lambda n: two.move(0, n), lambda n: two.replace(n, "x")):
        with pytest.raises(DocumentRefused):
            change(number)


def test_nothing_removed_is_nothing_to_restore() -> None:
    with pytest.raises(DocumentRefused):
        Document(("a",)).restore()


def test_a_full_document_takes_no_more() -> None:
    full = Document(tuple(range(MAX_PAGES)))
    with pytest.raises(DocumentRefused, match=str(MAX_PAGES)):
        full.add(0)
    # Nor by the back door: a removed page cannot come back into a document filled up since.
    with pytest.raises(DocumentRefused):
        full.remove(0).add(0).restore()


class Changes(RuleBasedStateMachine):
    """Any sequence of changes against a plain list."""

    @initialize()
    def start(self) -> None:
        self.document: Document[int] = Document()
        self.list: list[int] = []
        self.gone: list[int] = []
        self.next = 0

    @rule()
    def add(self) -> None:
        self.document = self.document.add(self.next)
        self.list.append(self.next)
        self.next += 1

    @precondition(lambda self: self.list)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.list) - 1))
        self.document = self.document.remove(number)
        self.gone.append(self.list.pop(number))

    @precondition(lambda self: self.list)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        places = st.integers(0, len(self.list) - 1)
        start, end = data.draw(places), data.draw(places)
        self.document = self.document.move(start, end)
        self.list.insert(end, self.list.pop(start))

    @precondition(lambda self: self.gone)
    @rule()
    def restore(self) -> None:
        before = self.document
        self.document = self.document.restore()
        page = self.gone.pop()
        self.list.insert(self.document.pages.index(page), page)
        assert len(self.document) == len(before) + 1

    @invariant()
    def same_as_the_list(self) -> None:
        if hasattr(self, "document"):
            assert list(self.document.pages) == self.list
            self.gone = self.gone[-MAX_REMOVED:]
            assert [page for _, page in self.document.removed] == self.gone


TestChanges = Changes.TestCase
