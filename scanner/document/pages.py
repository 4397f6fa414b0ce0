"""The pages of a document while it is being made: every change gives a new document, a removal can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from scanner.errors import DocumentRefused

MAX_PAGES = 500
MAX_REMOVED = 20

P = TypeVar("P")


@dataclass(frozen=True)
class Document(Generic[P]):
    """Pages in order (of whatever kind the caller keeps: images, files). Numbers count from 0.

    `removed`: what was taken out and where it stood, the latest last; at most MAX_REMOVED are kept.
    """

    pages: tuple[P, ...] = ()
    removed: tuple[tuple[int, P], ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.pages) > MAX_PAGES:
            raise DocumentRefused(f"Tài liệu quá {MAX_PAGES} trang; hãy chia làm nhiều lần gửi.")
        object.__setattr__(self, "removed", self.removed[-MAX_REMOVED:])

    def __len__(self) -> int:
        return len(self.pages)

    def add(self, page: P) -> Document[P]:
        """With one more page at the end. Raises DocumentRefused when it is full."""
        return replace(self, pages=(*self.pages, page))

    def remove(self, number: int) -> Document[P]:
        """Without that page, which `restore` brings back. Raises DocumentRefused where there is none."""
        page = self._page(number)
        rest = self.pages[:number] + self.pages[number + 1 :]
        return replace(self, pages=rest, removed=(*self.removed, (number, page)))

    def restore(self) -> Document[P]:
        """With the page removed last back where it stood. Raises DocumentRefused when nothing was removed."""
        if not self.removed:
            raise DocumentRefused("Không có trang nào vừa bỏ để lấy lại.")
        number, page = self.removed[-1]
        # Pages may have gone meanwhile: then it comes last.
        number = min(number, len(self.pages))
        return replace(self, pages=(*self.pages[:number], page, *self.pages[number:]), removed=self.removed[:-1])

    def move(self, number: int, to: int) -> Document[P]:
        """With that page standing at place `to`. Raises DocumentRefused for a place that does not exist."""
        page = self._page(number)
        self._page(to)
        rest = self.pages[:number] + self.pages[number + 1 :]
        return replace(self, pages=(*rest[:to], page, *rest[to:]))

    def replace(self, number: int, page: P) -> Document[P]:
        """With a retaken page in that page's place; `restore` brings the old one back, before the new one."""
        old = self._page(number)
        pages = (*self.pages[:number], page, *self.pages[number + 1 :])
        return replace(self, pages=pages, removed=(*self.removed, (number, old)))

    def _page(self, number: int) -> P:
        if not 0 <= number < len(self.pages):
            raise DocumentRefused(f"Tài liệu không có trang {number + 1}; hãy chọn trang khác.")
        return self.pages[number]
