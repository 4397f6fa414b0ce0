"""The office's age identity under passphrases: each opens its own lock alone, and files of today go on opening."""

from __future__ import annotations

import json

import pytest

from langso.trust.roots.age_identity import LockKind, open_lock, read_sealed_identity, recipient_of
from langso.trust.roots.errors import WrongPassphrase

PHRASES: dict[tuple[LockKind, str], str] = {("officer", "lan"): "năm con gà", ("recovery", ""): "tám con bò"}
RECIPIENT = "age1w80nf6sr8qu62479h47dajzg6k6fakxc6c3r8v2623y6fle3k9xs44xqh4"
GOLDEN = json.dumps(
    {
        "kind": "age-identity",
        "format": 1,
        "recipient": RECIPIENT,
        "locks": [
            {
                "kind": "officer",
                "who": "lan",
                "made": "2026-11-22T02:00:00.000Z",
                "memory_kib": 8,
                "passes": 1,
                "lanes": 1,
                "salt": "181eac2da5a8079e5273e371cfdd0a02",
                "nonce": "4b099335dc700cdc405e0dcb",
                "sealed": (
                    "596223fb8a9b33d41975cdc00f5531a653107d8262898df171259574fa66cc9d743c373aa50304a4992d6aa9666555af"
                    "debd866d6da8c8e958346c0afa7720c35d249648317acbeaa63cb3203853e51bbf5d22ed50cd0382b09e"
                ),
            },
            {
                "kind": "recovery",
                "who": "recovery",
                "made": "2026-11-22T02:00:00.000Z",
                "memory_kib": 8,
                "passes": 1,
                "lanes": 1,
                "salt": "58b7c2b844c77e1473e3a2bb68dd23ac",
                "nonce": "985ab14d8e0662eda85b3c64",
                "sealed": (
                    "d0cd027fa372d80106572ab69b35047194a5b3231abe139cc6754e43a5985d5ee4b7d808fc0e824ac8cf53938874569a"
                    "2e6a8e2948b7a9dade45a4611dc8173bfda8b62380cfea7c1fb64b2c4869c77f0e3ec5b2f799b6acadc4"
                ),
            },
        ],
    }
).encode()


def test_a_file_of_today_opens_with_every_later_version() -> None:
    """Neither the cipher nor what it is bound to may change under format 1, the order of the fields included."""
    file = read_sealed_identity(GOLDEN)
    opened = set()
    for (kind, who), phrase in PHRASES.items():
        lock = file.lock(kind, who)
        assert lock is not None
        opened.add(open_lock(lock, phrase, file.recipient))
    (identity,) = opened
    assert recipient_of(identity) == RECIPIENT


@pytest.mark.parametrize("kind", ["officer", "recovery"])
def test_what_stands_beside_the_identity_cannot_be_exchanged(kind: LockKind) -> None:
    file = read_sealed_identity(GOLDEN)
    who = "lan" if kind == "officer" else ""
    lock = file.lock(kind, who)
    assert lock is not None
    for other in (lock.model_copy(update={"who": "minh"}), lock.model_copy(update={"passes": 2})):
        with pytest.raises(WrongPassphrase):
            open_lock(other, PHRASES[kind, who], file.recipient)
    with pytest.raises(WrongPassphrase):
        open_lock(lock, PHRASES[kind, who], RECIPIENT[:-1])
