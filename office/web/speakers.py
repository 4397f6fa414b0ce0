"""Loudspeakers to choose from, by village; and which of them are meant, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from langso.device.paired_devices import PairedDevice
from langso.words.catalogue import t
from langso.words.village_names import village_name
from office.broadcasting.plans import EVERYONE
from office.fleet.devices import FleetRow
from office.web.forms import Form


@dataclass(frozen=True)
class VillageSpeakers:
    """Loudspeakers of one village, for choosing. `slug` "" for those of no village."""

    slug: str
    name: str
    devices: tuple[PairedDevice, ...]

    def short(self, device: PairedDevice) -> str:
        """The device's place without the village's own name before it: "Thôn 1 – chợ" is "Chợ"."""
        place = device.place or device.id
        rest = place.removeprefix(self.name).strip(" –-,:")
        return rest[0].upper() + rest[1:] if rest else place


def signs(rows: Iterable[FleetRow]) -> tuple[tuple[str, str], ...]:
    """(id, level) of the devices that are not well: where one chooses loudspeakers they carry a sign."""
    return tuple((row.device.id, row.level) for row in rows if row.level != "ok")


def villages(devices: Iterable[PairedDevice]) -> list[VillageSpeakers]:
    """Loudspeakers grouped by village, in the order of their names."""
    groups: dict[str, list[PairedDevice]] = {}
    for device in devices:
        if device.role == "speaker":
            groups.setdefault(device.village or "", []).append(device)
    ordered = sorted(groups, key=lambda slug: (not slug, _natural(slug)))
    return [
        VillageSpeakers(slug, _name(slug), tuple(sorted(groups[slug], key=lambda d: _natural(d.place or d.id))))
        for slug in ordered
    ]


def targets_text(targets: Sequence[str], groups: Sequence[VillageSpeakers]) -> str:
    """Which loudspeakers are meant, in few words: whole villages by name, else places."""
    if EVERYONE in targets or (groups and all(d.id in targets for group in groups for d in group.devices)):
        return t("shows-everywhere")
    words, left = [], set(targets)
    for group in groups:
        ids = {device.id for device in group.devices}
        if group.slug and ids <= left:
            words.append(group.name)
            left -= ids
    places = {device.id: device.place or device.id for group in groups for device in group.devices}
    words += [places.get(id, id) for id in sorted(left)]
    return ", ".join(words)


def meant(targets: Sequence[str], groups: Sequence[VillageSpeakers]) -> list[PairedDevice]:
    """The loudspeakers that the targets mean."""
    return [d for group in groups for d in group.devices if EVERYONE in targets or d.id in targets]


def chosen(form: Form, groups: Sequence[VillageSpeakers]) -> tuple[str, ...]:
    """The devices ticked in the form: one by one, by whole village (`villages`), or all (`*`)."""
    devices = form.many("devices")
    if EVERYONE in devices:
        return (EVERYONE,)
    whole = set(form.many("villages"))
    more = [device.id for group in groups if group.slug in whole for device in group.devices]
    return tuple(dict.fromkeys([*devices, *more]))


def _name(slug: str) -> str:
    return village_name(slug) if slug else t("shows-commune-wide")


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else 0, part) for part in text.replace(" ", "-").split("-")]
