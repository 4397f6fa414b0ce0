"""What a villager's papers can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence, Words
from langso.words.language import in_language

if TYPE_CHECKING:
    from langso.contract import Catalogue


@dataclass(frozen=True)
class Kind:
    """What a paper can be: its name as shown, procedure code or ""."""

    name: Words
    procedure: str = ""
    icon: str = "description"

    @property
    def title(self) -> str:
        """Its name as the office's list says it: in Vietnamese, whatever the villager reads."""
        with in_language("vi"):
            return str(self.name)


GENERAL_KINDS = (
    Kind(Sentence("prompts-kind-birth"), icon="child_care"),
    Kind(Sentence("prompts-kind-identity"), icon="id_card"),
    Kind(Sentence("prompts-kind-land"), icon="cottage"),
    Kind(Sentence("prompts-kind-form"), icon="article"),
    Kind(Sentence("prompts-kind-other")),
)


def kinds_for(catalogue: Catalogue | None) -> tuple[Kind, ...]:
    """What the villager may choose: papers people bring most, then the commune's procedures."""
    if catalogue is None:
        return GENERAL_KINDS
    return GENERAL_KINDS + tuple(
        Kind(procedure.name[:200], procedure.code, "account_balance") for procedure in catalogue.procedures
    )
