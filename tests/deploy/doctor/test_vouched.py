"""Line `vouched`: an office whose root keys have not said yet what money and privacy hang on is told the command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from founded import initialise, signed

from deploy.doctor.vouched import look
from langso.contract import Account
from langso.settings.model import Settings
from langso.trust import SigningKey
from office.founding.trust_changes import Rights, apply, propose, propose_vouching
from office.publishing.catalogue import CatalogueFile

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Any:
    roots = [SigningKey.generate()]
    settings = Settings.model_validate(
        {
            "commune": {"code": "hoa-son", "name": "Xã Hoa Sơn"},
            "device": {"id": "office", "role": "office"},
            "paths": {"state": tmp_path / "state", "run": tmp_path / "run"},
        }
    )
    return SimpleNamespace(home=initialise(settings, roots, None, NOW), roots=roots, settings=settings)


def line(office: Any) -> Any:
    (found,) = look(SimpleNamespace(settings=office.settings, now=NOW))  # type: ignore[arg-type]
    return found


def test_an_office_founded_now_is_good(office: Any) -> None:
    assert line(office).level == "ok"


def test_an_account_that_only_the_catalogue_names_is_told_with_the_command_until_the_root_signs(office: Any) -> None:
    entered = Account(bin="970415", number="113366", holder="UBND XA")
    office.home.catalogue_file.write_bytes(CatalogueFile(accounts=(entered,)).to_json())
    found = line(office)
    assert (found.level, "113366" in found.why) == ("warn", True)
    assert "langso office trust vouch" in found.fix
    apply(office.home, [signed(propose_vouching(office.home, [entered], NOW), office.roots)])
    assert line(office).level == "ok"


def test_a_key_of_scans_that_is_not_this_offices_is_red(office: Any) -> None:
    import pyrage

    other = str(pyrage.x25519.Identity.generate().to_public())
    apply(office.home, [signed(propose(office.home, NOW, Rights(age_recipient=other)), office.roots)])
    found = line(office)
    assert (found.level, "trust vouch" in found.fix) == ("bad", True)
