"""The next three broadcasts and what would stop each: a speaker's from the plan it holds, the office's as sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from deploy.doctor.acting import Act, act
from deploy.doctor.device_trust import held
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.timekeeping import dates
from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import Sentence, t
from speaker.programme.upcoming import LISTED, Upcoming, in_library, scheduled, upcoming

NEAR = timedelta(hours=1)
MEDIA_FIX = Sentence("doctor-look-at-media")
_BEGUN = "SELECT id FROM plays WHERE planned > '{since}'"
_HEARD = (
    "SELECT issuer, sum(heard_ms), sum(CASE WHEN emergency THEN 0 ELSE heard_ms END) FROM plays "
    "WHERE day = '{day}' GROUP BY issuer"
)
_SENT = (
    "SELECT o.start, m.title FROM occurrences o JOIN rules r ON r.id = o.rule JOIN messages m ON m.id = r.message "
    "WHERE o.withdrawn_at IS NULL AND r.status = 'scheduled' AND o.start > '{now}' "
    f"ORDER BY o.start LIMIT {LISTED}"
)


def look_speaker(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `broadcasts` of a speaker. What has a line of its own (a service, mute, the clock) is not told twice."""
    try:
        keeper = held(scene)
    except OSError:
        yield unseen("broadcasts", Sentence("doctor-held-programme"))
        return
    if keeper is None or scene.paired is None:
        yield Skipped("broadcasts", scene.without_pairing)
        return
    if keeper.trust is None:
        yield Skipped("broadcasts", t("doctor-no-trust-list"))
        return
    from speaker.agent import MEDIA
    from speaker.record.database import DATABASE

    answer = scene.paired.answer
    shows, policy = scheduled(keeper, answer.device, answer.village or scene.settings.device.village)
    database = scene.state / DATABASE
    since, day = scene.now.isoformat(), scene.now.astimezone(VIETNAM).date().isoformat()
    try:
        rows = act(
            scene.who,
            [Act("query", database, _BEGUN.format(since=since)), Act("query", database, _HEARD.format(day=day))],
        )
    except Unseen:
        yield unseen("broadcasts", Sentence("doctor-held-programme"))
        return
    begun = {str(row[0]) for row in rows[0].value or []}
    heard = {str(row[0]): int(row[1]) for row in rows[1].value or []}
    heard[""] = sum(int(row[2]) for row in rows[1].value or [])
    coming = upcoming(shows, policy, scene.now, ready=in_library(scene.state / MEDIA), begun=begun, heard_ms=heard)
    yield judge_upcoming(coming, scene.now, plans=bool(keeper.all_held("plan")))


def look_office(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `broadcasts` of an office: what it has sent out."""
    from office.places import OfficeHome

    database = OfficeHome(scene.settings).database
    try:
        found = act(scene.who, [Act("query", database, _SENT.format(now=scene.now.isoformat()))])[0]
    except Unseen:
        yield unseen("broadcasts", Sentence("doctor-sent-programme"))
        return
    if not found.good:
        yield Skipped("broadcasts", t("doctor-no-office-data"))
        return
    coming = [f"{dates.moment(_moment(row[0]))} «{row[1]}»" for row in found.value]
    yield Check.good(
        "broadcasts", t("doctor-coming", coming="; ".join(coming)) if coming else t("doctor-nothing-sent")
    )


LOOKS = (
    Subject(("broadcasts",), ("speaker",), look_speaker),
    Subject(("broadcasts",), ("office",), look_office),
)


def judge_upcoming(coming: Sequence[Upcoming], now: datetime, *, plans: bool) -> Check:
    """Bad where a sound is missing and its time is near; a warning where one is missing for later, or policy will
    refuse a broadcast.
    """
    if not coming:
        return Check.good("broadcasts", t("doctor-nothing-coming") if plans else t("doctor-no-programme"))
    listed = "; ".join(_said(one) for one in coming)
    missing = [one for one in coming if one.missing]
    if any(one.start - now < NEAR for one in missing):
        return Check.bad("broadcasts", t("doctor-coming-no-sound", listed=listed), MEDIA_FIX)
    if missing:
        return Check.warning("broadcasts", t("doctor-coming-listed", listed=listed), MEDIA_FIX)
    if any(one.refusal for one in coming):
        fix = t("doctor-change-limits")
        return Check.warning("broadcasts", t("doctor-coming-listed", listed=listed), fix)
    return Check.good("broadcasts", t("doctor-coming-listed", listed=listed))


def _said(one: Upcoming) -> str:
    stops = [t("doctor-missing-sounds", missing=one.missing)] if one.missing else []
    stops += [t("doctor-will-not-play", refusal=one.refusal)] if one.refusal else []
    told = ", ".join(stops)
    return f"{dates.moment(one.start)} «{one.title}»{f' ({told})' if told else ''}"


def _moment(text: object) -> datetime:
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
