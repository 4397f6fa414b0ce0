"""What a villager's papers can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langso.contract import Catalogue


@dataclass(frozen=True)
class Kind:
    """What a paper can be: name as shown and as the office's list says, procedure code or ""."""

    name: str
    procedure: str = ""
    icon: str = "description"


GENERAL_KINDS = (
    Kind("Giấy khai sinh", icon="child_care"),
    Kind("Căn cước, hộ chiếu", icon="id_card"),
    Kind("Giấy tờ nhà đất", icon="cottage"),
    Kind("Tờ khai, đơn", icon="article"),
    Kind("Giấy tờ khác"),
)


def kinds_for(catalogue: Catalogue | None) -> tuple[Kind, ...]:
    """What the villager may choose: papers people bring most, then the commune's procedures."""
    if catalogue is None:
        return GENERAL_KINDS
    return GENERAL_KINDS + tuple(
        Kind(procedure.name[:200], procedure.code, "account_balance") for procedure in catalogue.procedures
    )
