"""Which broadcasts need a second person's yes, by the commune's own rule. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Literal, get_args

from office.signer.asked.book import KnownPlay
from office.signer.asked.orders import AskedBroadcast
from office.signer.asked.people import ROOT

SecondRule = Literal["never", "whole", "always"]
"""No broadcast; what more than half of the commune's loudspeakers play; every broadcast."""
SECOND_RULES: tuple[SecondRule, ...] = get_args(SecondRule)


class SecondPerson:
    """The rule over the broadcasts of one plan: what sounds is judged by all the loudspeakers that play it, so that
    one broadcast sent twice, to half of them each, is no way around. `loudspeakers`: all that are paired.
    """

    def __init__(self, rule: SecondRule, loudspeakers: Collection[str], plan: Iterable[AskedBroadcast]) -> None:
        self._rule = rule
        self._all = frozenset(loudspeakers)
        self._reach: dict[str, set[str]] = defaultdict(set)
        for one in plan if rule == "whole" else ():
            for media in one.media:
                self._reach[media.sha256].update(one.targets)

    def needed(self, one: AskedBroadcast) -> bool:
        """Whether somebody else than who asked for it must have said yes."""
        if self._rule != "whole":
            return self._rule == "always"
        reach = set(one.targets).union(*(self._reach.get(media.sha256, ()) for media in one.media))
        return "*" in reach or 2 * len(reach & self._all) > len(self._all)


def seconded(known: KnownPlay | None) -> bool:
    """Whether a second person said yes to this play; what was signed already, and what root asked for, needs none."""
    return known is not None and (known.signed or known.by == ROOT or known.approved not in ("", known.by))
