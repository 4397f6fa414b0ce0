"""Finding one sheet: candidates from every cue, the best by score, refined, with a confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from scanner.pages.claims import CLAIM_SIDE, claims
from scanner.pages.cues import candidates, look
from scanner.pages.geometry import area, is_convex, order_corners, overlap, sides
from scanner.pages.ground import bareness, colours_inside, survey, table_likeness
from scanner.pages.score import rough_totals, score_many
from scanner.pages.sides import bows_of, refined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Image, Quad
    from scanner.pages.cues import Views
    from scanner.pages.score import Score

WORK_SIDE = 480
"""Pixels of the longer side a picture is first looked at."""

# No sheet of paper is to be told in fewer pixels.
_LEAST_SIDE = 48
# Confidence above which the picture's own frame is believed to be a sheet; below it the villager is advised.
_SURE = 0.55
# Log odds below which nothing is told: bare tables and even noise lie below, the faintest real sheet at -5.
_NO_SHEET = -9.0
# Lead in score over the next candidate that counts at most.
_CLEAR = 4.0
# What makes log odds and that lead a confidence: slope, what the lead counts, offset. Set by hand, so that bare
# tables and sheets missed come out low.
_SLOPE, _OF_LEAD, _OFFSET = 0.9, 0.8, 0.3
# Below this confidence it is looked at again, and those log odds are believed.
_DOUBT = 0.35
# Log odds asked of what a closer look finds.
_SURE_AGAIN = 1.0
# Candidates that are refined.
_KEEP = 7
# Share of the longer side within which a side is the picture's border.
_FRAME = 0.015
# Below it, what a bare table offers: its grain and the edge of the picture.
_GUESS = 0.03
# Times as long as wide: a plank or stripe across the picture.
_STRIPE = 4.0
# How like the table the inside of a sheet may be (0-1), where its outline is sure and where it is not.
_GROUND = 0.8
# Share inside that looks like the border beside it; more, in doubt, and it is the table.
_HALF_GROUND = 0.4
# Confidence from which a nearly sure outline may hold what looks like the table.
_SURE_ON_ALIKE = 0.75
# Paper, in Lab of 8 bits: how far from grey, how varied in colour at most, how light at least.
_PALE, _PLAIN, _PAPER_LIGHT = 20.0, 3.0, 105.0

Advice = Literal["none", "edges", "cut_off", "unsure"]
"""Keys of `scanner.guide.SAYS`, where their sentences are."""


@dataclass(frozen=True)
class PageFound:
    """`quad` (4, 2) float64 from the top-left corner clockwise, in the picture's pixels; None: no sheet.

    `confidence` 0-1, 0 without a sheet; `advice`: what to tell the villager when unsure.
    """

    quad: Quad | None
    confidence: float
    advice: tuple[Advice, ...]


def find_page(image: Image) -> PageFound:
    """The sheet in a BGR picture. Never raises for a picture of at least 16 pixels a side.

    Where a quick look leaves doubt and the picture holds more than was looked at, it takes four times as long.
    """
    if min(image.shape[:2]) < _LEAST_SIDE:
        return PageFound(None, 0.0, ("none",))
    found = _at_a_glance(image)
    if found.confidence < _DOUBT and max(image.shape[:2]) > WORK_SIDE:
        found = _looked_again(image) or found
    return found if found.quad is not None else PageFound(None, 0.0, found.advice)


def _at_a_glance(image: Image) -> PageFound:
    height, width = image.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    small = shrunk(image, scale)
    views = look(small)
    proposed = candidates(views)
    if not proposed:
        return PageFound(None, 0.0, ("none",))
    ranked = weighed(views, np.array(proposed))
    best = ranked[0]
    rival = next((other.score.total for other in ranked[1:] if overlap(other.quad, best.quad) < 0.85), None)
    lead = _CLEAR if rival is None else min(_CLEAR, best.score.total - rival)
    odds = best.score.odds
    confidence = float(1 / (1 + np.exp(-_SLOPE * (odds + _OF_LEAD * lead) - _OFFSET)))
    if odds < _NO_SHEET:
        return PageFound(None, round(confidence, 3), ("edges",))
    whole = order_corners(best.quad / scale)
    if _is_table(whole, confidence, width, height) or _is_ground(views, best.quad, confidence):
        return PageFound(None, round(confidence, 3), ("none",))
    return PageFound(whole, round(confidence, 3), advice_for(whole, confidence, width, height))


def _looked_again(image: Image) -> PageFound | None:
    """The likeliest of the sheets found at more detail; None where none is sure."""
    height, width = image.shape[:2]
    scale = min(1.0, CLAIM_SIDE / max(height, width))
    seen = survey(shrunk(image, scale))
    quads, odds = claims(seen)
    sure = [i for i in range(len(quads)) if odds[i] > _SURE_AGAIN]
    if not sure:
        return None
    best = max(sure, key=lambda i: area(quads[i]) * np.tanh(odds[i] / 4))
    quad = order_corners(quads[best] / scale)
    confidence = float(1 / (1 + np.exp(-odds[best])))
    return PageFound(quad, round(confidence, 3), advice_for(quad, confidence, width, height))


def shrunk(image: Image, scale: float) -> Image:
    """The picture made smaller by `scale` (at most 1), quickly."""
    # Averaging every pixel of 12 megapixels costs 40 ms; the mean of 2 x 2 picked pixels is enough. Exactly 2 x 2:
    # any other ratio is ten times as slow.
    width, height = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    if scale < 0.5:
        image = cv2.resize(image, (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA) if scale < 1 else image


@dataclass(frozen=True)
class Weighed:
    """A refined candidate in the small picture, with its score; `bows` (4,): its sides' bend inwards, pixels."""

    score: Score
    quad: Quad
    bows: NDArray[np.float64]


