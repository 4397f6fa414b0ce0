"""Documents that nobody may have accepted, made from ones that were: a device is given them, and must take none.

Each is well made up to the one thing that is wrong with it: swapped signatures and key ids, other issuers' keys,
other times, versions, epochs, communes and audiences, fields twice, numbers beyond all bounds. The device holds the
genuine ones; to see one of those again is no acceptance.
"""

from __future__ import annotations

import base64
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from langso.contract import ReceiptsAck
from langso.timekeeping.clock import ClockEvidence, SimulatedClock
from langso.trust import Keeper, Refused, SigningKey, begin_marks, make_bundle, make_root, make_trust, root_keys, seal
from tests.torture.fuzz import seeds
from tests.torture.fuzz.mutating import HUGE, WORDS, changed_bytes, changed_json
from tests.torture.fuzz.seeds import HEAD, NOW, OFFICE, ROOT, VILLAGE

DEVICE = "loa-1"
CHUNK = 2000
STRANGER = SigningKey.generate()
Attack = Callable[["Stage"], tuple[str, bytes, str | None]]


@dataclass
class Tally:
    """What became of some attacks: the reasons of refusal, and (dice, what, bytes) of each that was not refused."""

    tried: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str, bytes]] = field(default_factory=list)


class Stage:
    """A paired device that holds a trust document, a plan, urgent orders of two issuers and an order."""

    def __init__(self, state: Path, dice: random.Random) -> None:
        self.dice = dice
        self.clock = SimulatedClock(NOW + timedelta(hours=1))
        begin_marks(state)
        evidence = ClockEvidence(ntp_synchronised=True)
        self.keeper = Keeper(
            state, "xa-mau", DEVICE, root_keys([ROOT]), self.clock, "host", evidence=lambda: evidence
        )
        self.times: dict[str, Any] = {"issued": NOW, "expires": NOW + timedelta(days=365)}
        self.sealed_trust = make_trust("xa-mau", seeds.rules(), [ROOT], version=5, **self.times)
        village = seeds.urgent().model_copy(
            update={"issuer": "thon-1", "orders": (_normal(seeds.urgent().orders[0]),)}
        )
        self.genuine: dict[tuple[str, str | None], bytes] = {
            ("trust", None): make_bundle(self.sealed_trust),
            ("plan", None): seal(seeds.plan(), "plan", [OFFICE]),
            ("urgent", "office"): seal(seeds.urgent(), "urgent", [OFFICE]),
            ("urgent", "thon-1"): seal(village, "urgent", [VILLAGE]),
            ("order", None): seal(seeds.order(), "order", [OFFICE]),
        }
        self.known = {self._take(kind, raw, issuer).sha256 for (kind, issuer), raw in self.genuine.items()}

    def attempt(self, kind: str, raw: bytes, issuer: str | None) -> str:
        """The reason of the refusal, "same" for what is held already. AssertionError for an acceptance."""
        try:
            taken = self._take(kind, raw, issuer)
        except Refused as refused:
            return refused.reason
        assert not taken.fresh, f"a {kind} was accepted"
        assert taken.sha256 in self.known, f"a {kind} passed for one that is held"
        return "same"

    def _take(self, kind: str, raw: bytes, issuer: str | None) -> Any:
        return self.keeper.take_trust(raw) if kind == "trust" else self.keeper.take(kind, raw, topic_issuer=issuer)

    def pick(self) -> tuple[str, str | None, bytes]:
        """One of the genuine documents."""
        (kind, issuer), raw = self.dice.choice(list(self.genuine.items()))
        return kind, issuer, raw

    def payload(self, kind: str, issuer: str | None) -> dict[str, Any]:
        """What one of them says."""
        raw = self.genuine[kind, issuer]
        envelope = json.loads(json.loads(raw)["trust"]) if kind == "trust" else json.loads(raw)
        found: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"]))
        return found

    def any_payload(self) -> tuple[str, str | None, dict[str, Any]]:
        """Any but the trust document."""
        kind, issuer = self.dice.choice([key for key in self.genuine if key[0] != "trust"])
        return kind, issuer, self.payload(kind, issuer)


def attack(piece: tuple[int, int]) -> Tally:
    """So many attacks with these dice."""
    number, many = piece
    tally = Tally()
    dice = random.Random(f"forged {number}")
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_memory()) as folder:
        stage = Stage(Path(folder), dice)
        for _ in range(many):
            way = dice.choice(ATTACKS)
            kind, raw, issuer = way(stage)
            tally.tried += 1
            try:
                tally.reasons[stage.attempt(kind, raw, issuer)] += 1
            except Exception as error:  # noqa: BLE001 - an acceptance, or a fault of the verifier's own
                tally.faults.append((number, f"{way.__name__}: {type(error).__name__}: {error}", raw))
    return tally


def pieces(many: int, seed: int) -> Iterator[tuple[int, int]]:
    """(dice, attacks) for the workers."""
    for at in range(0, many, CHUNK):
        yield seed * 1_000_000 + at // CHUNK, min(CHUNK, many - at)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _normal(order: Any) -> Any:
    return order.model_copy(update={"broadcast_class": "normal"})


