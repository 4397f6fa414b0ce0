from __future__ import annotations

import contextlib
import socket
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from founded import vouch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import plan
from refusals import refused

from langso.contract import (
    Account,
    Catalogue,
    Held,
    Media,
    Occurrence,
    Programme,
    TargetSet,
    Urgent,
    UrgentOrder,
    VouchedAccount,
)
from langso.trust import SigningKey, open_sealed
from office.signer import counters as counters_module
from office.signer.client import SignerClient
from office.signer.counters import SignedVersions
from office.signer.errors import NotInitialised, SignerRefused, SignerUnreachable
from office.signer.rules import MAX_LIFT, URGENT_AN_HOUR
from office.signer.signing import Signing

MEDIA = Media(sha256="a" * 64, size=10, duration_ms=1000, codec="opus")


def urgent(version: int, ids: list[str], **more: Any) -> Urgent:
    now = datetime.now(UTC)
    orders = tuple(
        UrgentOrder(id=id, action="play", media=(MEDIA,), issued=now, expires=now + timedelta(hours=1), **more)
        for id in ids
    )
    return Urgent(
        issuer="office",
        audience="*",
        commune="hoa-son",
        epoch=0,
        version=version,
        issued=now,
        expires=now + timedelta(days=1),
        orders=orders,
    )


@pytest.fixture
def client(office_world: Any) -> SignerClient:
    return office_world.office.signer  # type: ignore[no-any-return]


def test_what_it_signs_verifies_with_the_key_in_trust(office_world: Any, client: SignerClient) -> None:
    document = plan(1)
    keys = [bytes.fromhex(key) for key in office_world.home.rule().signers.keys]
    assert open_sealed(client.sign("plan", document), "plan", keys) == document.to_json()


def test_a_version_is_signed_once_and_only_upwards(client: SignerClient) -> None:
    client.sign("plan", plan(5))
    for version in (5, 4):
        with refused(SignerRefused, "signer-version-low"):
            client.sign("plan", plan(version))
    with refused(SignerRefused, "signer-version-leap"):
        client.sign("plan", plan(6 + MAX_LIFT))
    client.sign("plan", plan(6))
    assert client.version("plan", 0) == 6


def test_counters_survive_a_restart_and_a_damaged_file_is_not_begun_anew(
    office_world: Any, client: SignerClient
) -> None:
    client.sign("plan", plan(9))
    assert SignedVersions(office_world.home.signer).version("plan", 0, "*") == 9
    (office_world.home.signer / "counters.json").write_bytes(b"{")
    with pytest.raises(NotInitialised):
        SignedVersions(office_world.home.signer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "province"},
        {"commune": "xa-khac"},
        {"epoch": 1},
        {"audience": "loa-1"},
        {"expires": datetime.now(UTC) + timedelta(days=100)},
    ],
)
def test_it_refuses_what_is_not_the_offices(client: SignerClient, wrong: dict[str, Any]) -> None:
    with pytest.raises(SignerRefused):
        client.sign("plan", plan(1, **wrong))
    assert client.version("plan", 0) == 0


def test_it_refuses_kinds_that_need_the_root(client: SignerClient) -> None:
    for kind in ("trust", "root", "state", "nonsense"):
        with refused(SignerRefused, "signer-kind-unknown"):
            client.sign(kind, plan(1))


def test_a_kind_must_be_what_the_payload_says(client: SignerClient) -> None:
    with pytest.raises(SignerRefused):
        client.sign("urgent", plan(1))


@pytest.mark.parametrize("other", [b"%s ", b" %s", b"%s\n", b'{"kind":"plan",%s'])
def test_only_canonical_bytes_are_signed(office_world: Any, other: bytes) -> None:
    from langso.timekeeping.clock import SystemClock

    signing = Signing(office_world.home, SystemClock())
    exact = plan(1).to_json()
    changed = other.replace(b"%s", exact[1:] if b"{" in other else exact)
    with pytest.raises(SignerRefused):
        signing.sign("plan", changed)
    with refused(SignerRefused, "signer-not-canonical"):
        signing.sign("plan", exact.replace(b'"version":1', b'"version": 1'))
    signing.sign("plan", exact)


