"""An office founded with root keys held in memory, for tests: `import founded` where a conftest has put tests/shared
on sys.path. The product itself never holds two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def public_parts(keys: Sequence[Any], commune: str = "hoa-son") -> list[Any]:
    """The public sides of keys, held by people called `người giữ 1` and so on."""
    from langso.trust.roots.key_file import PublicPart

    return [
        PublicPart(commune=commune, holder=f"người giữ {number}", public_key=key.public.hex())
        for number, key in enumerate(keys, 1)
    ]


def signed(read: Any, keys: Sequence[Any]) -> bytes:
    """A proposal's file with the signatures of these keys."""
    from langso.trust.roots.proposal import sign

    for key in keys:
        read = sign(read, key)
    return bytes(read.proposal.to_json())


def initialise(
    settings: Any, roots: Sequence[Any], ca: Any, now: datetime, *, threshold: int = 1, caps: Any = None
) -> Any:
    """Founds the office of these settings; its OfficeHome."""
    from office.founding import founding
    from office.founding.trust_changes import apply

    home = founding.begin(settings, now, ca)
    parts = public_parts(roots, settings.commune.code)
    read = founding.propose(home, parts, now, threshold=threshold, caps=caps)
    apply(home, [signed(read, roots[:threshold])])
    return home


def vouch(world: Any, **said: Any) -> None:
    """The root keys say so: rights of `office.founding.trust_changes.Rights`."""
    from office.founding.trust_changes import Rights, apply, propose

    apply(world.home, [signed(propose(world.home, datetime.now(UTC), Rights(**said)), world.roots)])
