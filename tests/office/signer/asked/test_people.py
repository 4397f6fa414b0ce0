"""Who is enrolled, and by what he proves that he asks: each proof counts for one order, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refusals import refused
from software_passkey import USER_PRESENT, SoftwarePasskey

from office.signer.asked import people as people_module
from office.signer.asked.book import Book
from office.signer.asked.people import WRONG_AN_HOUR, People, Powers
from office.signer.errors import SignerRefused

HERE = "http://localhost:8080"
ORIGINS = (HERE, "https://van-phong.local")
NOW = datetime(2026, 11, 30, 7, 0, 5, tzinfo=UTC)
STEP = timedelta(seconds=30)
ONE, OTHER = "1" * 64, "2" * 64


class Office:
    """A book and its people; `seconds` go by as told."""

    def __init__(self, folder: Path) -> None:
        self.seconds = 0.0
        self.book = Book(folder)
        self.people = People(self.book, ORIGINS, lambda: self.seconds)

    def app(self, person: str = "lan", *, ahead: timedelta = timedelta(), now: datetime = NOW) -> App:
        address = self.people.begin_code(person, "Hoa Sơn", powers=Powers(alarms=True))
        app = App(parse_qs(urlsplit(address).query)["secret"][0], ahead)
        self.people.finish_code(person, app.at(now), now)
        return app

    def passkey(self, person: str = "lan", origin: str = HERE, count: int = 0) -> SoftwarePasskey:
        key = SoftwarePasskey(origin, count)
        code = self.people.invite(person, NOW, powers=Powers(alarms=True))
        self.people.finish_passkey(person, code, key.enrol(self.people.begin_passkey(person, code, origin, NOW)), NOW)
        return key


class App:
    """An authenticator app on a phone whose clock is `ahead` of the office's."""

    def __init__(self, secret: str, ahead: timedelta = timedelta()) -> None:
        self.totp, self.ahead = pyotp.TOTP(secret), ahead

    def at(self, now: datetime) -> str:
        return self.totp.at(now + self.ahead)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.book.close()


def test_six_digits_prove_who_asks_and_count_once(office: Office) -> None:
    app, later = office.app(), NOW + 2 * STEP
    assert office.people.anybody()
    assert office.people.prove("lan", ONE, later, code=app.at(later)) == "code"
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", OTHER, later, code=app.at(later))
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, later, code=app.at(later - STEP))
    assert office.people.prove(
        "lan", OTHER, later + STEP, code=f" {app.at(later + STEP)[:3]} {app.at(later + STEP)[3:]}"
    )


def test_the_code_of_the_enrolment_itself_counts_for_no_order(office: Office) -> None:
    app = office.app()
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, NOW, code=app.at(NOW))


def test_a_code_of_another_person_or_of_nobody_is_refused(office: Office) -> None:
    app, later = office.app(), NOW + 2 * STEP
    office.app("minh")
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("minh", ONE, later, code=app.at(later))
    with refused(SignerRefused, "signer-person-unknown"):
        office.people.prove("ai-do", ONE, later, code=app.at(later))


@pytest.mark.parametrize("ahead", [timedelta(minutes=-50), timedelta(minutes=-7), timedelta(minutes=50)])
def test_a_clock_that_is_wrong_by_minutes_is_learnt_at_the_enrolment(office: Office, ahead: timedelta) -> None:
    app, later = office.app(ahead=ahead), NOW + timedelta(days=3)
    assert office.people.prove("lan", ONE, later, code=app.at(later)) == "code"
    drifted = later + timedelta(days=30) + 2 * STEP
    app.ahead += 2 * STEP
    assert office.people.prove("lan", ONE, drifted, code=app.at(drifted)), "and follows it as it drifts"
    app.ahead += 2 * STEP
    assert office.people.prove("lan", ONE, drifted + STEP, code=app.at(drifted + STEP))


def test_a_clock_that_was_set_costs_a_second_code(office: Office) -> None:
    app, later = office.app(), NOW + timedelta(days=1)
    app.ahead = timedelta(minutes=20)
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, later, code=app.at(later))
    assert office.people.prove("lan", ONE, later, code=app.at(later) + app.at(later + STEP)) == "code"
    again = later + 4 * STEP
    assert office.people.prove("lan", ONE, again, code=app.at(again)) == "code"