def _signed(payload: dict[str, Any] | bytes, kind: str, *keys: SigningKey) -> bytes:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    return seal(raw, kind, list(keys))


def _sig(key: SigningKey, named: SigningKey, kind: str, payload: bytes) -> dict[str, str]:
    """A signature of one key under another one's name."""
    made = json.loads(seal(payload, kind, [key]))["signatures"][0]
    return {"keyid": named.key_id, "sig": made["sig"]}


# --- ways; each returns kind, bytes and the topic's issuer


def damaged(stage: Stage) -> tuple[str, bytes, str | None]:
    """Bytes changed anywhere."""
    kind, issuer, raw = stage.pick()
    return kind, changed_bytes(stage.dice, raw, list(stage.genuine.values())), issuer


def reshaped(stage: Stage) -> tuple[str, bytes, str | None]:
    """The envelope's own fields swapped, doubled, dropped, made huge."""
    kind, issuer, raw = stage.pick()
    return kind, changed_json(stage.dice, raw), issuer


def rewritten(stage: Stage) -> tuple[str, bytes, str | None]:
    """Another payload under the old signature."""
    kind, issuer, _ = stage.pick()
    key = VILLAGE if issuer == "thon-1" else ROOT if kind == "trust" else OFFICE
    old = json.dumps(stage.payload(kind, issuer)).encode()
    new = changed_json(stage.dice, old)
    if new == old:
        new += b" "
    envelope = json.loads(_signed(b"{}", kind, key))
    raw = stage.genuine[kind, issuer]
    held = json.loads(json.loads(raw)["trust"]) if kind == "trust" else json.loads(raw)
    envelope["signatures"] = held["signatures"]
    envelope["payload"] = base64.b64encode(new).decode()
    made = json.dumps(envelope).encode()
    return kind, make_bundle(made) if kind == "trust" else made, issuer


def by_a_stranger(stage: Stage) -> tuple[str, bytes, str | None]:
    """A newer document, rightly sealed by a key that nobody knows, under its own name or under the office's."""
    kind, issuer, payload = stage.any_payload()
    payload["version"] += stage.dice.choice((1, 1 << 40))
    raw = json.dumps(payload).encode()
    made = json.loads(seal(raw, kind, [STRANGER]))
    if stage.dice.random() < 0.5:
        made["signatures"] = [_sig(STRANGER, OFFICE, kind, raw), *made["signatures"][: stage.dice.randrange(2)]]
    return kind, json.dumps(made).encode(), issuer


def by_the_village(stage: Stage) -> tuple[str, bytes, str | None]:
    """The village speaks as the office, of what it may not, or as another village."""
    kind, _, payload = stage.any_payload()
    payload["version"] += 1
    issuer = stage.dice.choice((payload["issuer"], "office", "thon-2", "root", "thon-1 "))
    if issuer == "thon-1" and kind in ("plan", "urgent"):
        _only_the_commune_may(stage, kind, payload)
    payload["issuer"] = issuer
    return kind, _signed(payload, kind, VILLAGE), stage.dice.choice((None, payload["issuer"]))


def _only_the_commune_may(stage: Stage, kind: str, payload: dict[str, Any]) -> None:
    if kind == "urgent":
        payload["orders"][0]["broadcast_class"] = stage.dice.choice(("emergency", "priority"))
    else:
        payload["programmes"] = [{"id": "p", "title": "x", "media": [0], "broadcast_class": "priority"}]
        payload["media"] = [{"sha256": "ab" * 32, "size": 1, "duration_ms": 1, "codec": "wav"}]


def of_another_time(stage: Stage) -> tuple[str, bytes, str | None]:
    """Rightly signed, yet old, expired, dated ahead, of another epoch, or the same number with other words."""
    kind, issuer, payload = stage.any_payload()
    key = VILLAGE if payload["issuer"] == "thon-1" else OFFICE
    now, dice = stage.clock.now(), stage.dice
    payload["version"] += 1
    how = dice.randrange(5)
    if how == 0:
        payload["version"] = dice.randrange(1, payload["version"] - 1)
    elif how == 1:
        past = now - timedelta(minutes=dice.randrange(1, 1 << 20))
        payload["expires"] = _iso(past)
        payload["issued"] = _iso(past - timedelta(days=1))
    elif how == 2:
        payload["issued"] = _iso(now + timedelta(days=1, minutes=dice.randrange(1, 1 << 20)))
        payload["expires"] = _iso(now + timedelta(days=4000))
    elif how == 3:
        payload["epoch"] = dice.choice((0, 2, 1 << 40))
    else:
        payload["version"] -= 1
        payload["x"] = dice.randrange(1 << 30)
    return kind, _signed(payload, kind, key), issuer


