"""Links that are stopped at the end of their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from link_posts import Post

from langso.settings.reading import LinkSettings


@pytest.fixture
def post() -> Iterator[Callable[..., Post]]:
    made: list[Post] = []

    def make(settings: LinkSettings, name: str, **more: Any) -> Post:
        made.append(Post(settings, name, **more))
        return made[-1]

    yield make
    for one in made:
        one.link.stop(1)
