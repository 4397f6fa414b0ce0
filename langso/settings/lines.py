"""The line of each key in a TOML text, for messages to people: tomllib gives values without lines."""

from __future__ import annotations

import tomllib

KeyPath = tuple[str | int, ...]


def key_lines(text: str) -> dict[KeyPath, int]:
    """Dotted key or table -> its line (1 = first), for a text that tomllib accepts. Array tables by index.

    >>> key_lines('[a]\\nb = 1')
    {('a',): 1, ('a', 'b'): 2}
    """
    return _Scan(text).lines


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._arrays: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}
        self._document()

    def _document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        line = self._line
        double = self._text.startswith("[[", self._at)
        self._take(2 if double else 1)
        written = self._key()
        self._skip_space()
        self._take(2 if double else 1)
        path = self._resolve(written[:-1]) + written[-1:]
        if double:
            index = self._arrays.get(path, -1) + 1
            self._arrays[path] = index
            self._note(path, line)
            path = (*path, index)
        else:
            path = self._resolve(written)
        self._note(path, line)
        return path

    def _resolve(self, written: KeyPath) -> KeyPath:
        """The path with the current index put in after each name that is an array of tables."""
        path: KeyPath = ()
        for name in written:
            path = (*path, name)
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line
        path = table + self._key()
        for end in range(len(table) + 1, len(path) + 1):
            self._note(path[:end], line)
        self._skip_space()
        self._take(1)  # =
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        start = self._peek()
        if start in ('"', "'"):
            self._string()
        elif start == "{":
            self._take(1)
            while self._skip_blank() and self._peek() != "}":
                if self._peek() == ",":
                    self._take(1)
                else:
                    self._pair(path)
            self._take(1)
        elif start == "[":
            self._take(1)
            index = 0
            while self._skip_blank() and self._peek() != "]":
                if self._peek() == ",":
                    self._take(1)
                    continue
                self._note((*path, index), self._line)
                self._value((*path, index))
                index += 1
            self._take(1)
        else:
            while self._at < len(self._text) and self._peek() not in ",]}#\n":
                self._take(1)

    def _key(self) -> KeyPath:
        parts: list[str] = []
        while True:
            self._skip_space()
            if self._peek() in ('"', "'"):
                parts.append(self._string())
            else:
                start = self._at
                while self._at < len(self._text) and (self._peek().isalnum() or self._peek() in "-_"):
                    self._take(1)
                parts.append(self._text[start : self._at])
            self._skip_space()
            if self._peek() != ".":
                return tuple(parts)
            self._take(1)

    def _string(self) -> str:
        start = self._at
        quote = self._peek()
        long = self._text.startswith(quote * 3, self._at)
        mark = quote * 3 if long else quote
        self._take(len(mark))
        while self._at < len(self._text) and not self._text.startswith(mark, self._at):
            self._take(2 if quote == '"' and self._peek() == "\\" else 1)
        self._take(len(mark))
        # A long string may end in one or two quotes of its own before the closing three.
        while long and self._peek() == quote:
            self._take(1)
        literal = self._text[start : self._at]
        value = tomllib.loads(f"k = {literal}")["k"]
        return str(value)

    def _note(self, path: KeyPath, line: int) -> None:
        self.lines.setdefault(path, line)

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _skip_space(self) -> None:
        while self._peek() in (" ", "\t") and self._peek():
            self._take(1)

    def _skip_blank(self) -> bool:
        """Past spaces, line ends and comments; False at the end of the text."""
        while self._at < len(self._text):
            if self._peek() in " \t\r\n":
                self._take(1)
            elif self._peek() == "#":
                end = self._text.find("\n", self._at)
                self._take((len(self._text) if end < 0 else end) - self._at)
            else:
                return True
        return False
