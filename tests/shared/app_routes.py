"""The routes of a web application, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute


def leaves(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, also those that a newer framework keeps inside of routers."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if isinstance(inner, APIRouter):
            yield from leaves(inner.routes)
        elif isinstance(getattr(route, "routes", None), list) and not isinstance(route, APIRoute):
            yield from leaves(route.routes)  # type: ignore[attr-defined]
        else:
            yield route
