"""What a new list of rights changes, in words for the person who is about to sign it. Pure.

Whatever differs is said: a field without a sentence of its own is shown as it is, never passed over. Names in it are
of whoever made the list: none of them is a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from langso.contract import Caps, IssuerRule, Threshold, TrustDocument, VouchedAccount
from langso.timekeeping import dates
from langso.timekeeping.clock import VIETNAM
from langso.trust import RootKeys
from langso.trust.roots.key_file import code_of
from langso.words.catalogue import t
from langso.words.harmless import harmless

_CLASSES = {"normal": "tin thường", "priority": "tin ưu tiên", "emergency": "tin khẩn cấp"}
_KINDS = {
    "plan": "lịch phát",
    "urgent": "lệnh khẩn",
    "catalogue": "danh mục",
    "order": "lệnh cho từng thiết bị",
    "ack": "xác nhận đã nhận",
}
# Told by their own sentences, or the same in every list.
_TOLD = {
    *("kind", "issuer", "audience", "commune", "epoch", "version", "issued", "expires"),
    *("communes", "issuers", "caps", "revoked", "accounts", "age_recipient", "relay_hosts"),
}
Name = Callable[[bytes], str]


def founding_in_words(trust: TrustDocument, root: RootKeys, named: Name) -> list[str]:
    """Everything a first list says."""
    lines = [
        f"Lập danh sách quyền lần đầu của xã {trust.commune}.",
        *_valid(trust),
        f"Bộ khoá gốc: {len(root.keys)} khoá, mỗi lần đổi cần {root.threshold} khoá cùng ký.",
        *(f"  · {named(public)}" for public in root.keys),
        *(["CHÚ Ý: chỉ cần một khoá là đổi được mọi quyền của xã."] if root.threshold == 1 else []),
        *(line for rule in trust.issuers for line in _rule(rule)),
        *_caps(trust.caps),
        *(f"Thu hồi: thiết bị {device} không còn được nghe và báo." for device in trust.revoked),
        *_money_and_privacy(None, trust),
        *_others(None, trust, _TOLD, ""),
    ]
    return [harmless(line) for line in lines]


def changes_in_words(
    before: TrustDocument, after: TrustDocument, root_before: RootKeys, root_after: RootKeys, named: Name
) -> list[str]:
    """What becomes different, weightiest first; the dates always."""
    lines = [
        *_roots(root_before, root_after, named),
        *_issuers(before, after),
        *_caps_changed(before.caps, after.caps),
    ]
    for device in sorted(set(after.revoked) - set(before.revoked)):
        lines.append(f"Thu hồi thiết bị {device}: nó không còn nghe lệnh, xã không nhận tin của nó nữa.")
    for device in sorted(set(before.revoked) - set(after.revoked)):
        lines.append(f"CHÚ Ý: trả quyền cho thiết bị đã thu hồi {device}.")
    for code in sorted(set(after.communes) - set(before.communes)):
        lines.append(f"CHÚ Ý: thêm mã xã {code} được dùng chung danh sách này.")
    for code in sorted(set(before.communes) - set(after.communes)):
        lines.append(f"Bỏ mã xã {code}.")
    lines += _money_and_privacy(before, after)
    lines += _others(before, after, _TOLD, "")
    if not lines:
        lines.append("Chỉ gia hạn: không ai được thêm quyền, không giới hạn nào đổi.")
    return [harmless(line) for line in (*lines, *_valid(after, before))]


def _valid(trust: TrustDocument, before: TrustDocument | None = None) -> list[str]:
    until = f"Danh sách bản {trust.version}, lập {_day(trust.issued)}, có hiệu lực đến {_day(trust.expires)}"
    return [until + (f" (trước đây đến {_day(before.expires)})." if before is not None else ".")]


def _day(moment: Any) -> str:
    return dates.day(moment.astimezone(VIETNAM).date(), year=True)


def _roots(before: RootKeys, after: RootKeys, named: Name) -> list[str]:
    lines = [f"CHÚ Ý: thêm khoá gốc {named(public)}." for public in after.keys if public not in before.keys]
    lines += [f"CHÚ Ý: bỏ khoá gốc {named(public)}." for public in before.keys if public not in after.keys]
    if (before.threshold, len(before.keys)) != (after.threshold, len(after.keys)):
        less = "CHÚ Ý: " if after.threshold < before.threshold else ""
        lines.append(
            f"{less}Mỗi lần đổi quyền cần {after.threshold} trong {len(after.keys)} khoá gốc cùng ký"
            f" (trước đây {before.threshold} trong {len(before.keys)})."
        )
    return lines


def _issuers(before: TrustDocument, after: TrustDocument) -> list[str]:
    old, new = {rule.name: rule for rule in before.issuers}, {rule.name: rule for rule in after.issuers}
    lines = []
    for name, rule in new.items():
        if name not in old:
            lines += [f"CHÚ Ý: thêm nơi được ra lệnh «{name}».", *_rule(rule)]
        elif rule != old[name]:
            lines += _rule_changed(old[name], rule)
    return lines + [f"«{name}» không còn được ra lệnh gì nữa." for name in old if name not in new]


def _rule(rule: IssuerRule) -> list[str]:
    return [
        f"«{rule.name}» được: {_joined(_KINDS, (*rule.kinds, *rule.grants))};"
        f" loại tin: {_joined(_CLASSES, rule.classes)};"
        f" nơi nghe: {_places(rule.places)}; {_minutes(rule.minutes_a_day)}.",
        f"  ký bằng {_keys(rule.signers)}, đời {rule.epoch}.",
        *_others(None, rule, _RULE_TOLD, f"«{rule.name}»: "),
    ]


_RULE_TOLD = {"name", "signers", "epoch", "kinds", "classes", "places", "minutes_a_day", "grants"}


def _rule_changed(old: IssuerRule, new: IssuerRule) -> list[str]:
    lines, who = [], f"«{new.name}»"
    if old.signers != new.signers:
        lines.append(f"CHÚ Ý: {who} ký bằng {_keys(new.signers)} thay cho {_keys(old.signers)}.")
    if old.epoch != new.epoch:
        lines.append(f"{who} sang đời khoá {new.epoch} (trước là {old.epoch}): chữ ký của khoá cũ hết giá trị.")
    for what, words, was, now in (
        ("", _KINDS, (*old.kinds, *old.grants), (*new.kinds, *new.grants)),
        ("loại ", _CLASSES, old.classes, new.classes),
    ):
        if more := [one for one in now if one not in was]:
            lines.append(f"CHÚ Ý: {who} được thêm {what}{_joined(words, more)}.")
        if less := [one for one in was if one not in now]:
            lines.append(f"{who} không còn được {what}{_joined(words, less)}.")
    if old.places != new.places:
        lines.append(f"CHÚ Ý: {who} nghe được ở {_places(new.places)} (trước: {_places(old.places)}).")
    if old.minutes_a_day != new.minutes_a_day:
        lines.append(f"{who}: {_minutes(new.minutes_a_day)} (trước: {_minutes(old.minutes_a_day)}).")
    return lines + _others(old, new, _RULE_TOLD, f"{who}: ")


def _money_and_privacy(before: TrustDocument | None, after: TrustDocument) -> list[str]:
    """Accounts that are called the commune's own, the key that scans are encrypted to, hosts that may be relayed."""
    lines = []
    old = {} if before is None else {account.id: account for account in before.accounts}
    new = {account.id: account for account in after.accounts}
    for id, account in new.items():
        if old.get(id) != account:
            lines.append(t("rights-account", id=id, account=_account(account)))
            lines += [t("rights-account-before", account=_account(old[id]))] if id in old else []
    lines += [t("rights-account-gone", id=id, account=_account(old[id])) for id in old if id not in new]
    key = None if before is None else before.age_recipient
    if key != after.age_recipient:
        nobody = t("rights-scans-nobody")
        lines.append(t("rights-scans", key=after.age_recipient or nobody, before=key or nobody))
    hosts = () if before is None else before.relay_hosts
    lines += [t("rights-relay", host=host) for host in after.relay_hosts if host not in hosts]
    return lines + [t("rights-relay-gone", host=host) for host in hosts if host not in after.relay_hosts]


