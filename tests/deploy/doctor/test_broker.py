"""Doctor looks for the office as the device itself does: at the paired name, then where it offers itself."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.doctor.broker import judge_line, reach
from langso.settings_model import LinkSettings
from langso.tls import wall_time
from langso.whereabouts import Place, Whereabouts


@pytest.fixture(autouse=True)
def no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' certificates are for localhost only, at which nobody is asked for another place."""
    monkeypatch.setattr("langso.whereabouts.is_loopback", lambda _: False)


def moved(authority: Any) -> LinkSettings:
    """Paired with a broker that is no longer at this port of this name."""
    certificate, key = authority.issue("loa-1")
    return LinkSettings(host="localhost", port=1, ca=authority.ca, cert=certificate, key=key)


def test_an_office_that_is_found_elsewhere_under_its_name_is_no_broken_line(authority: Any, tls_broker: Any) -> None:
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.2", 1), Place("127.0.0.1", tls_broker.port)])
    link = moved(authority)
    failure, place = reach(link, where, wall_time)
    assert failure is None
    assert place == Place("127.0.0.1", tls_broker.port)
    check = judge_line(failure, link, office=False, place=place)
    assert check.level == "ok"
    assert "127.0.0.1" in check.why


def test_where_nothing_lets_it_in_the_paired_name_s_failure_is_told(
    authority: Any, make_broker: Any, tmp_path: Any
) -> None:
    stranger = type(authority)(tmp_path / "stranger")
    liar = make_broker(authority=stranger).start()
    where = Whereabouts("xa", listen=lambda _: [Place("127.0.0.1", liar.port)])
    failure, place = reach(moved(authority), where, wall_time)
    assert failure is not None
    assert (failure.reason, place) == ("network", None)


def test_a_device_without_other_places_tries_its_settings_only(authority: Any) -> None:
    failure, place = reach(moved(authority), None, wall_time)
    assert failure is not None
    assert place is None
