"""What a person may do here: writer, approver, desk, admin. One person may have several roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from langso.words.catalogue import Sentence, t
from office.errors import RoleRefused

Role = Literal["writer", "approver", "desk", "admin"]
"""Writes and sends broadcasts; gives emergencies; opens papers from kiosks; orders devices and knows who did what."""
ROLES: tuple[Role, ...] = get_args(Role)


def roles_of(names: Iterable[str]) -> tuple[Role, ...]:
    """Each role once, in their order. Raises RoleRefused for a name that is none."""
    wanted = [name.strip().casefold() for name in names]
    wrong = next((name for name in wanted if name not in ROLES), None)
    if wrong is not None:
        raise RoleRefused(Sentence("roles-unknown", name=wrong[:40], known=", ".join(ROLES)))
    return tuple(role for role in ROLES if role in wanted)


def in_words(roles: Iterable[Role]) -> str:
    """The roles' names, separated by commas, for a page or a list."""
    return ", ".join(t(f"roles-{role}") for role in ROLES if role in set(roles))
