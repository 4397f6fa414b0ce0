"""`langso root`: root keys made and used one stick at a time, on any machine, without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say
from langso.words.catalogue import t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.trust.roots.ceremony import Sitting
    from langso.trust.roots.proposal import ReadProposal

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_stick_option = click.option("--stick", type=_FOLDER, required=True)
_told_option = click.option("--not-a-stick", is_flag=True)
_phrase_option = click.option("--passphrase-file", type=_FILE)


@click.group()
def root() -> None:
    """The commune's root keys: one a USB stick, with a passphrase; sign proposals that change rights."""


@root.command()
@_stick_option
@click.option("--commune", required=True)
@click.option("--holder", required=True)
@click.option("-o", "--out", type=_FILE)
@_told_option
@_phrase_option
def new(
    stick: Path, commune: str, holder: str, out: Path | None, not_a_stick: bool, passphrase_file: Path | None
) -> None:
    """Make a root key on this stick."""
    from langso.durable.files import write_atomic
    from langso.trust.roots import passphrase
    from langso.trust.roots.ceremony import make_key
    from langso.trust.roots.key_file import public_part
    from langso.trust.roots.sticks import hold_stick, refuse_a_second_key, require_free

    with hold_stick(stick, told=not_a_stick) as there:
        require_free(there, commune)
        refuse_a_second_key(there, commune)
        if passphrase_file is not None:
            phrase = passphrase.check_new(passphrase.from_file(passphrase_file))
        else:
            phrase = passphrase.ask_new(passphrase.hidden_prompt, say)
        made = make_key(there, phrase, commune=commune, holder=holder, now=datetime.now(UTC))
    if out is not None:
        write_atomic(out, public_part(made).to_json(), mode=0o644)
        say(t("root-public-for-office", out=harmless(str(out))))
    say(t("root-made", holder=made.holder, stick=harmless(str(stick)), code=made.code))
    say(t("root-made-next"))


@root.command()
@_stick_option
@click.option("--commune")
@click.option("-o", "--out", type=_FILE)
def show(stick: Path, commune: str | None, out: Path | None) -> None:
    """See whose key is on this stick; needs no passphrase."""
    from langso.durable.files import write_atomic
    from langso.timekeeping import dates
    from langso.trust.roots.key_file import public_part
    from langso.trust.roots.sticks import key_on, read_memory

    key = key_on(stick, commune)
    say(t("root-key-of", commune=key.commune, holder=key.holder, code=key.code))
    memory = read_memory(stick, key)
    say(
        t("root-made-at", made=dates.full(key.made))
        + (t("root-signed-up-to", trust=memory.trust, root=memory.root_version) if memory else t("root-signed-none"))
    )
    if out is not None:
        write_atomic(out, public_part(key).to_json(), mode=0o644)
        say(t("root-public", out=harmless(str(out))))


@root.command()
@click.argument("proposal", type=_FILE)
@_stick_option
@click.option("--yes", is_flag=True)
@_told_option
@_phrase_option
def sign(proposal: Path, stick: Path, yes: bool, not_a_stick: bool, passphrase_file: Path | None) -> None:
    """Read what a proposal changes, then sign it with the key on this stick."""
    from langso.durable.files import read_limited
    from langso.durable.held_folder import HeldFolder
    from langso.terminal.asking import confirm
    from langso.trust.roots.ceremony import sit_down
    from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES, read_proposal
    from langso.trust.roots.sticks import hold_stick, refuse_a_second_key

    file = proposal.resolve()
    # The file often lies on a stick too, and the holder takes a while to read and type.
    with HeldFolder(file.parent) as desk, hold_stick(stick, told=not_a_stick) as there:
        read = read_proposal(read_limited(file, MAX_PROPOSAL_BYTES))
        refuse_a_second_key(there, read.proposal.commune)
        sitting = sit_down(there, read)
        tell(sitting)
        if sitting.done:
            say(t("root-signed-already", named=sitting.key.named()))
        elif not yes and not confirm(t("root-agree"), default=False):
            say(t("root-nothing-signed"))
            return
        else:
            read = sign_asking(sitting, passphrase_file)
            desk.write(file.name, read.proposal.to_json(), mode=0o644)
            say(t("root-signed", named=sitting.key.named(), proposal=harmless(str(proposal))))
    missing = read.missing()
    for line in missing or [t("root-enough-next")]:
        say(line)
    say(t("root-put-away"))


@root.command()
@click.argument("proposal", type=_FILE)
def read(proposal: Path) -> None:
    """See what a proposal changes and whose signatures are missing; needs no stick."""
    from langso.durable.files import read_limited
    from langso.trust.roots.ceremony import in_words
    from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES, read_proposal

    found = read_proposal(read_limited(proposal, MAX_PROPOSAL_BYTES))
    for line in (*in_words(found), "", *(found.missing() or [t("root-enough")])):
        say(line)


@root.command()
def phrase() -> None:
    """Make up a passphrase that is easy to copy."""
    from langso.trust.roots.passphrase import suggest

    say(suggest())


def tell(sitting: Sitting) -> None:
    """Prints whose key it is and what it is asked to sign."""
    from langso.trust.roots.differences import Weighty

    name = sitting.read.proposal.commune_name or sitting.read.proposal.commune
    say(t("root-asked", name=name, named=sitting.key.named()))
    for line in sitting.words:
        say(f"  {line}", mark="warn" if isinstance(line, Weighty) else "")
    say()


def sign_asking(sitting: Sitting, passphrase_file: Path | None) -> ReadProposal:
    """Signs, asking for the passphrase up to three times. Raises WrongPassphrase."""
    from langso.trust.roots import passphrase
    from langso.trust.roots.ceremony import sign_with
    from langso.trust.roots.errors import WrongPassphrase

    if passphrase_file is not None:
        return sign_with(sitting, passphrase.from_file(passphrase_file))
    for left in reversed(range(passphrase.TRIES)):
        try:
            return sign_with(sitting, passphrase.hidden_prompt(t("root-passphrase-of", named=sitting.key.named())))
        except WrongPassphrase as wrong:
            if not left:
                raise
            say(str(wrong))
    raise AssertionError("unreachable")