def for_another(stage: Stage) -> tuple[str, bytes, str | None]:
    """For another commune or device, in another's topic, or of a kind that it is not."""
    kind, issuer, payload = stage.any_payload()
    key = VILLAGE if payload["issuer"] == "thon-1" else OFFICE
    payload["version"] += 1
    how = stage.dice.randrange(4)
    if how == 0:
        payload["commune"] = stage.dice.choice(("xa-khac", "xa-mau-2", "*"))
    elif how == 1:
        payload["audience"] = stage.dice.choice(("loa-2", "xa-khac"))
    elif how == 2:
        return kind, _signed(payload, kind, key), "thon-1" if payload["issuer"] == "office" else "office"
    else:
        other = stage.dice.choice([one for one in ("plan", "urgent", "order", "catalogue", "ack") if one != kind])
        return other, _signed(payload, other, key), None
    return kind, _signed(payload, kind, key), issuer


def not_quite_json(stage: Stage) -> tuple[str, bytes, str | None]:
    """Signed by whom it may be, yet no payload: a field twice, numbers and words beyond bounds, other shapes."""
    kind, issuer, payload = stage.any_payload()
    key = VILLAGE if payload["issuer"] == "thon-1" else OFFICE
    payload["version"] += 1
    dice = stage.dice
    name = dice.choice(("version", "epoch", "issued", "expires", "kind", "commune", "issuer", "audience"))
    text = json.dumps(payload, ensure_ascii=False)
    how = dice.randrange(4)
    if how == 0:
        text = f'{text[:-1]},"{name}":{json.dumps(payload[name])}}}'
    elif how == 1:
        unlike = [one for one in (*HUGE, *WORDS) if not _still_fits(name, one, payload[name])]
        text = json.dumps(payload | {name: dice.choice(unlike)})
    elif how == 2 and name != "kind":
        # The kind alone may be missing: the payload's type, which is signed too, says it.
        payload.pop(name)
        text = json.dumps(payload)
    else:
        text = dice.choice(
            (text + "x", text[: dice.randrange(len(text) - 1)], f"[{text}]", text.replace("{", '{"e\u0301":1,', 1))
        )
    return kind, _signed(text.encode("utf-8", "surrogatepass"), kind, key), issuer


def _still_fits(name: str, value: Any, old: Any) -> bool:
    """Whether the document could be right with it, or is meant to be refused elsewhere."""
    if value == old and type(value) is type(old):
        return True
    if name == "version":
        return isinstance(value, int) and not isinstance(value, bool) and old <= value < 1 << 63
    if name in ("issued", "expires"):
        # Dated long ago, a document that has not expired is as good: its version is what makes it newer.
        # ("-1" is read as a second of the epoch.)
        fits = ("2026-11-22T02", "0001", "-1") if name == "issued" else ("2026-11-22T02", "9999")
        return isinstance(value, str) and value.startswith(fits)
    return name == "audience" and value in ("*", "xa-mau")


def false_chains(stage: Stage) -> tuple[str, bytes, str | None]:
    """Roots that hand over to themselves, skip, go back; trust documents by all but the root."""
    dice = stage.dice
    key = dice.choice((OFFICE, VILLAGE, STRANGER))
    roots = root_keys([key], 1, dice.choice((1, 2, 3, 1 << 40)))
    link = make_root("xa-mau", roots, old_keys=[dice.choice((key, STRANGER))], new_keys=[key], **stage.times)
    trust = make_trust(
        dice.choice(("xa-mau", "xa-khac")), seeds.rules(), [key], version=dice.choice((1, 6, 1 << 40)), **stage.times
    )
    chain = (link,) * dice.randrange(3)
    if dice.random() < 0.3:
        # The root's own, but older, or for others.
        old: datetime = NOW - timedelta(days=900)
        trust = dice.choice(
            (
                make_trust("xa-mau", seeds.rules(), [ROOT], version=4, **stage.times),
                make_trust("xa-khac", seeds.rules(), [ROOT], version=6, **stage.times),
                make_trust("xa-mau", seeds.rules(), [ROOT], version=6, issued=old, expires=old + timedelta(days=1)),
            )
        )
        chain = ()
    return "trust", make_bundle(trust, chain), None


def false_acks(stage: Stage) -> tuple[str, bytes, str | None]:
    """An acknowledgement by somebody else, or for somebody else."""
    dice = stage.dice
    fields: dict[str, Any] = {"issuer": "office", "device": DEVICE, "commune": "xa-mau", "journal": "0a" * 16}
    key = OFFICE
    how = dice.randrange(3)
    if how == 0:
        key = dice.choice((VILLAGE, STRANGER))
    else:
        fields |= dice.choice(({"device": "loa-2"}, {"commune": "xa-khac"}, {"issuer": "thon-1"}, {"issuer": "root"}))
    ack = ReceiptsAck(**fields, through=dice.randrange(1 << 40), written=NOW)
    return "ack", seal(ack, "ack", [key]), None


ATTACKS: tuple[Attack, ...] = (
    damaged,
    reshaped,
    rewritten,
    by_a_stranger,
    by_the_village,
    of_another_time,
    for_another,
    not_quite_json,
    false_chains,
    false_acks,
)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


assert HEAD["version"] > 2
