"""Was it heard? Dead horn, cut cable, fallen relay, wrong programme told apart; hardly ever a proof that is none.

The programmes here are made by another generator than the one that the limits were fitted with (espeak-ng's voices,
`bench_heard.py`): syllables by chance, tunes, babble, wind, rain, a motorbike that passes.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speaker.sound.heard import SHORTEST_S, STEP_S, Moments, Sounding, judge, likeness, needed

Levels = list[float]
QUIET = 0.054
"""A horn line's current while the amplifier is on and nothing sounds."""


def syllables(source: random.Random, steps: int) -> Levels:
    """Somebody who reads: syllables of many lengths and stresses, gaps between them, breaths between sentences."""
    out: Levels = []
    pace = source.uniform(0.7, 1.4)
    while len(out) < steps:
        for _ in range(source.randrange(6, 16)):
            loud = 0.1 * math.exp(source.gauss(0, 0.5))
            length = max(2, round(source.uniform(2, 6) * pace))
            out += [loud * math.sin(math.pi * (at + 0.5) / length) ** 0.7 for at in range(length)]
            out += [0.001] * source.choice([0, 0, 1, 2])
        out += [0.0] * source.randrange(4, 16)
    return out[:steps]


def tune(source: random.Random, steps: int) -> Levels:
    """Notes that die away, of uneven length."""
    out: Levels = []
    while len(out) < steps:
        loud, length = source.uniform(0.04, 0.2), source.choice([4, 6, 8, 12])
        out += [loud * math.exp(-at / (length * 0.7)) for at in range(length)]
    return out[:steps]


def noise(source: random.Random, steps: int) -> Levels:
    """Wind, rain and passing motorbikes, one of them or all."""
    wind, out = 0.0, []
    slow, swing = source.uniform(0.85, 0.98), source.uniform(0.3, 0.8)
    passing, rain = source.randrange(steps), source.uniform(0, 0.05)
    for at in range(steps):
        wind = slow * wind + math.sqrt(1 - slow * slow) * source.gauss(0, 1)
        bike = 0.15 * math.exp(-(((at - passing) / 25) ** 2))
        out.append(math.hypot(0.08 * math.exp(swing * wind), bike, rain * source.uniform(0.8, 1.2)))
    return out


def after(levels: Levels, lag: int) -> Levels:
    return [0.0] * lag + levels[: len(levels) - lag]


def louder(levels: Levels, share: float) -> Levels:
    return [level * share for level in levels]


def mixed(*parts: Levels) -> Levels:
    return [math.hypot(*levels) for levels in zip(*parts, strict=True)]


def sensed(source: random.Random, levels: Levels) -> Levels:
    """What a sensor makes of it: its own noise, few samples, steps of its converter."""
    return [round(abs(math.hypot(level, 0.0005) * source.gauss(1, 0.06)) * 2047) / 2047 for level in levels]


@dataclasses.dataclass
class Site:
    """A loudspeaker, with what surrounds its microphone: `around` is as loud as the horn times `share`."""

    source: random.Random
    steps: int = 240
    programme: Levels = dataclasses.field(init=False)
    arrives: Levels = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.programme = self.source.choice([syllables, syllables, tune])(self.source, self.steps)
        self.arrives = after(self.programme, self.source.randrange(9))

    def around(self, share: float) -> Levels:
        """Wind, and people who talk nearby."""
        others = syllables(self.source, self.steps)
        return mixed(
            louder(noise(self.source, self.steps), share * self.source.random()),
            louder(others, share * self.source.random()),
        )

    def moments(
        self,
        horn: Sequence[float] | None,
        microphone: Levels | None,
        powered: bool | None = True,
    ) -> Moments:
        nothing = [None] * self.steps
        return Moments(
            self.programme,
            nothing if horn is None else sensed(self.source, [QUIET * (1 + 8 * level) for level in horn]),
            nothing if microphone is None else sensed(self.source, louder(microphone, 0.3)),
            [powered] * self.steps,
        )


def good(site: Site, share: float) -> Moments:
    return site.moments(site.arrives, mixed(site.arrives, site.around(share)))


def without_horn_sensor(site: Site, share: float) -> Moments:
    return site.moments(None, mixed(site.arrives, site.around(share)))


def dead_horn(site: Site, share: float) -> Moments:
    return site.moments(site.arrives, site.around(share))


def dead_horn_unmeasured(site: Site, share: float) -> Moments:
    return site.moments(None, site.around(share))


def wrong_programme(site: Site, share: float) -> Moments:
    other = tune(site.source, site.steps) if site.source.random() < 0.5 else syllables(site.source, site.steps)
    return site.moments(other, mixed(other, site.around(share)))


def wrong_programme_unmeasured(site: Site, share: float) -> Moments:
    other = tune(site.source, site.steps) if site.source.random() < 0.5 else syllables(site.source, site.steps)
    return site.moments(None, mixed(other, site.around(share)))