def _account(account: VouchedAccount) -> str:
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


def _caps(caps: Caps) -> list[str]:
    return [
        f"Âm lượng cao nhất {caps.volume} %; nhiều nhất {caps.minutes_a_day} phút mỗi ngày;"
        f" giờ yên tĩnh: {_quiet(caps)}.",
        *_others(None, caps, _CAPS_TOLD, "Giới hạn "),
    ]


_CAPS_TOLD = {"volume", "minutes_a_day", "quiet_hours"}


def _caps_changed(old: Caps, new: Caps) -> list[str]:
    lines = []
    if old.volume != new.volume:
        louder = "CHÚ Ý: " if new.volume > old.volume else ""
        lines.append(f"{louder}Âm lượng cao nhất {new.volume} % (trước {old.volume} %).")
    if old.minutes_a_day != new.minutes_a_day:
        longer = "CHÚ Ý: " if new.minutes_a_day > old.minutes_a_day else ""
        lines.append(f"{longer}Nhiều nhất {new.minutes_a_day} phút mỗi ngày (trước {old.minutes_a_day}).")
    if old.quiet_hours != new.quiet_hours:
        lines.append(f"CHÚ Ý: giờ yên tĩnh: {_quiet(new)} (trước: {_quiet(old)}).")
    return lines + _others(old, new, _CAPS_TOLD, "Giới hạn ")


def _quiet(caps: Caps) -> str:
    return ", ".join(f"{span.start}–{span.end}" for span in caps.quiet_hours) or "không có"


def _others(before: BaseModel | None, after: BaseModel, told: set[str], where: str) -> list[str]:
    """Fields that a later contract adds: shown raw rather than hidden."""
    lines = []
    for name in type(after).model_fields:
        now = getattr(after, name)
        was = type(after).model_fields[name].get_default() if before is None else getattr(before, name)
        if name not in told and now != was:
            lines.append(f"CHÚ Ý: {where}mục «{name}»: {_raw(now)} (trước: {_raw(was)}).")
    return lines


def _raw(value: object) -> str:
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_none=True)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_raw, value)) + "]"
    return str(value)


def _keys(signers: Threshold) -> str:
    codes = ", ".join(code_of(bytes.fromhex(key)) for key in signers.keys)
    return f"khoá {codes}" + (f" (cần {signers.threshold})" if signers.threshold > 1 else "")


def _joined(words: dict[str, str], named: Sequence[str]) -> str:
    return ", ".join(words.get(one, one) for one in named) or "không gì"


def _places(places: Iterable[str]) -> str:
    return ", ".join("cả xã" if place == "*" else place for place in places) or "không đâu"


def _minutes(minutes: int | None) -> str:
    return "không giới hạn phút" if minutes is None else f"{minutes} phút mỗi ngày"
