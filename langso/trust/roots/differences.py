"""What a new list of rights changes, in words, for the person who is about to sign it. Pure.

Every difference is told: a field without a sentence of its own is shown as it is, never left out. Names in it were
written by whoever made the list: none of them may look like a line of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from langso.contract import Caps, IssuerRule, LoudnessCap, Threshold, TrustDocument, VouchedAccount
from langso.timekeeping import dates
from langso.timekeeping.clock import VIETNAM
from langso.trust import RootKeys
from langso.trust.roots.key_file import code_of
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

_CLASSES = {
    "normal": Sentence("root-class-normal"),
    "priority": Sentence("root-class-priority"),
    "emergency": Sentence("root-class-emergency"),
}
_KINDS = {
    "plan": Sentence("root-kind-plan"),
    "urgent": Sentence("root-kind-urgent"),
    "catalogue": Sentence("root-kind-catalogue"),
    "order": Sentence("root-kind-order"),
    "ack": Sentence("root-kind-ack"),
}
# Told by their own sentences, or the same in every list.
_TOLD = {
    *("kind", "issuer", "audience", "commune", "epoch", "version", "issued", "expires"),
    *("communes", "issuers", "caps", "revoked", "accounts", "age_recipient", "relay_hosts"),
}
Name = Callable[[bytes], str]


class Weighty(str):
    """A line that whoever signs must not pass over, in whatever language it is."""


def founding_in_words(trust: TrustDocument, root: RootKeys, named: Name) -> list[str]:
    """Everything that a commune's first list says."""
    lines: list[str] = [
        t("root-first-list", commune=trust.commune),
        *_valid(trust),
        t("root-set", keys=len(root.keys), threshold=root.threshold),
        *(f"  · {named(public)}" for public in root.keys),
        *([Weighty(t("root-one-key-rules"))] if root.threshold == 1 else []),
        *(line for rule in trust.issuers for line in _rule(rule)),
        *_caps(trust.caps),
        *(t("root-revoked", device=device) for device in trust.revoked),
        *_money_and_privacy(None, trust),
        *_others(None, trust, _TOLD, ""),
    ]
    return [_harmless(line) for line in lines]


def changes_in_words(
    before: TrustDocument, after: TrustDocument, root_before: RootKeys, root_after: RootKeys, named: Name
) -> list[str]:
    """What would become different, the most important first; the dates always."""
    lines: list[str] = [
        *_roots(root_before, root_after, named),
        *_issuers(before, after),
        *_caps_changed(before.caps, after.caps),
    ]
    for device in sorted(set(after.revoked) - set(before.revoked)):
        lines.append(t("root-revoke", device=device))
    for device in sorted(set(before.revoked) - set(after.revoked)):
        lines.append(Weighty(t("root-restore", device=device)))
    for code in sorted(set(after.communes) - set(before.communes)):
        lines.append(Weighty(t("root-add-code", code=code)))
    for code in sorted(set(before.communes) - set(after.communes)):
        lines.append(t("root-drop-code", code=code))
    lines += _money_and_privacy(before, after)
    lines += _others(before, after, _TOLD, "")
    if not lines:
        lines.append(t("root-only-longer"))
    return [_harmless(line) for line in (*lines, *_valid(after, before))]


def _valid(trust: TrustDocument, before: TrustDocument | None = None) -> list[str]:
    until = t("root-list-valid", version=trust.version, issued=_day(trust.issued), expires=_day(trust.expires))
    return [until + (t("root-list-before", expires=_day(before.expires)) if before is not None else ".")]


def _day(moment: Any) -> str:
    return dates.day(moment.astimezone(VIETNAM).date(), year=True)


def _roots(before: RootKeys, after: RootKeys, named: Name) -> list[str]:
    lines: list[str] = [
        Weighty(t("root-add-key", public=named(public))) for public in after.keys if public not in before.keys
    ]
    lines += [Weighty(t("root-drop-key", public=named(public))) for public in before.keys if public not in after.keys]
    if (before.threshold, len(before.keys)) != (after.threshold, len(after.keys)):
        less = after.threshold < before.threshold
        changed = t(
            "root-threshold-changed",
            less=_mark(less),
            threshold=after.threshold,
            keys=len(after.keys),
            threshold_before=before.threshold,
            keys_before=len(before.keys),
        )
        lines.append(Weighty(changed) if less else changed)
    return lines