def test_a_plan_with_what_loudspeakers_would_refuse_is_not_signed(make_office: Any) -> None:
    from langso.contract import Caps, QuietHours

    quiet = Caps(quiet_hours=(QuietHours(start="00:00", end="00:00"),))
    now = datetime.now(UTC)
    programme = Programme(id="p", title="t", media=(0,))
    tables = {"media": (MEDIA,), "target_sets": (TargetSet(devices=("*",)),), "programmes": (programme,)}
    coming, begun = (
        plan(1, **tables, occurrences=(Occurrence(id="o", programme=0, targets=0, start=now + timedelta(hours=h)),))
        for h in (1, -1)
    )
    world = make_office(caps=quiet)
    with pytest.raises(SignerRefused, match="giờ yên tĩnh 00:00 đến 00:00"):
        world.office.signer.sign("plan", coming)
    assert world.office.signer.version("plan", 0) == 0
    world.office.signer.sign("plan", begun)


def test_an_emergency_in_a_plan_and_too_many_occurrences_are_refused(client: SignerClient) -> None:
    now = datetime.now(UTC)
    programme = Programme(id="p", title="t", media=(0,))
    many = tuple(Occurrence(id=f"o{n}", programme=0, targets=0, start=now) for n in range(4001))
    tables = {"media": (MEDIA,), "target_sets": (TargetSet(devices=("*",)),)}
    built = plan(1).model_copy(update={**tables, "programmes": (programme,), "occurrences": many})
    with pytest.raises(SignerRefused):
        client.sign("plan", built)
    emergency = programme.model_copy(update={"broadcast_class": "emergency"})
    with pytest.raises(SignerRefused):
        client.sign("plan", plan(1).model_copy(update={**tables, "programmes": (emergency,)}))


def test_urgent_orders_are_limited_by_the_hour_and_repeats_of_one_are_not_counted(client: SignerClient) -> None:
    ids = [f"u{n}" for n in range(URGENT_AN_HOUR)]
    first = urgent(1, ids)
    client.sign("urgent", first)
    client.sign("urgent", urgent(2, []).model_copy(update={"orders": first.orders}))
    one_more = (*first.orders, *urgent(1, ["one-more"]).orders)
    with refused(SignerRefused, "signer-alarms-an-hour"):
        client.sign("urgent", urgent(3, []).model_copy(update={"orders": one_more}))


def test_an_urgent_order_may_not_live_for_days(client: SignerClient) -> None:
    now = datetime.now(UTC)
    order = urgent(1, ["u"]).orders[0].model_copy(update={"expires": now + timedelta(days=3)})
    with refused(SignerRefused, "signer-alarm-too-long"):
        client.sign("urgent", urgent(1, []).model_copy(update={"orders": (order,)}))


def test_lost_counters_climb_above_what_verified_states_hold(office_world: Any, client: SignerClient) -> None:
    device = office_world.reporter()
    held = (Held(kind="plan", issuer="office", epoch=0, version=41, sha256="b" * 64),)
    forged = device.state(held=(held[0].model_copy(update={"version": 99}),))
    stranger = SigningKey.generate()
    device.key, own = stranger, device.key
    client.raise_to({"loa-1": device.state(held=(held[0].model_copy(update={"version": 77}),)), "nobody": forged})
    assert client.version("plan", 0) == 0
    device.key = own
    client.raise_to({"loa-1": device.state(held=held)})
    assert client.version("plan", 0) == 41
    leap = (held[0].model_copy(update={"version": 1 << 50}),)
    client.raise_to({"loa-1": device.state(held=leap)})
    assert client.version("plan", 0) == 41


def test_the_socket_is_for_its_group_only(office_world: Any) -> None:
    assert office_world.settings.signer.socket.stat().st_mode & 0o777 == 0o660


def test_a_dead_signer_is_named(office_world: Any, client: SignerClient) -> None:
    office_world.stop_signer()
    with pytest.raises(SignerUnreachable, match="langso-signer"):
        client.sign("plan", plan(1))


