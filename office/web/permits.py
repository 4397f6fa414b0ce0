"""Who may open a page: every route names the roles it is for, or says that it is for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from langso.words.catalogue import Sentence
from office.errors import PageRefused
from office.people.accounts import StaffSession
from office.people.audit import Audit
from office.people.roles import Role, in_words
from office.web.site import signed_in, site_of


class Permit:
    """The check of one route: the person has one of these roles; with none named, anybody who is logged in."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def __call__(self, request: Request, session: Annotated[StaffSession, Depends(signed_in)]) -> None:
        """Raises LoginNeeded, PageRefused; a refusal is logged."""
        if not session.may(*self.roles):
            office = site_of(request).office
            path = request.url.path
            Audit(office.store, office.clock).write(session.login, "forbidden", path, request.method)
            raise PageRefused(Sentence("roles-forbidden", roles=in_words(self.roles)), 403)


class OpenToAll:
    """Marks a route without login: it proves in another way who asks, or gives nothing secret."""

    def __call__(self) -> None:
        """Lets everybody through."""


def require(*roles: Role) -> Dependency:
    """For `dependencies=[...]` of a route: one of these roles; with none named, anybody who is logged in."""
    return Dependency(Permit(*roles))


OPEN = Dependency(OpenToAll())
