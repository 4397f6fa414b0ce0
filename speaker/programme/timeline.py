"""What to do next, pure: from the shows, what has happened to each, and the time. No clock and no I/O of its own.

`decide` is idempotent: called again with the same situation it says the same, so the loop may call it at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from langso.contract.outcomes import Ending, Reason
from langso.words.catalogue import t
from speaker.programme.shows import TALK, Show
from speaker.programme.situation import Begin, Cut, Decision, Entry, Finish, Outcome, Playing, Situation

PREPARE = timedelta(seconds=2.5)
ON_TIME = timedelta(milliseconds=300)
HANDOVER = timedelta(milliseconds=20)
DROP_AFTER = timedelta(seconds=1)
LONGEST_INTERRUPTION = timedelta(hours=1)
CLAIMED_AHEAD = timedelta(minutes=5)
"""No show is claimed earlier before its chime: one that was, was claimed by a clock that has gone back since."""

POWER, WITHDRAWN, ALL_CLEAR = Reason(Ending.POWER), Reason(Ending.WITHDRAWN), Reason(Ending.ALL_CLEAR)
STOPPED, EXPIRED, RELEASED = Reason(Ending.STOPPED), Reason(Ending.EXPIRED), Reason(Ending.RELEASED)
FALLBACK = Reason(Ending.FALLBACK)
MUTED, MUTED_WHEN_DUE, NO_MEDIA = Reason(Ending.MUTED), Reason(Ending.MUTED_WHEN_DUE), Reason(Ending.MEDIA)


def decide(s: Situation) -> Decision:
    """The next steps. Cuts come alone: what follows them is decided on the situation they leave."""
    cuts = tuple(cut for playing in s.playing if (cut := _must_end(s, playing)) is not None)
    if cuts:
        return Decision(cuts=cuts)
    taken_back = tuple(_wrongly_over(s))
    if taken_back:
        return Decision(take_back=taken_back)
    finishes: list[Finish] = list(_withdrawn(s))
    best = _best_emergency(s, finishes)
    if best is not None:
        lower = [playing for playing in s.playing if _rank(playing.show) < _rank(best.show)]
        if len(lower) == len(s.playing):
            return Decision(
                cuts=tuple(_interrupt(playing.show, best.show) for playing in lower),
                finishes=tuple(finishes),
                begin=None if lower else best,
            )
    begin, wake = _next_in_programme(s, finishes)
    return Decision(finishes=tuple(finishes), begin=begin, wake=wake, silenced=tuple(_silenced(s, finishes)))


def _must_end(s: Situation, playing: Playing) -> Cut | None:
    show = playing.show
    listed = s.urgent if show.urgent else s.scheduled
    if show.play not in s.reused | s.listed and all(other.play != show.play for other in listed):
        if show.live and show.play in s.let_go:
            return Cut(show, keep=False, reason=RELEASED, outcome="played")
        clear = show.id in s.cleared or f"{show.issuer}:*" in s.cleared
        return Cut(show, keep=False, reason=ALL_CLEAR if clear else WITHDRAWN)
    if any(stop.stops(show, playing.begins) for stop in s.stops):
        return Cut(show, keep=False, reason=STOPPED)
    if s.muted:
        # An emergency comes back when somebody unmutes while it is in force.
        return Cut(show, keep=show.urgent and not show.live, reason=MUTED)
    if (playing.instead or (show.urgent and not show.relayed)) and _expired(s, show):
        return Cut(show, keep=False, reason=FALLBACK if playing.instead else EXPIRED)
    if playing.instead and not show.relayed and s.ready(show):
        # Its own words are here: they are heard from their beginning.
        return Cut(show, keep=True, reason=Reason(Ending.GAVE_WAY))
    if playing.stalled and s.instead(show):
        return Cut(show, keep=True, reason=FALLBACK)
    return None


def _withdrawn(s: Situation) -> Iterable[Finish]:
    listed = {show.play for show in (*s.scheduled, *s.urgent)} | {playing.show.play for playing in s.playing}
    for entry in s.entries.values():
        if entry.state != "ended" and entry.play not in listed and entry.play not in s.listed:
            clear = entry.id in s.cleared or f"{entry.issuer}:*" in s.cleared
            gone = POWER if entry.kind == TALK else WITHDRAWN
            yield _over_for(entry, ALL_CLEAR if clear else gone)


def _over_for(entry: Entry, reason: Reason) -> Finish:
    """The end of what had begun. What the mute kept silent to its end ends by the mute: whoever was not warned is not
    counted as warned.
    """
    if entry.state != "muted":
        return Finish(entry.play, "cut", FALLBACK if entry.state in ("lacking", "stood_in") else reason)
    return Finish(entry.play, "cut", MUTED) if entry.position_ms else Finish(entry.play, "refused", MUTED_WHEN_DUE)


def _silenced(s: Situation, finishes: list[Finish]) -> Iterable[Show]:
    """Emergencies in force that the mute keeps from beginning: on record from now on, whatever becomes of them."""
    if not s.muted:
        return
    over = {finish.play for finish in finishes}
    for show in s.urgent:
        if show.emergency and show.play not in s.entries and show.play not in over:
            yield show


def _wrongly_over(s: Situation) -> Iterable[str]:
    """What a clock that had leapt ended unheard, and that can still be played by the time that is proven now."""
    if not s.trusted or not any(entry.provisional for entry in s.entries.values()):
        return
    for show in (*s.scheduled, *s.urgent):
        entry = s.entries.get(show.play)
        # Only a clock that went back was wrong: what else could be judged otherwise now was judged.
        if entry is not None and entry.provisional and s.now < entry.at and not _over(s, show):
            yield show.play


def _over(s: Situation, show: Show) -> bool:
    latest = show.expires if show.urgent else _latest(show)
    return latest is not None and s.now > latest


def _judged(s: Situation, show: Show, outcome: Outcome, reason: Reason) -> Iterable[Finish]:
    """The end of a show that never began: provisional where the clock has just leapt over its last moment. An ending
    is replaced only once: the second time it waits until nothing is in doubt.
    """
    latest = show.expires if show.urgent else _latest(show)
    leapt = s.trusted and s.doubtful_after is not None and (latest is None or latest > s.doubtful_after)
    if not (leapt and show.play in s.taken_back):
        yield Finish(show.play, outcome, reason, provisional=leapt and show.play not in s.entries)


def _interrupt(show: Show, by: Show) -> Cut:
    reason = Reason(Ending.GAVE_WAY, {"order": by.id}, t("endings-gave_way-to", order=by.id))
    keep = not show.live and (show.urgent or show.after_cut != "stay_cut")
    return Cut(show, keep=keep, reason=reason)


def _rank(show: Show) -> tuple[bool, bool, datetime]:
    """Who cuts in on whom: emergencies over all; a commune's over a village's; the newest over the older."""
    if not show.emergency:
        return (False, False, datetime.min.replace(tzinfo=show.start.tzinfo))
    return (True, show.wide, show.start)


def _expired(s: Situation, show: Show) -> bool:
    return show.expires is not None and s.now >= show.expires


def _open(s: Situation, show: Show) -> bool:
    entry = s.entries.get(show.play)
    return (entry is None or entry.state != "ended") and all(playing.show.play != show.play for playing in s.playing)


def _best_emergency(s: Situation, finishes: list[Finish]) -> Begin | None:
    best: Begin | None = None
    for show in s.urgent:
        begin = _urgent_begin(s, show, finishes)
        if begin is not None and show.emergency and (best is None or _rank(show) > _rank(best.show)):
            best = begin
    return best


def _urgent_begin(s: Situation, show: Show, finishes: list[Finish]) -> Begin | None:
    """How an urgent order would begin now; finishes it where it can no longer be heard."""
    if not _open(s, show):
        return None
    entry = s.entries.get(show.play)
    position = 0
    if entry is not None and show.relayed and entry.state != "claimed":
        # A station is joined where it is: what is left of its time is left.
        position = max(0, int((s.now - show.start).total_seconds() * 1000))
    elif entry is not None and entry.state in ("interrupted", "muted", "stood_in"):
        position = entry.position_ms
    elif entry is not None:
        if not s.trusted:
            # A replayed order and a pulled cord must not repeat it for ever: unproven time plays once.
            finishes.append(Finish(show.play, "cut", POWER))
            return None
        position = max(0, int((s.now - entry.began).total_seconds() * 1000)) if not show.relayed else 0
    if position >= show.duration_ms and not show.relayed:
        finishes.append(Finish(show.play, "cut", POWER))
        return None
    if any(stop.stops(show, show.start) for stop in s.stops):
        finishes.append(Finish(show.play, "cut", STOPPED) if entry is None else _over_for(entry, STOPPED))
        return None
    if _expired(s, show) and entry is not None and entry.state in ("muted", "lacking", "stood_in"):
        finishes.append(_over_for(entry, EXPIRED))
        return None
    if _expired(s, show):
        reason = MUTED_WHEN_DUE if s.muted else NO_MEDIA if not s.ready(show) else EXPIRED
        outcome: Outcome = "cut" if entry is not None else "refused" if s.muted else "missed"
        finishes.extend(_judged(s, show, outcome, reason))
        return None
    refused = s.refusal(show, s.now)
    if refused is not None:
        finishes.append(Finish(show.play, "cut" if entry is not None else "refused", refused))
        return None
    if s.muted:
        return None
    lacking, stood_in = (entry is not None and entry.state == state for state in ("lacking", "stood_in"))
    if s.ready(show) and not lacking:
        return Begin(show, position)
    # Once for words that are still on their way; of a station each time that it fails again.
    return Begin(show, instead=True) if s.instead(show) and not stood_in else None


@dataclass
class _Programme:
    """What one pass over the programme found: late candidates, the next on-time show, when to look again."""

    due: list[Begin] = field(default_factory=list)
    late: list[Begin] = field(default_factory=list)
    coming: datetime | None = None
    wake: datetime | None = None

    def look_at(self, moment: datetime) -> None:
        self.wake = moment if self.wake is None else min(self.wake, moment)


def _next_in_programme(s: Situation, finishes: list[Finish]) -> tuple[Begin | None, datetime | None]:
    found = _Programme()
    if s.trusted:
        for show in s.scheduled:
            if _open(s, show):
                _consider(s, show, found, finishes)
    for show in s.urgent:
        if not show.emergency and _open(s, show):
            begin = _urgent_begin(s, show, [])
            if begin is not None:
                found.late.append(begin)
        if show.expires is not None and show.expires > s.now and _open(s, show):
            found.look_at(show.expires)
    if len(s.playing) < 2 and found.due:
        return min(found.due, key=_order), found.wake
    if not s.playing:
        for begin in sorted(found.late, key=_order):
            ends = s.now + timedelta(milliseconds=begin.show.duration_ms - begin.position_ms) + begin.show.lead
            # A late show must not make an on-time one late; what was interrupted has the right to end.
            if found.coming is None or ends <= found.coming or begin.show.play in s.entries:
                return begin, found.wake
    for playing in s.playing:
        found.look_at(playing.ends)
    return None, found.wake


def _order(begin: Begin) -> tuple[bool, bool, datetime, str]:
    interrupted = begin.position_ms == 0
    return (interrupted, begin.show.broadcast_class != "priority", begin.show.start, begin.show.id)


def _consider(s: Situation, show: Show, found: _Programme, finishes: list[Finish]) -> None:
    entry = s.entries.get(show.play)
    if any(stop.stops(show, entry.began if entry else show.start) for stop in s.stops):
        finishes.append(Finish(show.play, "cut", STOPPED))
        return
    if entry is not None:
        _come_back(s, show, entry, found, finishes)
        return
    if s.born is not None and show.start < s.born:
        finishes.extend(_judged(s, show, "missed", Reason(Ending.BEFORE_JOURNAL)))
        return
    prepare = show.audible - PREPARE - s.lead_ready
    if s.now < prepare:
        found.look_at(prepare)
        found.coming = show.audible if found.coming is None else min(found.coming, show.audible)
        return
    refused = MUTED_WHEN_DUE if s.muted else s.refusal(show, max(s.now, show.audible))
    if refused is not None:
        if s.now < show.audible:
            # The mute or the rule may still be lifted; the verdict falls when it should sound.
            found.look_at(show.audible)
        else:
            finishes.extend(_judged(s, show, "refused", refused))
        return
    _due(s, show, found, finishes)


def _due(s: Situation, show: Show, found: _Programme, finishes: list[Finish]) -> None:
    free = max((playing.ends for playing in s.playing), default=s.now) - HANDOVER
    ready = s.ready(show)
    if ready and s.now <= show.audible - ON_TIME and free <= show.audible:
        found.due.append(Begin(show, 0, show.start))
        return
    if ready and s.now <= show.start - ON_TIME and free <= show.start:
        # No time for the whole chime: the words still begin when they were promised.
        found.due.append(Begin(show, 0, show.start, chime=False))
        return
    limit = _latest(show)
    if limit is not None and s.now > limit:
        busy = next((playing.show for playing in s.playing), None)
        reason = NO_MEDIA if not ready else _busy_with(busy) if busy else Reason(Ending.LATE)
        finishes.extend(_judged(s, show, "missed", reason))
        return
    if limit is not None:
        found.look_at(limit + timedelta(milliseconds=1))
    if s.now < show.start - ON_TIME:
        found.look_at(show.start - ON_TIME)
    elif ready:
        # A station is joined where it is.
        joined = _into_ms(s, show) if show.relayed else 0
        found.late.append(Begin(show, joined, chime=not joined))


def _busy_with(show: Show) -> Reason:
    return Reason(Ending.BUSY, {"title": (show.title or show.id)[:180]})


def _latest(show: Show) -> datetime | None:
    """The last instant at which it may still begin; None: always. A relay lasts no longer than it was to."""
    if show.late.rule == "always":
        return show.expires
    latest = show.start + DROP_AFTER
    if show.late.rule == "within" and show.late.minutes:
        latest = show.start + timedelta(minutes=show.late.minutes)
    return latest if show.expires is None else min(latest, show.expires)


def _come_back(s: Situation, show: Show, entry: Entry, found: _Programme, finishes: list[Finish]) -> None:
    """A show that had begun: cut by an emergency (interrupted) or by a power cut (claimed, but nothing plays)."""
    interrupted = entry.state == "interrupted"
    reason = Reason(Ending.GAVE_WAY) if interrupted else POWER
    if not interrupted and entry.began - s.now > show.lead + CLAIMED_AHEAD:
        # Waited for, it would keep everything else from playing until that day comes.
        finishes.append(Finish(show.play, "cut", POWER))
        return
    if not interrupted and s.now <= entry.began - ON_TIME:
        # Claimed ahead of its time, and the power failed before it sounded: it can still be on time.
        if s.ready(show) and not s.playing:
            found.due.append(Begin(show, 0, entry.began, chime=False))
        found.look_at(entry.began - ON_TIME)
        return
    if show.after_cut == "stay_cut" and entry.state not in ("lacking", "stood_in"):
        finishes.append(Finish(show.play, "cut", reason))
        return
    if show.relayed:
        _take_up(s, show, entry, reason, found, finishes)
        return
    position = 0
    if show.after_cut == "resume":
        position = entry.position_ms if interrupted else int((s.now - entry.began).total_seconds() * 1000)
    too_late = s.now - entry.at > LONGEST_INTERRUPTION
    if not interrupted and show.after_cut == "restart":
        limit = _latest(show)
        too_late = too_late or (limit is not None and s.now > limit)
    if too_late or position >= show.duration_ms:
        finishes.append(Finish(show.play, "cut", reason))
        return
    refused = MUTED_WHEN_DUE if s.muted else s.refusal(show, s.now)
    if refused is not None:
        finishes.append(Finish(show.play, "cut", refused.after(reason)))
        return
    found.look_at(entry.at + LONGEST_INTERRUPTION + timedelta(milliseconds=1))
    if not s.playing and s.ready(show):
        found.late.append(Begin(show, max(0, position), chime=False))


def _take_up(
    s: Situation, show: Show, entry: Entry, reason: Reason, found: _Programme, finishes: list[Finish]
) -> None:
    """A station that had begun: joined where it is for what is left of its time, or stood in for where it lacked."""
    if _expired(s, show):
        finishes.append(_over_for(entry, reason))
        return
    refused = MUTED_WHEN_DUE if s.muted else s.refusal(show, s.now)
    if refused is not None:
        finishes.append(Finish(show.play, "cut", refused.after(reason)))
        return
    if show.expires is not None:
        found.look_at(show.expires)
    if s.playing:
        return
    if entry.state == "lacking" and s.instead(show):
        found.late.append(Begin(show, instead=True))
    elif s.ready(show):
        found.late.append(Begin(show, _into_ms(s, show), chime=False))


def _into_ms(s: Situation, show: Show) -> int:
    """How far into its time a show is; 0 before it."""
    return max(0, int((s.now - show.start).total_seconds() * 1000))