def count(make: Callable[[Site, float], Moments], seeds: range, share: float = 0.6) -> Counter[Sounding]:
    return Counter(judge(make(Site(random.Random(seed)), share)).finding for seed in seeds)


@pytest.mark.parametrize("make", [good, without_horn_sensor])
def test_of_what_sounded_among_wind_and_talk_few_are_missed(make: Callable[[Site, float], Moments]) -> None:
    found = count(make, range(60))
    assert found[Sounding.HEARD] >= 57, found


@pytest.mark.parametrize("make", [dead_horn, dead_horn_unmeasured, wrong_programme, wrong_programme_unmeasured])
def test_what_did_not_sound_is_hardly_ever_called_heard(make: Callable[[Site, float], Moments]) -> None:
    """400 in all. `bench_heard.py` counts thousands."""
    found = count(make, range(1000, 1100))
    assert found[Sounding.HEARD] <= 1, found


def test_a_dead_horn_in_a_quiet_place_is_named() -> None:
    assert count(dead_horn, range(20), share=0.05)[Sounding.DEAD_HORN] >= 19


def test_a_dead_horn_in_a_storm_is_not_guessed() -> None:
    site = Site(random.Random(4))
    storm = louder(noise(site.source, site.steps), 12.0)
    assert judge(site.moments(site.arrives, storm)).finding is Sounding.UNSURE


def test_another_programme_on_the_horns_line_is_named() -> None:
    found = count(wrong_programme, range(40))
    assert found[Sounding.WRONG_PROGRAMME] >= 38, found


def test_a_cut_cable_is_named_whatever_the_microphone_hears() -> None:
    site = Site(random.Random(5))
    neighbour = site.moments(None, site.arrives)
    cut = dataclasses.replace(neighbour, horn=[0.0] * site.steps)
    assert judge(cut).finding is Sounding.CUT_CABLE


def test_a_relay_that_fell_is_named_first() -> None:
    site = Site(random.Random(6))
    assert judge(site.moments([0.0] * site.steps, None, powered=False)).finding is Sounding.FALLEN_RELAY
    assert judge(site.moments(site.arrives, site.arrives, powered=None)).finding is Sounding.HEARD


def test_an_amplifier_that_gets_no_sound_is_named() -> None:
    site = Site(random.Random(7))
    assert judge(site.moments([0.0] * site.steps, site.around(0.1))).finding is Sounding.NO_SIGNAL


def test_current_alone_proves_less_than_a_microphone() -> None:
    site = Site(random.Random(8))
    line, both = judge(site.moments(site.arrives, None)), judge(site.moments(site.arrives, site.arrives))
    assert (line.finding, line.sensor) == (Sounding.HEARD, "horn")
    assert (both.finding, both.sensor) == (Sounding.HEARD, "microphone")
    assert line.sure <= 0.7 < both.sure


def test_too_little_sound_or_none_proves_nothing() -> None:
    short = Site(random.Random(9), steps=round(SHORTEST_S / STEP_S) - 1)
    assert judge(good(short, 0.0)).finding is Sounding.UNSURE
    site = Site(random.Random(9))
    silent = dataclasses.replace(good(site, 0.0), programme=[0.0] * site.steps)
    assert judge(silent).finding is Sounding.UNSURE
    assert judge(site.moments(None, None)).finding is Sounding.UNSURE


def test_more_time_needs_less_likeness() -> None:
    assert needed(10) > needed(30) > needed(60) > 0.38


@pytest.mark.parametrize("lag", [-2, 0, 7, 12])
def test_what_comes_later_by_buffers_and_air_is_the_same_programme(lag: int) -> None:
    site = Site(random.Random(10))
    moved = after(site.programme, lag) if lag >= 0 else site.programme[-lag:] + [0.0] * -lag
    assert (likeness(site.programme, moved) or 0) > 0.95


def test_what_comes_seconds_later_is_another_one() -> None:
    site = Site(random.Random(11))
    assert (likeness(site.programme, after(site.programme, 60)) or 0) < needed(12)


def test_gaps_in_what_was_measured_are_left_out() -> None:
    site = Site(random.Random(12), steps=400)
    heard = [None if at % 10 < 3 else level for at, level in enumerate(site.arrives)]
    assert (likeness(site.programme, heard) or 0) > 0.9
    assert likeness(site.programme, [None] * 300 + site.arrives[300:]) is None


@given(st.integers(0, 260), st.integers(0, 2**32), st.sampled_from([0.0, 1e-9, 0.5, 1.0]))
@settings(max_examples=60)
def test_any_moments_have_a_verdict(steps: int, seed: int, loud: float) -> None:
    source = random.Random(seed)

    def sensor() -> list[float | None]:
        return [source.choice([None, 0.0, 1.0, source.random() * loud]) for _ in range(steps)]

    played = [source.choice([0.0, source.random() * loud]) for _ in range(steps)]
    powered = [source.choice([True, False, None]) for _ in range(steps)]
    verdict = judge(Moments(played, sensor(), sensor(), powered))
    assert 0 <= verdict.sure <= 1
    assert verdict.finding in Sounding
