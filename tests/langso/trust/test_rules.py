"""The pure rules of trust on both sides of each edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from plans import order, plan, urgent

from langso.contract import Plan, Urgent
from langso.trust import Refused, SigningKey, make_root, root_keys
from langso.trust.chain import walk_chain
from langso.trust.keys import short_code
from langso.trust.rules import check_time

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TICK, DAY = timedelta(milliseconds=1), timedelta(days=1)


def of(issued: datetime, expires: datetime) -> Plan:
    return plan(issued=issued, expires=expires, until=expires)


def reason(document: Plan | Urgent, **asked: object) -> str:
    with pytest.raises(Refused) as caught:
        check_time(document, **{"now": None, "floor": None, **asked})  # type: ignore[arg-type]
    return caught.value.reason


def test_a_document_is_good_until_the_instant_at_which_it_expires() -> None:
    document = of(NOW - DAY, NOW)
    for judged in ({"now": NOW - TICK, "floor": None}, {"now": None, "floor": NOW - TICK}):
        check_time(document, **judged)
    assert reason(document, now=NOW) == "expired"
    assert reason(document, floor=NOW) == "expired"
    check_time(document, now=NOW, floor=None, answers=True)
    check_time(document, now=None, floor=None)


def test_a_document_may_be_dated_a_day_ahead_and_no_more() -> None:
    check_time(of(NOW + DAY, NOW + 9 * DAY), now=NOW, floor=None)
    assert reason(of(NOW + DAY + TICK, NOW + 9 * DAY), now=NOW) == "from_future"
    assert reason(of(NOW + DAY + TICK, NOW + 9 * DAY), now=NOW, answers=True) == "from_future"
    check_time(of(NOW + 5 * DAY, NOW + 9 * DAY), now=None, floor=NOW)


def test_an_alarm_may_be_dated_ten_minutes_after_its_document_and_no_more() -> None:
    for ahead in (timedelta(minutes=10), timedelta(minutes=10) + TICK):
        alarm = order(issued=NOW + ahead, expires=NOW + DAY)
        document = urgent(1, alarm).model_copy(update={"issued": NOW, "expires": NOW + DAY})
        if ahead > timedelta(minutes=10):
            assert reason(document, now=NOW) == reason(document) == "from_future"
        else:
            check_time(document, now=NOW, floor=None)


def test_twelve_digits_are_those_of_the_digests_first_half() -> None:
    for digest in ("0" * 16 + "f" * 48, "00000000000000ff" + "1" * 48, "ffffffffffffffff" + "0" * 48):
        digits = f"{int(digest[:16], 16) % 10**12:012d}"
        assert short_code(digest) == f"{digits[:4]} {digits[4:8]} {digits[8:]}"
    assert short_code("0" * 16 + "f" * 48) == "0000 0000 0000"


def test_a_new_root_of_the_same_keys_counts_and_the_pinned_ones_own_document_does_not() -> None:
    keys = [SigningKey.generate()]

    def link(version: int) -> str:
        made = make_root(
            "xa", root_keys(keys, 1, version), old_keys=keys, new_keys=keys, issued=NOW, expires=NOW + DAY
        )
        return made.decode()

    pinned = root_keys(keys, 1, 1)
    root, links, passed = walk_chain((link(1), link(2)), pinned)
    assert (root.version, [one.version for one in links], passed) == (2, [2], 0)
    root, links, passed = walk_chain((link(1),), pinned)
    assert (root, links, passed) == (pinned, (), 0)