def test_guessing_ends_and_bars_nobody_who_holds_the_app(office: Office) -> None:
    app, later = office.app(), NOW + timedelta(minutes=5)
    for _ in range(WRONG_AN_HOUR):
        with refused(SignerRefused, "signer-code-wrong"):
            office.people.prove("lan", ONE, later, code="000000")
    with refused(SignerRefused, "signer-code-two"):
        office.people.prove("lan", ONE, later, code=app.at(later))
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, later, code=app.at(later) + "000000")
    assert office.people.prove("lan", ONE, later, code=app.at(later) + app.at(later + STEP)) == "code"
    after = later + 3 * STEP
    assert office.people.prove("lan", ONE, after, code=app.at(after)) == "code", "and all is forgotten"
    key = office.passkey()
    for _ in range(WRONG_AN_HOUR):
        with refused(SignerRefused, "signer-code-wrong"):
            office.people.prove("lan", ONE, after, code="000000")
    assert office.people.prove("lan", ONE, after, passkey=key.touch(office.people.challenge("lan", ONE, HERE)))


def test_wrong_tries_are_forgotten_after_an_hour_and_survive_a_restart(office: Office, tmp_path: Path) -> None:
    app = office.app()
    later = NOW + timedelta(minutes=5)
    for _ in range(WRONG_AN_HOUR):
        with refused(SignerRefused, "signer-code-wrong"):
            office.people.prove("lan", ONE, later, code="000000")
    again = People(office.book, ORIGINS, lambda: 0.0)
    with refused(SignerRefused, "signer-code-two"):
        again.prove("lan", ONE, later, code=app.at(later))
    hour = later + timedelta(hours=1, minutes=1)
    assert again.prove("lan", ONE, hour, code=app.at(hour)) == "code"


def test_a_line_of_the_printed_list_counts_once_whatever_the_clock_says(office: Office) -> None:
    lines = office.people.list_anew("lan", NOW, powers=Powers(alarms=True))
    assert len(set(lines)) == 10
    wrong_clock = NOW + timedelta(days=9000)
    assert office.people.prove("lan", ONE, wrong_clock, code=lines[3]) == "listed"
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, wrong_clock, code=lines[3])
    office.people.list_anew("lan", NOW)
    with refused(SignerRefused, "signer-code-wrong"):
        office.people.prove("lan", ONE, wrong_clock, code=lines[4])


def test_one_touch_proves_one_order(office: Office) -> None:
    key = office.passkey()
    answer = key.touch(office.people.challenge("lan", ONE, HERE))
    with refused(SignerRefused, "signer-passkey-other"):
        office.people.prove("lan", OTHER, NOW, passkey=answer)
    with refused(SignerRefused, "signer-passkey-late"):
        office.people.prove("lan", ONE, NOW, passkey=answer)
    answer = key.touch(office.people.challenge("lan", ONE, HERE))
    assert office.people.prove("lan", ONE, NOW, passkey=answer) == "passkey"
    with refused(SignerRefused, "signer-passkey-late"):
        office.people.prove("lan", ONE, NOW, passkey=answer)


def test_a_touch_is_for_three_minutes_and_for_one_person(office: Office) -> None:
    key = office.passkey()
    office.passkey("minh")
    answer = key.touch(office.people.challenge("lan", ONE, HERE))
    office.seconds += people_module.CHALLENGE_S + 1
    with refused(SignerRefused, "signer-passkey-late"):
        office.people.prove("lan", ONE, NOW, passkey=answer)
    answer = key.touch(office.people.challenge("lan", ONE, HERE))
    with refused(SignerRefused, "signer-passkey-other"):
        office.people.prove("minh", ONE, NOW, passkey=answer)
    with refused(SignerRefused, "signer-passkey-wrong"):
        office.people.prove("minh", ONE, NOW, passkey=key.touch(office.people.challenge("minh", ONE, HERE)))