def test_keys_that_trust_does_not_list_stop_it_at_the_start(office_world: Any) -> None:
    from langso.timekeeping.clock import SystemClock

    SigningKey.generate().save(office_world.home.signer / "1.key")
    with refused(NotInitialised, "signer-key-not-listed"):
        Signing(office_world.home, SystemClock())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), length=st.one_of(st.none(), st.integers(0, 2**32 - 1)))
def test_any_bytes_at_the_socket_leave_it_answering(office_world: Any, body: bytes, length: int | None) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(str(office_world.settings.signer.socket))
        # It may hang up on nonsense before all of it was read.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(struct.pack(">I", len(body) if length is None else length) + body)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert office_world.office.signer.version("plan", 0) == 0


def test_many_counters_are_lifted_in_one_write_and_none_is_lowered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters = SignedVersions(tmp_path)
    counters.advance("plan", 0, "*", 5)
    writes = []
    real = counters_module.write_atomic
    monkeypatch.setattr(counters_module, "write_atomic", lambda *of, **more: writes.append(real(*of, **more)))
    counters.lift({("plan", 0, "*"): 4, **{("order", 0, f"loa-{n}"): n for n in range(1, 50)}})
    assert len(writes) == 1
    counters.lift({("plan", 0, "*"): 5})
    assert len(writes) == 1
    kept = SignedVersions(tmp_path)
    assert (kept.version("plan", 0, "*"), kept.version("order", 0, "loa-49")) == (5, 49)


# ---- an owned web process asks for what money and privacy hang on


def catalogue(version: int, **more: Any) -> Catalogue:
    now = datetime.now(UTC)
    head = {"issuer": "office", "audience": "*", "commune": "hoa-son", "epoch": 0, "version": version}
    return Catalogue(**head, issued=now, expires=now + timedelta(days=9), commune_name="Xã Hoa Sơn", **more)


def test_it_signs_no_account_that_the_root_does_not_vouch_for(office_world: Any, client: SignerClient) -> None:
    own = VouchedAccount(id="phi", purpose="fees", bin="970415", number="113366", holder="UBND XA HOA SON")
    good = Account(bin=own.bin, number=own.number, holder=own.holder)
    with refused(SignerRefused, "signer-account"):
        client.sign("catalogue", catalogue(1, accounts=(good,)))
    vouch(office_world, accounts=(own,))
    client.sign("catalogue", catalogue(1, accounts=(good,)))
    for change in ({"bin": "970436"}, {"number": "113367"}, {"holder": "KE GIAN"}):
        with refused(SignerRefused, "signer-account"):
            client.sign("catalogue", catalogue(2, accounts=(good, good.model_copy(update=change))))
    vouch(office_world, accounts=(own.model_copy(update={"valid_until": datetime.now(UTC)}),))
    with refused(SignerRefused, "signer-account"):
        client.sign("catalogue", catalogue(2, accounts=(good,)))


def test_it_signs_no_other_key_for_scans_than_the_roots(office_world: Any, client: SignerClient) -> None:
    import pyrage

    thief = str(pyrage.x25519.Identity.generate().to_public())
    with refused(SignerRefused, "signer-recipient"):
        client.sign("catalogue", catalogue(1, age_recipient=thief))
    client.sign("catalogue", catalogue(1, age_recipient=office_world.home.age_recipient()))


def test_it_signs_no_relay_but_from_hosts_of_the_root_and_never_an_emergency(
    office_world: Any, client: SignerClient
) -> None:
    def relay(stream: str, broadcast_class: Any = "normal") -> Urgent:
        found = urgent(1, ["u1"])
        order = found.orders[0].model_copy(
            update={"action": "relay", "media": (), "stream": stream, "broadcast_class": broadcast_class}
        )
        return found.model_copy(update={"orders": (order,)})

    good = "https://stream.vov.vn/vov1"
    with refused(SignerRefused, "signer-relay"):
        client.sign("urgent", relay(good))
    vouch(office_world, relay_hosts=("stream.vov.vn",))
    for wrong in (relay("http://stream.vov.vn/"), relay("https://thief.vn/"), relay(good, "emergency")):
        with refused(SignerRefused, "signer-relay"):
            client.sign("urgent", wrong)
    client.sign("urgent", relay(good))