def _issuers(before: TrustDocument, after: TrustDocument) -> list[str]:
    old, new = {rule.name: rule for rule in before.issuers}, {rule.name: rule for rule in after.issuers}
    lines: list[str] = []
    for name, rule in new.items():
        if name not in old:
            lines += [Weighty(t("root-add-issuer", name=name)), *_rule(rule)]
        elif rule != old[name]:
            lines += _rule_changed(old[name], rule)
    return lines + [t("root-drop-issuer", name=name) for name in old if name not in new]


def _rule(rule: IssuerRule) -> list[str]:
    return [
        t(
            "root-issuer-may",
            name=rule.name,
            kinds=_joined(_KINDS, (*rule.kinds, *rule.grants)),
            classes=_joined(_CLASSES, rule.classes),
            places=_places(rule.places),
            minutes=_minutes(rule.minutes_a_day),
        ),
        t("root-issuer-signs", signers=_keys(rule.signers), epoch=rule.epoch),
        *_others(None, rule, _RULE_TOLD, f"«{rule.name}»: "),
    ]


_RULE_TOLD = {"name", "signers", "epoch", "kinds", "classes", "places", "minutes_a_day", "grants"}


def _rule_changed(old: IssuerRule, new: IssuerRule) -> list[str]:
    lines: list[str] = []
    who = f"«{new.name}»"
    if old.signers != new.signers:
        lines.append(Weighty(t("root-signs-instead", who=who, signers=_keys(new.signers), before=_keys(old.signers))))
    if old.epoch != new.epoch:
        lines.append(t("root-new-epoch", who=who, epoch=new.epoch, before=old.epoch))
    for what, words, was, now in (
        ("", _KINDS, (*old.kinds, *old.grants), (*new.kinds, *new.grants)),
        (t("root-of-class"), _CLASSES, old.classes, new.classes),
    ):
        if more := [one for one in now if one not in was]:
            lines.append(Weighty(t("root-may-more", who=who, what=what, more=_joined(words, more))))
        if less := [one for one in was if one not in now]:
            lines.append(t("root-may-less", who=who, what=what, less=_joined(words, less)))
    if old.places != new.places:
        lines.append(Weighty(t("root-heard-in", who=who, places=_places(new.places), before=_places(old.places))))
    if old.minutes_a_day != new.minutes_a_day:
        lines.append(
            t("root-minutes", who=who, minutes=_minutes(new.minutes_a_day), before=_minutes(old.minutes_a_day))
        )
    return lines + _others(old, new, _RULE_TOLD, f"{who}: ")


def _money_and_privacy(before: TrustDocument | None, after: TrustDocument) -> list[str]:
    """Accounts that are called the commune's own, the key that scans are encrypted to, hosts that may be relayed."""
    lines: list[str] = []
    old = {} if before is None else {account.id: account for account in before.accounts}
    new = {account.id: account for account in after.accounts}
    for id, account in new.items():
        if old.get(id) != account:
            lines.append(Weighty(t("rights-account", id=id, account=account_in_words(account))))
            lines += [t("rights-account-before", account=account_in_words(old[id]))] if id in old else []
    lines += [t("rights-account-gone", id=id, account=account_in_words(old[id])) for id in old if id not in new]
    key = None if before is None else before.age_recipient
    if key != after.age_recipient:
        nobody = t("rights-scans-nobody")
        lines.append(Weighty(t("rights-scans", key=after.age_recipient or nobody, before=key or nobody)))
    hosts = () if before is None else before.relay_hosts
    lines += [Weighty(t("rights-relay", host=host)) for host in after.relay_hosts if host not in hosts]
    return lines + [t("rights-relay-gone", host=host) for host in hosts if host not in after.relay_hosts]


