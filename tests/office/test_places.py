"""Where keys lie after init, and who can read them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from founded import initialise

from langso.device.paired_devices import PairedDevice, keep_device, read_devices
from langso.settings.model import Settings
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from office.places import OfficeHome
from office.signer.errors import NotInitialised
from office.signer.signing import Signing

OFFICE, SIGNER, STRANGER = 61_001, 61_002, 61_003


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users can reach, as /var/lib is."""
    folder = Path(tempfile.mkdtemp(prefix="langso-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def settings_apart(make_settings: Callable[..., Settings], place: Path) -> Settings:
    made = make_settings()
    return made.model_copy(
        update={
            "paths": made.paths.model_copy(update={"state": place / "office"}),
            "signer": made.signer.model_copy(update={"state": place / "signer"}),
        }
    )


def device(home: OfficeHome) -> None:
    keep_device(
        home.devices,
        PairedDevice(
            id="loa-1", role="speaker", public_key=SigningKey.generate().public.hex(), registered=datetime.now(UTC)
        ),
    )


def as_user(user: int, groups: list[int], act: Callable[[], Any]) -> bool:
    """Whether the act succeeds for a user without rights, in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups(groups)
            os.setgid(user)
            os.setuid(user)
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def test_the_signers_folder_is_inside_the_offices_unless_settings_say_otherwise(
    make_settings: Callable[..., Settings], settings_apart: Settings
) -> None:
    inside = make_settings()
    assert OfficeHome(inside).signer == inside.paths.state / "signer"
    assert OfficeHome(settings_apart).signer == settings_apart.signer.state


def test_keys_apart_leave_none_in_the_offices_folder(settings_apart: Settings) -> None:
    home = initialise(settings_apart, [SigningKey.generate()], None, datetime.now(UTC))
    assert [path.name for path in home.signer.glob("*.key")] == ["1.key"]
    assert not (home.state / "signer").exists()
    assert home.signer.stat().st_mode & 0o777 == 0o700
    Signing(home, SystemClock())


def test_without_the_keys_nobody_signs(settings_apart: Settings) -> None:
    home = initialise(settings_apart, [SigningKey.generate()], None, datetime.now(UTC))
    (home.signer / "1.key").unlink()
    with pytest.raises(NotInitialised):
        Signing(home, SystemClock())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files for other users")
def test_made_by_root_each_service_reads_what_is_its_own_and_no_more(
    settings_apart: Settings,
) -> None:
    home = OfficeHome(settings_apart)
    for folder, owner, mode in ((home.state, OFFICE, 0o750), (home.signer, SIGNER, 0o700)):
        folder.mkdir()
        folder.chmod(mode)
        os.chown(folder, owner, owner)
    initialise(settings_apart, [SigningKey.generate()], None, datetime.now(UTC))
    for folder, owner in ((home.state, OFFICE), (home.signer, SIGNER)):
        made = list(folder.rglob("*"))
        assert made
        assert {path.stat().st_uid for path in made} == {owner}

    assert as_user(OFFICE, [OFFICE, SIGNER], lambda: device(home))
    assert as_user(OFFICE, [OFFICE, SIGNER], lambda: (home.authority(), home.age_identity(), home.trust()))
    assert not as_user(OFFICE, [OFFICE, SIGNER], lambda: (home.signer / "1.key").read_bytes())

    def sign() -> None:
        signing = Signing(home, SystemClock())
        assert [one.id for one in read_devices(home.devices)] == ["loa-1"]
        signing.raise_to({})
        (home.signer / "written").touch()

    assert as_user(SIGNER, [SIGNER, OFFICE], sign)
    for secret in (home.ca / "ca.key", home.age_file):
        assert not as_user(SIGNER, [SIGNER, OFFICE], secret.read_bytes)
    assert not as_user(SIGNER, [SIGNER, OFFICE], (home.devices / "x").touch)
    assert not as_user(STRANGER, [], home.trust_bundle)
