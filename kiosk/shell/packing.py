"""How a value is written for the line between shell and visit, and read again.

What comes from a visit is read only into the kinds of value that are listed here, each made as an empty value whose
fields are then filled, so that nothing is called: a paper that broke into the scanner must not get any further.
"""

from __future__ import annotations

import io
import mmap
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from kiosk.errors import LineFault
from langso.words.catalogue import Said, Sentence

LARGE = 4 << 10
"""Bytes from which on a text of bytes is no longer part of the message."""

_KINDS = frozenset({"|u1", "|b1", "<f4", "<f8", "<i4", "<i8"})
_HEARD_BY_SHELL = (
    "kiosk.journeys.showing",
    "kiosk.journeys.kinds",
    "kiosk.shell.protocol",
    "kiosk.shell.told",
    "kiosk.sending.sealing",
    "langso.words.catalogue",
    "scanner.live.table_keeper",
)
"""Modules whose frozen values the shell takes from a visit."""
_WRITERS = ("langso.words.numbers", "langso.timekeeping.dates")
"""Modules whose public functions write the values of a sentence, and do nothing else."""

_TAKEN = (
    *("PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINGET", "LONG_BINGET", "BINPERSID"),
    *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("SHORT_BINUNICODE", "BINUNICODE", "SHORT_BINBYTES", "BINBYTES"),
    *("EMPTY_TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "TUPLE", "STACK_GLOBAL", "NEWOBJ", "REDUCE", "BUILD"),
    *("EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_SET", "ADDITEMS", "FROZENSET"),
)
"""Of the pickle's operations those that plain values need."""

if TYPE_CHECKING:
    _Base: Any = object
else:
    # The one in Python: of the one in C no operation can be taken away.
    _Base = pickle._Unpickler


class Packer(pickle.Pickler):
    """Writes to `out`; pictures and large texts of bytes go into `blocks`. Raises LineFault for other arrays."""

    def __init__(self, out: io.BytesIO, blocks: list[memoryview]) -> None:
        super().__init__(out, protocol=5)
        self._blocks = blocks

    def persistent_id(self, value: Any) -> Any:
        """What is written instead of such a value; None: itself."""
        if isinstance(value, np.generic):
            return ("number", value.item())
        if isinstance(value, np.ndarray):
            solid = np.ascontiguousarray(value)
            if solid.dtype.str not in _KINDS or not solid.size:
                raise refused()
            self._blocks.append(solid.reshape(-1).view(np.uint8).data)
            return ("picture", len(self._blocks) - 1, value.shape, solid.dtype.str)
        if isinstance(value, bytes) and len(value) >= LARGE:
            self._blocks.append(memoryview(value))
            return ("bytes", len(self._blocks) - 1)
        return None


def unpack(packed: io.BytesIO, blocks: list[mmap.mmap], *, trusted: bool) -> Any:
    """The value that was written. Raises LineFault for what is not listed here, or whatever a broken message makes of
    it.
    """
    return (_Believing if trusted else _Doubting)(packed, blocks).load()


def refused() -> LineFault:
    """The message is not to be believed."""
    return LineFault(Sentence("kiosk-line-refused"))


class _Blocks:
    """The blocks of a message, each of them wanted once."""

    def __init__(self, blocks: list[mmap.mmap]) -> None:
        self._blocks = dict(enumerate(blocks))

    def named(self, name: Any) -> Any:
        match name:
            case ("number", bool() | int() | float() as number):
                return number
            case ("bytes", int(index)) if index in self._blocks:
                return bytes(self._blocks.pop(index))
            case ("picture", int(index), tuple(shape), str(kind)) if index in self._blocks and kind in _KINDS:
                block = self._blocks.pop(index)
                whole = all(isinstance(side, int) and side > 0 for side in shape)
                if whole and prod(shape) * np.dtype(kind).itemsize == len(block):
                    return np.frombuffer(block, kind).reshape(shape)
        raise refused()


class _Believing(pickle.Unpickler):
    def __init__(self, packed: io.BytesIO, blocks: list[mmap.mmap]) -> None:
        super().__init__(packed)
        self._named = _Blocks(blocks).named

    def persistent_load(self, name: Any) -> Any:
        return self._named(name)


class _Doubting(_Base):
    """`stack`, `find_class`, `persistent_load`: as the Unpickler in Python has them."""

    def __init__(self, packed: io.BytesIO, blocks: list[mmap.mmap]) -> None:
        super().__init__(packed)
        self._named = _Blocks(blocks).named

    def persistent_load(self, name: Any) -> Any:
        return self._named(name)

    def find_class(self, module: str, name: str) -> Any:
        if "." not in name and not name.startswith("_"):
            known = module in _HEARD_BY_SHELL or module in _WRITERS
            found = getattr(import_module(module), name, None) if known else None
            kind = isinstance(found, type) and (is_dataclass(found) or found is Said)
            writes = callable(found) and not isinstance(found, type)
            if getattr(found, "__module__", "") == module and (writes if module in _WRITERS else kind):
                return found
        raise refused()

    def load_newobj(self) -> None:
        """An empty value of a listed kind."""
        given, kind = self.stack.pop(), self.stack.pop()
        if given != () or not isinstance(kind, type) or not is_dataclass(kind):
            raise refused()
        self.append(object.__new__(kind))

    def load_build(self) -> None:
        """Fills its fields, and nothing else: neither those of a kind nor any that it has not."""
        state, value = self.stack.pop(), self.stack[-1]
        if isinstance(value, type) or not is_dataclass(value) or not isinstance(state, dict):
            raise refused()
        names = {field.name for field in fields(value)}
        if set(state) != names:
            raise refused()
        vars(value).update(state)

    def load_reduce(self) -> None:
        """Words that remember their sentence: the one kind that is not made of fields."""
        given, kind = self.stack.pop(), self.stack.pop()
        if kind is not Said:
            raise refused()
        match given:
            case (str(text), Sentence() as sentence):
                self.append(Said(text, sentence))
            case _:
                raise refused()

    @classmethod
    def operations(cls) -> dict[int, Callable[[Any], None]]:
        """Those that plain values need; what is missing is refused as not known."""
        taken = {getattr(pickle, name)[0]: pickle._Unpickler.dispatch[getattr(pickle, name)[0]] for name in _TAKEN}
        ours = {"NEWOBJ": cls.load_newobj, "BUILD": cls.load_build, "REDUCE": cls.load_reduce}
        return taken | {getattr(pickle, name)[0]: done for name, done in ours.items()}


_Doubting.dispatch = _Doubting.operations()
