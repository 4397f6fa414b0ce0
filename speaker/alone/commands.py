"""`langso speaker alone`: a plan signed into a folder, and a loudspeaker that obeys it; no office anywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import json_option, settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.trust.roots.sticks import StickMemory
    from speaker.alone.signing import LoneSigner

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_stick_option = click.option("--stick", type=_FOLDER, required=True)
_out_option = click.option("-o", "--out", type=_FOLDER, required=True)
_told_option = click.option("--not-a-stick", is_flag=True)
_phrase_option = click.option("--passphrase-file", type=_FILE)
_yes_option = click.option("--yes", is_flag=True)


@click.group()
def alone() -> None:
    """A loudspeaker without an office: sign a plan from a file, obey it, sound an alarm."""


@alone.command()
@click.argument("plan", type=_FILE)
@_stick_option
@_out_option
@_yes_option
@_told_option
@_phrase_option
@json_option
def sign(
    plan: Path,
    stick: Path,
    out: Path,
    yes: bool,
    not_a_stick: bool,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign a plan file with the key on this stick, into a folder that loudspeakers take it from."""
    from langso.durable.files import read_limited
    from langso.terminal.asking import confirm
    from langso.timekeeping import dates
    from speaker.alone.plan_file import MAX_FILE, read_plan_file
    from speaker.alone.sounds import length_of
    from speaker.told import SignedTold, tell

    read = read_plan_file(read_limited(plan, MAX_FILE), plan.absolute().parent)
    if not as_json:
        say(t("alone-plan-of", name=harmless(read.name), code=read.code, bells=len(read.bells), days=read.days))
    if not (yes or as_json) and not confirm(t("alone-sign-agree"), default=False):
        say(t("alone-nothing-signed"))
        return
    with _signing(stick, read.code, out, not_a_stick, passphrase_file) as (signer, memory):
        made = signer.plan(read, length_of, memory)
    first, last = made.moments[0], made.moments[-1]
    if as_json:
        tell(
            SignedTold(
                folder=str(out), code=read.code, version=made.version, bells=len(made.moments), first=first, last=last
            )
        )
        return
    first_named, last_named = dates.full(first), dates.full(last)
    say(t("alone-signed", bells=len(made.moments), first=first_named, last=last_named, sounds=made.sounds))
    say(t("alone-signed-next", out=harmless(str(out))))


@alone.command()
@click.argument("sound", type=_FILE, required=False)
@click.option("--code", required=True)
@click.option("--minutes", type=click.IntRange(1, 720), default=10)
@click.option("--stop", is_flag=True)
@_stick_option
@_out_option
@_told_option
@_phrase_option
@json_option
def alarm(
    sound: Path | None,
    code: str,
    minutes: int,
    stop: bool,
    stick: Path,
    out: Path,
    not_a_stick: bool,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign an alarm that sounds at once, over everything, until it is over or stopped."""
    from langso.terminal.wrong_calls import WrongCall
    from speaker.alone.sounds import length_of
    from speaker.told import SignedTold, tell

    if (sound is None) != stop:
        raise WrongCall(Sentence("alone-alarm-or-stop"))
    with _signing(stick, code, out, not_a_stick, passphrase_file) as (signer, memory):
        made = signer.all_clear(memory) if sound is None else signer.alarm(sound, minutes, length_of, memory)
    if as_json:
        until = made.moments[0] if made.moments else None
        tell(SignedTold(folder=str(out), code=code, version=made.version, bells=len(made.moments), last=until))
    elif stop:
        say(t("alone-alarm-stopped"))
    else:
        say(t("alone-alarm-signed", minutes=minutes))


@alone.command()
@click.argument("folder", type=_FOLDER)
@settings_option
@click.option("--code")
@json_option
def join(folder: Path, settings_file: Path, code: str | None, as_json: bool) -> None:
    """Let this loudspeaker obey the key that signed this folder, and no office any more."""
    from langso.settings.reading import load_settings
    from langso.terminal.asking import confirm
    from speaker.alone.joining import join as join_folder
    from speaker.alone.joining import read_lone_trust
    from speaker.errors import AloneRefused
    from speaker.told import JoinedTold, tell

    settings = load_settings(settings_file)
    found = read_lone_trust(folder, settings.commune.code)
    if code is not None:
        if "".join(code.split()) != "".join(found.code.split()):
            raise AloneRefused(Sentence("alone-other-code", theirs=found.code))
    elif as_json:
        raise AloneRefused(Sentence("alone-code-first"))
    elif not confirm(t("alone-join-agree", code=found.code), default=False):
        say(t("alone-not-joined"))
        return
    paired = join_folder(settings, found, datetime.now(UTC))
    if as_json:
        tell(JoinedTold(device=paired.answer.device, commune=paired.answer.commune, code=found.code))
        return
    say(t("alone-joined", device=paired.answer.device, name=harmless(settings.commune.name)))
    if settings.speaker.plan_folder is None:
        say(t("alone-name-folder"), mark="warn")


@contextlib.contextmanager
def _signing(
    stick: Path, code: str, out: Path, not_a_stick: bool, passphrase_file: Path | None
) -> Iterator[tuple[LoneSigner, StickMemory | None]]:
    """The signer, its key unlocked. Raises StickRefused, RootKeyDamaged, WrongPassphrase, FileRefused."""
    from langso.courier.stick import CourierStick
    from langso.durable.files import make_folder
    from langso.trust.roots import passphrase
    from langso.trust.roots.key_file import unlock
    from langso.trust.roots.sticks import hold_stick, key_on, read_memory
    from speaker.alone.signing import LoneSigner

    with hold_stick(stick, told=not_a_stick) as there:
        file = key_on(there, code)
        memory = read_memory(there, file)
        if passphrase_file is not None:
            phrase = passphrase.from_file(passphrase_file)
        else:
            phrase = passphrase.hidden_prompt(t("alone-ask-passphrase", named=file.named()))
        key = unlock(file, phrase)
        make_folder(out, mode=0o755)
        with CourierStick(out, code, make=True) as folder:
            yield LoneSigner(key, there, code, folder, datetime.now(UTC)), memory