def account_in_words(account: VouchedAccount) -> str:
    """An account as a person who vouches for it reads it: number, bank, holder, whose, for what, until when."""
    purposes = {"fees": t("rights-purpose-fees"), "fund": t("rights-purpose-fund")}
    said = t(
        "rights-account-said",
        number=account.number,
        bank=account.bin,
        holder=account.holder,
        whose=t("rights-whose-commune")
        if account.village is None
        else t("rights-whose-village", village=account.village),
        purpose=purposes.get(account.purpose, account.purpose),
    )
    if account.holder_kind != "commune":
        kinds = {"person": t("rights-holder-person")}
        said = t("rights-account-held", account=said, kind=kinds.get(account.holder_kind, account.holder_kind))
    if account.valid_from is not None:
        said = t("rights-account-since", account=said, day=_day(account.valid_from))
    if account.valid_until is not None:
        said = t("rights-account-until", account=said, day=_day(account.valid_until - timedelta(milliseconds=1)))
    return t("rights-account-label", account=said, label=account.label) if account.label else said


def loudness_in_words(cap: LoudnessCap) -> str:
    """A cap of some hours as a person reads it."""
    return t("root-loudness", start=cap.start, end=cap.end, volume=cap.volume, classes=_joined(_CLASSES, cap.classes))


def _caps(caps: Caps) -> list[str]:
    return [
        t("root-limits", volume=caps.volume, minutes=caps.minutes_a_day, quiet=_quiet(caps)),
        *(loudness_in_words(cap) for cap in caps.loudness),
        *_others(None, caps, _CAPS_TOLD, t("root-limit")),
    ]


_CAPS_TOLD = {"volume", "minutes_a_day", "quiet_hours", "loudness"}


def _caps_changed(old: Caps, new: Caps) -> list[str]:
    lines: list[str] = []
    if old.volume != new.volume:
        louder = new.volume > old.volume
        changed = t("root-volume-changed", louder=_mark(louder), volume=new.volume, before=old.volume)
        lines.append(Weighty(changed) if louder else changed)
    if old.minutes_a_day != new.minutes_a_day:
        longer = new.minutes_a_day > old.minutes_a_day
        changed = t("root-minutes-changed", longer=_mark(longer), minutes=new.minutes_a_day, before=old.minutes_a_day)
        lines.append(Weighty(changed) if longer else changed)
    if old.quiet_hours != new.quiet_hours:
        lines.append(Weighty(t("root-quiet-changed", new=_quiet(new), old=_quiet(old))))
    for id, caps, before in (("new", new, old), ("gone", old, new)):
        said = (loudness_in_words(cap) for cap in caps.loudness if cap not in before.loudness)
        lines += [Weighty(t(f"root-loudness-{id}", cap=cap)) for cap in said]
    return lines + _others(old, new, _CAPS_TOLD, t("root-limit"))


def _quiet(caps: Caps) -> str:
    return ", ".join(f"{span.start}–{span.end}" for span in caps.quiet_hours) or t("root-quiet-none")


def _others(before: BaseModel | None, after: BaseModel, told: set[str], where: str) -> list[str]:
    """Fields that a later contract adds: shown raw rather than hidden."""
    lines: list[str] = []
    for name in type(after).model_fields:
        now = getattr(after, name)
        was = type(after).model_fields[name].get_default() if before is None else getattr(before, name)
        if name not in told and now != was:
            lines.append(Weighty(t("root-other-changed", where=where, name=name, now=_raw(now), was=_raw(was))))
    return lines


def _mark(weighty: bool) -> str:
    return t("root-attention-mark") if weighty else ""


def _harmless(line: str) -> str:
    return Weighty(harmless(line)) if isinstance(line, Weighty) else harmless(line)


def _raw(value: object) -> str:
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_none=True)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_raw, value)) + "]"
    return str(value)


def _keys(signers: Threshold) -> str:
    codes = ", ".join(code_of(bytes.fromhex(key)) for key in signers.keys)
    return t("root-keys-coded", codes=codes) + (
        t("root-keys-needed", threshold=signers.threshold) if signers.threshold > 1 else ""
    )


def _joined(words: Mapping[str, Sentence], named: Sequence[str]) -> str:
    return ", ".join(str(words.get(one, one)) for one in named) or t("root-nothing")


def _places(places: Iterable[str]) -> str:
    return ", ".join(t("root-whole-commune") if place == "*" else place for place in places) or t("root-nowhere")


def _minutes(minutes: int | None) -> str:
    return t("root-no-minute-limit") if minutes is None else t("root-minutes-a-day", minutes=minutes)
