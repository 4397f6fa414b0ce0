"""A loudspeaker joins a folder that was signed alone: whoever stands before it says whose key it obeys now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from langso.contract import TrustBundle, TrustDocument
from langso.courier.letters import Letter
from langso.courier.stick import CourierStick
from langso.device.certificates import make_ca
from langso.device.pairing import Paired, begin_pairing, finish_pairing
from langso.device.pairing_files import Addresses, answer_request, read_request
from langso.durable.errors import FileRefused
from langso.settings.reading import Settings
from langso.trust import Refused, RootKeys, key_id, open_bundle
from langso.trust.envelope import parse_payload, read_sealed
from langso.trust.keys import short_code
from langso.words.catalogue import Sentence
from speaker.alone.signing import ISSUER
from speaker.errors import AloneRefused

DAYS = 20 * 365
"""Nobody is there to renew a certificate that nobody sees."""
_NOWHERE = Addresses("localhost", 8883, "http://localhost", "http://localhost")


@dataclass(frozen=True)
class LoneTrust:
    """A folder's list of rights with the one key that signed it; `code`: the key's twelve digits."""

    bundle: bytes
    roots: RootKeys

    @property
    def code(self) -> str:
        """As `langso root show` says it."""
        return short_code(key_id(self.roots.keys[0]))


def read_lone_trust(folder: Path, commune: str) -> LoneTrust:
    """What lies in a signed folder. Raises AloneRefused, CourierRefused, FileRefused."""
    with CourierStick(folder, commune) as stick:
        try:
            raw = stick.read(Letter("trust"))
        except FileRefused as error:
            raise AloneRefused(Sentence("alone-no-plan-here", folder=folder)) from error
    try:
        # Read before it is verified only to learn which key it must verify with: a person compares that key's code.
        told = parse_payload(raw, TrustBundle)
        trust = parse_payload(read_sealed(told.trust.encode(), "trust").payload, TrustDocument)
        rule = trust.rule(ISSUER)
        if rule is None or len(rule.signers.keys) != 1 or told.chain:
            raise AloneRefused(Sentence("alone-of-an-office"))
        roots = RootKeys.of(rule.signers, 1)
        opened = open_bundle(raw, roots)
    except Refused as refused:
        raise AloneRefused(Sentence("alone-damaged", folder=folder)) from refused
    if commune not in opened.trust.communes:
        raise AloneRefused(Sentence("alone-other-place", theirs=opened.trust.commune, ours=commune))
    return LoneTrust(raw, roots)


def join(settings: Settings, found: LoneTrust, now: datetime) -> Paired:
    """Pairs this loudspeaker with that key, by the files and the rules of any pairing; what it obeyed before is over.

    Raises PairingError, FileRefused.
    """
    state, device = settings.paths.state, settings.device
    raw = begin_pairing(state, device=device.id, role="speaker", place=device.place, village=device.village, now=now)
    answer = answer_request(
        read_request(raw),
        commune=settings.commune.code,
        commune_name=settings.commune.name,
        device=device.id,
        root=found.roots,
        # Its key is kept nowhere: nothing else is ever to be certified by it.
        ca=make_ca(settings.commune.code, now=now),
        addresses=_NOWHERE,
        now=now,
        trust=found.bundle,
        days=DAYS,
        alone=True,
    )
    return finish_pairing(state, answer, commune=settings.commune.code)
