"""A device paired with its commune, for every test that needs one: `import paired` where a conftest has put
tests/shared on sys.path.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def pair_device(
    state: Path,
    *,
    roots: Any,
    addresses: tuple[str, int, str, str],
    commune: tuple[str, str],
    device: str,
    role: str,
    place: str,
    village: str,
) -> Any:
    """Pairs a device that keeps its things in `state`, as the office and `langso pair` do; its `Paired`.

    `commune`: code and name; `addresses`: broker, its port, office and media.
    """
    from langso.device import certificates, pairing, pairing_files

    now = datetime.now(UTC)
    request = pairing.begin_pairing(state, device=device, role=role, place=place, village=village, now=now)
    answer = pairing_files.answer_request(
        pairing_files.read_request(request),
        commune=commune[0],
        commune_name=commune[1],
        device=device,
        root=roots,
        ca=certificates.make_ca(commune[0], now=now),
        addresses=pairing_files.Addresses(*addresses),
        now=now,
    )
    return pairing.finish_pairing(state, answer)