def test_a_touch_at_another_address_for_another_name_or_within_another_page_is_refused(office: Office) -> None:
    key = office.passkey()
    for change, rp_id in (({"origin": "https://evil.vn"}, None), ({"cross_origin": True}, None), ({}, "evil.vn")):
        was = dict(vars(key))
        vars(key).update(change)
        with refused(SignerRefused, "signer-passkey-wrong"):
            office.people.prove(
                "lan", ONE, NOW, passkey=key.touch(office.people.challenge("lan", ONE, HERE), rp_id=rp_id)
            )
        vars(key).update({**was, "count": key.count})
    for place in ("http://192.168.1.5:8080", "https://evil.vn", "http://van-phong.local", ""):
        with refused(SignerRefused, "signer-passkey-place"):
            office.people.challenge("lan", ONE, place)
    with refused(SignerRefused, "signer-passkey-none"):
        office.people.challenge("lan", ONE, "https://van-phong.local")


def test_a_key_left_lying_about_is_not_enough_without_a_finger(office: Office) -> None:
    key = office.passkey()
    key.flags = USER_PRESENT
    with refused(SignerRefused, "signer-passkey-wrong"):
        office.people.prove("lan", ONE, NOW, passkey=key.touch(office.people.challenge("lan", ONE, HERE)))


def test_a_key_that_counts_backwards_is_taken_for_a_copy(office: Office) -> None:
    key = office.passkey()
    for _ in range(3):
        office.people.prove("lan", ONE, NOW, passkey=key.touch(office.people.challenge("lan", ONE, HERE)))
    key.count -= 1
    with refused(SignerRefused, "signer-passkey-copied"):
        office.people.prove("lan", ONE, NOW, passkey=key.touch(office.people.challenge("lan", ONE, HERE)))


def test_a_key_that_counts_nothing_is_good(office: Office) -> None:
    key = office.passkey()
    for _ in range(2):
        key.count = -1
        assert office.people.prove("lan", ONE, NOW, passkey=key.touch(office.people.challenge("lan", ONE, HERE)))


def test_another_keys_signature_is_refused(office: Office) -> None:
    key, thief = office.passkey(), SoftwarePasskey(HERE)
    thief.id, thief.count = key.id, 100
    with refused(SignerRefused, "signer-passkey-wrong"):
        office.people.prove("lan", ONE, NOW, passkey=thief.touch(office.people.challenge("lan", ONE, HERE)))


def test_a_one_time_code_enrols_one_key_within_a_day(office: Office) -> None:
    code, key = office.people.invite("lan", NOW, powers=Powers()), SoftwarePasskey(HERE)
    for person, typed, when in (("minh", code, NOW), ("lan", "abc", NOW), ("lan", code, NOW + timedelta(hours=25))):
        with refused(SignerRefused, "signer-invitation-wrong"):
            office.people.begin_passkey(person, typed, HERE, when)
    options = office.people.begin_passkey("lan", code.upper(), HERE, NOW)
    office.people.finish_passkey("lan", code, key.enrol(options), NOW)
    assert not office.people.may_alarm("lan")
    with refused(SignerRefused, "signer-invitation-wrong"):
        office.people.begin_passkey("lan", code, HERE, NOW)
    again = office.people.invite("lan", NOW, powers=Powers())
    with refused(SignerRefused, "signer-passkey-twice"):
        office.people.finish_passkey(
            "lan", again, key.enrol(office.people.begin_passkey("lan", again, HERE, NOW)), NOW
        )


def test_who_is_revoked_proves_nothing_more(office: Office) -> None:
    app, key, lines = office.app(), office.passkey(), office.people.list_anew("lan", NOW)
    answer = key.touch(office.people.challenge("lan", ONE, HERE))
    office.people.revoke("lan")
    assert not office.people.anybody()
    later = NOW + 2 * STEP
    for proof in ({"code": app.at(later)}, {"code": lines[0]}, {"passkey": answer}):
        with refused(SignerRefused, "signer-person-unknown"):
            office.people.prove("lan", ONE, later, **proof)
    office.app(now=later)
    with refused(SignerRefused, "signer-passkey-late"):
        office.people.prove("lan", ONE, later, passkey=answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=80),
        st.binary(max_size=60).map(lambda raw: json.dumps({"response": {"clientDataJSON": raw.hex()}})),
    )
)
def test_no_nonsense_is_an_answer(office: Office, answer: str) -> None:
    if not office.people.anybody():
        office.passkey()
    for proof in ({"passkey": answer or "x"}, {"code": answer}):
        with pytest.raises(SignerRefused):
            office.people.prove("lan", ONE, NOW, **proof)
