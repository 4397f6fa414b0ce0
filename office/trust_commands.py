"""`langso office trust`: who may order what in the commune; changes proposed for root keys to sign, then applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, Unit, t

if TYPE_CHECKING:
    from datetime import datetime

    from langso.trust.roots.proposal import ReadProposal
    from office.places import OfficeHome

_FILE = click.Path(path_type=Path, dir_okay=False)
_out_option = click.option("-o", "--out", type=_FILE, required=True)


@click.group()
def trust() -> None:
    """The commune's list of rights: show, renew, revoke devices, exchange keys.

    Each change is a proposal: made here, signed by each root key's holder (langso root sign), then applied here.
    """


@trust.command()
@settings_option
def show(settings_file: Path) -> None:
    """Show the list in force."""
    from langso.timekeeping import dates
    from langso.trust.roots.differences import loudness_in_words
    from langso.trust.roots.key_file import code_of

    home, _ = open_home(settings_file)
    opened = home.trust()
    held, root = opened.trust, opened.root
    say(t("office-trust-version", version=held.version, expires=Unit(dates.full, held.expires)))
    say(t("office-trust-root", version=root.version, count=len(root.keys), threshold=root.threshold))
    for holder in home.holders():
        say(f"  · {holder.named()}")
    for rule in held.issuers:
        keys = ", ".join(code_of(bytes.fromhex(key)) for key in rule.signers.keys)
        say(t("office-trust-issuer", name=rule.name, keys=keys, epoch=rule.epoch))
    none = Sentence("office-trust-none")
    quiet = ", ".join(f"{span.start}–{span.end}" for span in held.caps.quiet_hours)
    say(t("office-trust-caps", volume=held.caps.volume, quiet=quiet or none))
    for cap in held.caps.loudness:
        say(f"  · {loudness_in_words(cap)}")
    say(t("office-trust-revoked", devices=", ".join(held.revoked) or none))
    say(t("office-trust-accounts", accounts=", ".join(one.id for one in held.accounts) or none))
    say(t("office-trust-recipient", key=held.age_recipient or none))
    say(t("office-trust-relays", hosts=", ".join(held.relay_hosts) or none))


@trust.command()
@settings_option
@_out_option
def renew(settings_file: Path, out: Path) -> None:
    """Propose that the list holds two years longer."""
    from office.founding.trust_changes import propose

    home, now = open_home(settings_file)
    write_proposal(out, propose(home, now))


@trust.command()
@settings_option
@_out_option
@click.argument("device")
def revoke(settings_file: Path, out: Path, device: str) -> None:
    """Propose to revoke a device that was lost or stolen: it obeys no more, and the office takes nothing from it."""
    from langso.device.paired_devices import read_device
    from langso.errors import UsageError
    from office.founding.trust_changes import propose_revoking

    home, now = open_home(settings_file)
    if "/" in device or read_device(home.devices, device) is None:
        raise UsageError(Sentence("office-trust-no-device", device=device))
    write_proposal(out, propose_revoking(home, device, now))


@trust.command()
@settings_option
@_out_option
@click.argument("device")
def restore(settings_file: Path, out: Path, device: str) -> None:
    """Propose to restore a revoked device (found again, and nobody has tampered with it)."""
    from office.founding.trust_changes import propose_restoring

    home, now = open_home(settings_file)
    write_proposal(out, propose_restoring(home, device, now))


@trust.command()
@settings_option
@_out_option
@click.option("--volume", type=click.IntRange(1, 100))
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM")
@click.option("--no-quiet-hours", is_flag=True)
@click.option("--loudness", multiple=True, metavar="HH:MM-HH:MM=VOLUME[:CLASS,...]")
@click.option("--no-loudness", is_flag=True)
def limits(
    settings_file: Path,
    out: Path,
    volume: int | None,
    quiet_hours: tuple[str, ...],
    no_quiet_hours: bool,
    loudness: tuple[str, ...],
    no_loudness: bool,
) -> None:
    """Propose another highest volume, at some hours too, and other quiet hours, which all loudspeakers must keep."""
    from langso.errors import UsageError
    from office.founding.limits import read_loudness, read_quiet_hours
    from office.founding.trust_changes import Rights, propose

    if volume is None and not (quiet_hours or no_quiet_hours or loudness or no_loudness):
        raise UsageError(Sentence("office-trust-nothing"))
    home, now = open_home(settings_file)
    changes: dict[str, object] = {} if volume is None else {"volume": volume}
    if quiet_hours or no_quiet_hours:
        changes["quiet_hours"] = () if no_quiet_hours else read_quiet_hours(quiet_hours)
    if loudness or no_loudness:
        changes["loudness"] = () if no_loudness else read_loudness(loudness)
    caps = home.trust().trust.caps.model_copy(update=changes)
    write_proposal(out, propose(home, now, Rights(caps=caps)))


@trust.command()
@settings_option
@_out_option
def vouch(settings_file: Path, out: Path) -> None:
    """Propose that the root keys vouch for what was entered before they did: accounts, and the key of scans."""
    from office.founding.trust_changes import propose_vouching
    from office.publishing.catalogue import entered

    home, now = open_home(settings_file)
    write_proposal(out, propose_vouching(home, entered(home).accounts, now))


@trust.command()
@settings_option
@_out_option
@click.argument("hosts", nargs=-1)
def relays(settings_file: Path, out: Path, hosts: tuple[str, ...]) -> None:
    """Propose which hosts may be relayed, instead of those in force; none named: no relays."""
    from office.founding.trust_changes import propose_relays

    home, now = open_home(settings_file)
    write_proposal(out, propose_relays(home, hosts, now))


@trust.command(name="new-key")
@settings_option
@_out_option
def new_key(settings_file: Path, out: Path) -> None:
    """Propose a new signing key of the office (where the old one may be known). Apply it while nothing is played."""
    from office.founding.trust_changes import propose_new_signing_key

    home, now = open_home(settings_file)
    write_proposal(out, propose_new_signing_key(home, now))


@trust.command(name="new-root")
@settings_option
@_out_option
@click.option("--root", "roots", type=_FILE, multiple=True, required=True)
@click.option("--threshold", type=click.IntRange(1, 8), default=2, show_default=True)
def new_root(settings_file: Path, out: Path, roots: tuple[Path, ...], threshold: int) -> None:
    """Propose a new set of root keys (a stick was lost). Name every key of the new set, also old ones that stay.

    Old and new keys sign together; devices follow by themselves.
    """
    from langso.durable.files import read_limited
    from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, read_public_part
    from office.founding.founding import advice
    from office.founding.trust_changes import propose_new_root

    home, now = open_home(settings_file)
    parts = [read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)) for path in roots]
    write_proposal(out, propose_new_root(home, parts, threshold, now))
    if warning := advice(len(parts), threshold):
        say(str(warning))


@trust.command()
@settings_option
@click.argument("proposals", type=_FILE, nargs=-1, required=True)
def apply(settings_file: Path, proposals: tuple[Path, ...]) -> None:
    """Apply a proposal that has all signatures; copies that were signed apart are named in one call."""
    from langso.durable.files import read_limited
    from langso.timekeeping import dates
    from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES
    from office.founding.trust_changes import apply as apply_proposals

    home, _ = open_home(settings_file)
    held = apply_proposals(home, [read_limited(path, MAX_PROPOSAL_BYTES) for path in proposals])
    say(t("office-trust-applied", version=held.version, expires=Unit(dates.full, held.expires)))
    say(t("office-trust-sends"))


def open_home(settings_file: Path) -> tuple[OfficeHome, datetime]:
    """The office's files, and the time now."""
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from office.places import OfficeHome

    return OfficeHome(load_settings(settings_file)), SystemClock().now()


def write_proposal(out: Path, read: ReadProposal) -> None:
    """Writes a proposal for the root keys' holders, and says what it changes and who must sign."""
    from langso.durable.files import write_atomic
    from langso.trust.roots.ceremony import in_words

    write_atomic(out, read.proposal.to_json(), mode=0o644)
    say(t("office-trust-proposal"))
    for line in (*(f"  {line}" for line in in_words(read)), *read.missing()):
        say(line)
    say(t("office-trust-written", out=out))
