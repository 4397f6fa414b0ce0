"""What money and privacy hang on, judged by what the root keys vouch for: accounts, relays. Pure.

One rule for those who check it: kiosk, loudspeaker, signer, office. What the list of rights does not say yet holds
for nothing: no account is the commune's own, no host may be relayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from langso.contract.base import BroadcastClass
from langso.contract.documents import Account, TrustDocument, VouchedAccount

FEES, FUND = "fees", "fund"
PURPOSES = (FEES, FUND)
"""What this release knows that an account receives: what is paid at the desk, and a village's own fund."""
# Programs read odd addresses apart. Of these all say the same host: no user, no other port, no backslash.
_STREAM = re.compile(r"https://([a-z0-9.-]{1,253})(?::443)?(?:/[!-\[\]-~]*)?")


@dataclass(frozen=True)
class Payees:
    """The accounts that the root vouches for, as seen in `village` (None: the commune's desk) at `at`."""

    accounts: tuple[VouchedAccount, ...]
    village: str | None
    at: datetime

    def own(self, bank: str, number: str, *, fee: bool) -> VouchedAccount | None:
        """The account with exactly this bank and number that may be called the commune's own here and now, or None.

        `fee`: what is paid names a dossier, so that no fund's account will do.
        """
        return next(
            (one for one in self.accounts if (one.bin, one.number) == (bank, number) and self._good(one, fee)), None
        )

    def _good(self, account: VouchedAccount, fee: bool) -> bool:
        purposes = (FEES,) if fee else PURPOSES
        here = account.village is None or account.village == self.village
        return account.purpose in purposes and here and holds(account, self.at)


def payees(trust: TrustDocument | None, village: str | None, at: datetime) -> Payees | None:
    """The accounts that may be called own at a place; None where the root has not said any yet."""
    return None if trust is None or not trust.accounts else Payees(trust.accounts, village, at)


def holds(account: VouchedAccount, at: datetime) -> bool:
    """Whether the account is in use at a time: from `valid_from` until before `valid_until`."""
    begun = account.valid_from is None or account.valid_from <= at
    return begun and (account.valid_until is None or at < account.valid_until)


def listed_accounts(trust: TrustDocument, at: datetime) -> tuple[Account, ...]:
    """The accounts a catalogue may name, for kiosks that know no other list: those for fees of the whole commune."""
    return tuple(
        Account(bin=one.bin, number=one.number, holder=one.holder, label=one.label)
        for one in trust.accounts
        if one.purpose == FEES and one.village is None and holds(one, at)
    )


def strangers(accounts: Iterable[Account], trust: TrustDocument, at: datetime) -> list[Account]:
    """Those of a catalogue's accounts that the root does not vouch for, by bank, number and holder."""
    known = {(one.bin, one.number, one.holder) for one in trust.accounts if holds(one, at)}
    return [one for one in accounts if (one.bin, one.number, one.holder) not in known]


def may_relay(stream: str | None, broadcast_class: BroadcastClass, hosts: Iterable[str]) -> bool:
    """Whether a stream may be relayed: https, from a host that the root allows, and never as an emergency.

    Somebody else's server decides what is heard, so no warning may hang on it.
    """
    found = _STREAM.fullmatch(stream or "")
    return found is not None and found[1] in set(hosts) and broadcast_class != "emergency"
