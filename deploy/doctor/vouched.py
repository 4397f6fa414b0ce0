"""Lines `vouched`, `desk_key`, `who_asks`: whether the root keys vouch for what money and privacy hang on, whether a
stolen disk opens the papers, and whether owned pages could order what sounds.
"""

from __future__ import annotations

from collections.abc import Iterable

from deploy.doctor.acting import Act, act
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.contract.vouched import strangers
from langso.errors import LangsoError
from langso.words.catalogue import Sentence, t
from office.places import OfficeHome
from office.publishing.catalogue import entered


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """The key of scans, and accounts that staff entered before the list of rights could hold them."""
    home = OfficeHome(scene.settings)
    try:
        trust, recipient, accounts = home.trust().trust, home.age_recipient(), entered(home).accounts
    except (LangsoError, OSError, ValueError):
        # Other lines tell what is gone, or that this one may not look.
        yield Skipped("vouched", t("doctor-no-root-to-compare"))
        return
    lacking = [f"{one.bin} {one.number}" for one in strangers(accounts, trust, scene.now)]
    if trust.age_recipient is not None and trust.age_recipient != recipient:
        yield Check.bad("vouched", t("doctor-scans-to-another"), t("doctor-vouch"))
    elif lacking:
        why = t("doctor-accounts-unvouched", accounts=", ".join(lacking))
        yield Check.warning("vouched", why, t("doctor-vouch"))
    elif trust.age_recipient is None:
        yield Check.warning("vouched", t("doctor-scans-unvouched"), t("doctor-vouch"))
    else:
        yield Check.good("vouched", t("doctor-vouched"))


def look_desk(scene: Scene) -> Iterable[Check | Skipped]:
    """Whether the key of scans lies on the disk as it is."""
    home = OfficeHome(scene.settings)
    try:
        plain, sealed = home.age_file.exists(), home.age_sealed.exists()
        who = ", ".join(home.sealed_identity().officers) if sealed else ""
    except (LangsoError, OSError, ValueError):
        yield Skipped("desk_key", t("doctor-no-root-to-compare"))
        return
    if plain:
        yield Check.warning("desk_key", t("doctor-desk-plain"), t("doctor-desk-seal"))
    elif sealed:
        yield Check.good("desk_key", t("doctor-desk-sealed", who=who))
    else:
        yield Skipped("desk_key", t("doctor-no-root-to-compare"))


def look_asked(scene: Scene) -> Iterable[Check | Skipped]:
    """Whether the signer asks people for a proof of what they order; asked as the pages' user."""
    try:
        found = act(scene.who, [Act("ask", scene.settings.signer.socket, '{"do": "people"}')])[0]
    except Unseen:
        yield unseen("who_asks", Sentence("doctor-signer-as-pages"))
        return
    said = found.value if isinstance(found.value, dict) else {}
    if not found.good or said.get("refused"):
        # Why it does not answer is told by line `signer`.
        yield Skipped("who_asks", t("doctor-signer-not-asked"))
    elif scene.settings.signer.asked == "never":
        yield Check.warning("who_asks", t("doctor-nobody-asked"), t("doctor-ask-again"))
    elif not said.get("people"):
        yield Check.warning("who_asks", t("doctor-nobody-enrolled"), t("doctor-enrol"))
    else:
        yield Check.good("who_asks", t("doctor-enrolled", people=len(said["people"])))


LOOK = Subject(("vouched",), ("office",), look)
LOOK_DESK = Subject(("desk_key",), ("office",), look_desk)
LOOK_ASKED = Subject(("who_asks",), ("office",), look_asked)
