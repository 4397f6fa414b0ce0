"""A refusal looked at as programs do: by its class and its code, in whatever words it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from langso.errors import LangsoError
from langso.trust import Refused
from langso.words.catalogue import code_of


@contextmanager
def refused(kind: type[LangsoError], code: str) -> Iterator[pytest.ExceptionInfo[LangsoError]]:
    """What runs inside raises an error of ours of this kind, with the sentence of this id."""
    with pytest.raises(kind) as told:
        yield told
    assert code_of(told.value) == code


def refusal(call: Any, *args: Any, **named: Any) -> str:
    """Why a document was refused by this call."""
    with pytest.raises(Refused) as caught:
        call(*args, **named)
    assert str(caught.value).endswith(".")
    return caught.value.reason