def weighed(views: Views, proposed: NDArray[np.float64]) -> list[Weighed]:
    """The most promising of the candidates (n, 4, 2) and what refining makes of them, best first."""
    order = np.argsort(-rough_totals(views, proposed))[:_KEEP]
    few = proposed[order]
    straight = np.zeros(few.shape[:2])
    nearer, _ = refined(views.planes, few)
    bent, bows = refined(views.planes, few, 5, bows_of(views.planes, few), bend=True)
    quads, all_bows = np.concatenate([few, nearer, bent]), np.concatenate([straight, straight, bows])
    scores = score_many(views, quads, all_bows)
    found = [Weighed(*item) for item in zip(scores, quads, all_bows, strict=True) if is_convex(item[1])]
    return sorted(found, key=lambda one: -one.score.total)


def _is_table(quad: Quad, confidence: float, width: int, height: int) -> bool:
    """Whether a quad is only the picture's own frame, a plank or stripe across it, or a guess leaning on its edge."""
    edge = _FRAME * max(width, height)
    outside = np.concatenate([quad < edge, quad > np.array([width - 1, height - 1]) - edge], axis=1)
    own = (outside & outside[[1, 2, 3, 0]]).any(axis=1)
    lengths = sides(quad)
    if any(own[i] and own[i + 2] and lengths[1 - i :: 2].min() > _STRIPE * lengths[i::2].max() for i in (0, 1)):
        return True
    return bool(confidence < (_SURE if own.all() else _GUESS if own.any() else 0.0))


def _is_ground(views: Views, quad: Quad, confidence: float) -> bool:
    """Whether inside a quad there is only what the border beside it shows too: the checks of a cloth, a plank.

    A white sheet on a white table is as alike, but its outline is sure; and what is plain and light like paper is
    told even in doubt.
    """
    alike = float(bareness(table_likeness(views, quad), quad[None])[0])
    if alike <= (_GROUND if confidence >= _SURE_ON_ALIKE else _HALF_GROUND):
        return False
    light, red, yellow = colours_inside(views, quad).astype(np.float64)
    pale = max(abs(float(np.median(red)) - 128), abs(float(np.median(yellow)) - 128)) < _PALE
    plain = max(float(red.std()), float(yellow.std())) < _PLAIN
    return not (pale and plain and float(np.median(light)) > _PAPER_LIGHT)


def advice_for(quad: Quad, confidence: float, width: int, height: int) -> tuple[Advice, ...]:
    """What the villager should do about a sheet found there in a picture of that size; the guide judges the rest."""
    said: list[Advice] = []
    margin = 0.004 * max(width, height)
    if np.any(quad < margin) or np.any(quad[:, 0] > width - margin) or np.any(quad[:, 1] > height - margin):
        said.append("cut_off")
    if confidence < _SURE:
        said.append("unsure")
    return tuple(said)
