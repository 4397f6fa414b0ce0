"""Sticks as folders, keys that cost little, an office's proposals without an office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import IssuerRule
from langso.trust import RootKeys, SigningKey, threshold_of
from langso.trust.issuing import root_document, trust_document
from langso.trust.roots.ceremony import keyholders, make_key
from langso.trust.roots.key_file import RootKeyFile
from langso.trust.roots.passphrase_cipher import QUICK
from langso.trust.roots.proposal import Proposal, ReadProposal, build

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
PHRASE = "duong ve thon bay mua lua chin"


@dataclass
class Commune:
    """Sticks of a commune and proposals over its list."""

    folder: Path
    signer: SigningKey = field(default_factory=SigningKey.generate)
    sticks: list[Path] = field(default_factory=list)
    keys: list[RootKeyFile] = field(default_factory=list)

    def stick(self, holder: str) -> Path:
        folder = self.folder / f"usb-{len(self.sticks) + 1}"
        folder.mkdir()
        self.sticks.append(folder)
        self.keys.append(make_key(folder, PHRASE, commune="hoa-son", holder=holder, now=NOW, cost=QUICK))
        return folder

    def rule(self, **more: Any) -> IssuerRule:
        fields: dict[str, Any] = {
            "name": "office",
            "signers": threshold_of([self.signer]),
            "epoch": 0,
            "kinds": ("plan", "urgent"),
            "classes": ("normal", "priority", "emergency"),
        }
        return IssuerRule(**{**fields, **more})

    def founding(self, threshold: int = 2, **more: Any) -> ReadProposal:
        roots = threshold_of([key.public for key in self.keys], threshold)
        return self._build(roots=roots, root_version=1, base=None, version=1, **more)

    def change(
        self,
        base: ReadProposal,
        *,
        next_root: tuple[Sequence[RootKeyFile], int] | None = None,
        **more: Any,
    ) -> ReadProposal:
        """Upon a proposal that has all its signatures."""
        roots = base.roots_after
        after = roots
        if next_root is not None:
            after = RootKeys(tuple(key.public for key in next_root[0]), next_root[1], roots.version + 1)
        link = None
        if next_root is not None:
            link = root_document("hoa-son", after, issued=NOW, expires=NOW + timedelta(days=730)).to_json().decode()
        return self._build(
            roots=threshold_of(roots.keys, roots.threshold),
            root_version=roots.version,
            base=base.bundle().decode(),
            version=base.trust.version + 1,
            trust_root=after.version,
            next_root=link,
            **more,
        )

    def _build(
        self,
        *,
        roots: Any,
        root_version: int,
        base: str | None,
        version: int,
        trust_root: int = 1,
        next_root: str | None = None,
        issuers: Sequence[IssuerRule] = (),
        **more: Any,
    ) -> ReadProposal:
        later = {name: more.pop(name) for name in ("accounts", "age_recipient", "relay_hosts") if name in more}
        trust = trust_document(
            "hoa-son",
            list(issuers) or [self.rule()],
            version=version,
            issued=NOW,
            expires=NOW + timedelta(days=730),
            root_version=trust_root,
            **more,
        ).model_copy(update=later)
        return build(
            Proposal(
                commune="hoa-son",
                commune_name="Xã Hoa Sơn",
                made=NOW,
                base=base,
                root=roots,
                root_version=root_version,
                trust=trust.to_json().decode(),
                next_root=next_root,
                holders=keyholders(self.keys),
            )
        )


@pytest.fixture
def commune(tmp_path: Path) -> Commune:
    """Three sticks: Chủ tịch xã, Bí thư xã, Văn thư xã."""
    made = Commune(tmp_path)
    for holder in ("Chủ tịch xã", "Bí thư xã", "Văn thư xã"):
        made.stick(holder)
    return made


@pytest.fixture
def founded(commune: Commune) -> Callable[[], ReadProposal]:
    """The founding, signed by the first two sticks."""
    from langso.trust.roots.ceremony import sign_with, sit_down

    def found() -> ReadProposal:
        read = commune.founding()
        for stick in commune.sticks[:2]:
            read = sign_with(sit_down(stick, read), PHRASE)
        return read

    return found
