"""Draws places of the kiosk as they are registered, without a display, and says what is wrong with each drawing.

`python drawing.py` reads a JSON list of {"place", "sample", "text", "high_contrast", "width", "height", "inch",
"language"} from its
input and prints, for each, the list of faults. With a folder as its argument it leaves a PNG of each there.
"""

# ruff: noqa: E402 - Kivy must be told before it is imported
from __future__ import annotations

import gc
import json
import math
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.shell.environment import prepare_kivy
from langso.settings.model import KioskSettings

prepare_kivy(KioskSettings(width=320, height=240), offscreen=True)
from kivy.config import Config

Config.set("graphics", "maxfps", "0")
from kivy.base import EventLoop
from kivy.clock import Clock

EventLoop.ensure_window()
from kivy.lang import Builder
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.layout import Layout
from kivy.uix.scrollview import ScrollView

from kiosk.prompts.aloud import as_text
from kiosk.prompts.speech import NO_SOUND, NO_VOICE
from kiosk.shell.registry import COUNTDOWN, GETTING_READY, NOTICE, load, screen_of
from kiosk.style.theme import theme_for
from kiosk.widgets.basic import RoundedBox
from kiosk.widgets.corners import CornerEditor
from kiosk.widgets.frame import LETTERS, LISTEN
from kiosk.widgets.pictures import CameraView, QrCode
from langso.words.catalogue import Sentence
from langso.words.language import use_language
from stage.samples import THEIRS, samples

LEAST_MM = 9.0
LEAST_PX = 64.0
"""At 1024x600: 9.6 mm on a screen of seven inches."""
LEAST_PICTURE = {QrCode: 210, CameraView: 200, CornerEditor: 200}
"""A code must be scanned from an arm's length, a paper be seen where it lies."""
LEAST_SEEN = 190
"""So high is the camera's picture itself, above the sentence to it."""
HOME_HAS = (Sentence("screens-home-sizes"), Sentence("screens-home-contrast"))
LETTERS_SHOWN = ("Aa", "A", "TN")
"""A letter to show its size, and the mark before the code of a dossier."""
COVERS = {"countdown", "notice", "getting-ready"}
NOTICES = {"sound": NO_SOUND, "voice": NO_VOICE}
BETWEEN = 40
"""Drawings after which the widgets of those before are given back."""
PUSHED = {"pairing"}
"""Places whose technician's part may be pushed up and down."""


def draw(asked, shots=None):
    width, height = asked["width"], asked["height"]
    use_language(asked["language"])
    theme = theme_for(width, height, text=asked["text"], high_contrast=asked["high_contrast"])
    if asked["place"] == "countdown":
        page = load(COUNTDOWN)(theme)
        page.show(20)
    elif asked["place"] == "getting-ready":
        page = load(GETTING_READY)(theme)
    elif asked["place"] == "notice":
        page = load(NOTICE)(theme, NOTICES[asked["sample"]])
    else:
        shows = samples()[asked["place"]][asked["sample"]]
        page = screen_of(asked["place"])(theme, shows, lambda *_: None)
        # What a page shows from its first moment it must show as well when it is told later.
        page.change(shows)
    page.pos, page.size, page.size_hint = (0, 0), (width, height), (None, None)
    if asked["language"] == "qps":
        # Its words count, not where they lie: they are longer than any language's.
        return foreign(page, asked)
    settle(page)
    found = faults(page, theme, asked)
    if asked["place"] == "ask":
        found += where_a_finger_was(page, theme)
    if shots is not None:
        page.export_to_png(str(shots))
    return found


def where_a_finger_was(ask, theme):
    """Names of papers that lay where the button now lies that sends: who taps one place twice would send."""
    sort = screen_of("sort")(theme, samples()["sort"]["usual"], lambda *_: None)
    sort.pos, sort.size, sort.size_hint = ask.pos, ask.size, (None, None)
    settle(sort)
    send = ask._send
    names = [w for w in sort.walk(restrict=True) if isinstance(w, ButtonBehavior) and within(w, sort._grid)]
    assert len(names) >= 2
    return [f"{name_of(w)!r} lay where {name_of(send)!r} lies" for w in names if overlap(box(w), box(send))]


def settle(page):
    """Layout asks for layout: until nothing moves any more."""
    before, still = None, 0
    for _ in range(40):
        Clock.tick()
        Builder.sync()
        now = [(w.x, w.y, w.width, w.height) for w in page.walk(restrict=True)]
        still = still + 1 if now == before else 0
        if still == 2:
            return
        before = now
    raise RuntimeError("the layout never comes to rest")


def faults(page, theme, asked):
    found = []
    shown = [w for w in page.walk(restrict=True) if w.width > 0 and w.height > 0]
    labels = [w for w in shown if isinstance(w, Label) and w.text.strip()]
    texts = [w for w in labels if not getattr(w, "is_icon", False)]
    touched = [w for w in shown if isinstance(w, ButtonBehavior | CornerEditor)]
    whole = (0.0, 0.0, float(page.width), float(page.height))
    for label in labels:
        found += cut(label, page, whole, asked["place"] in PUSHED)
        found += pale(label, page, theme)
    for widget in touched:
        name = name_of(widget)
        if not inside(box(widget), whole):
            found.append(f"{name!r} lies outside the screen: {rounded(box(widget))}")
        found += [
            f"{name!r} sticks out of its {type(above).__name__}"
            for above in list(chain(widget))[1:]
            if above is not page and isinstance(above, Layout) and not inside(box(widget), box(above))
        ]
        dots = math.hypot(asked["width"], asked["height"]) / asked["inch"]
        least = max(LEAST_PX * theme.scale, LEAST_MM / 25.4 * dots) - 0.6
        if min(widget.width, widget.height) < least:
            found.append(f"{name!r} is {widget.width:.0f} x {widget.height:.0f}, less than {least:.0f}")
    solid = [(w, box(w)) for w in touched] + [(w, ink(w)) for w in texts]
    for index, (one, first) in enumerate(solid):
        for other, second in solid[index + 1 :]:
            if overlap(first, second) and not (within(one, other) or within(other, one)):
                found.append(f"{name_of(one)!r} and {name_of(other)!r} overlap")
    for kind, least in LEAST_PICTURE.items():
        for widget in shown:
            if isinstance(widget, kind) and min(widget.width, widget.height) < least * theme.scale:
                found.append(f"{kind.__name__} is only {widget.width:.0f} x {widget.height:.0f}")
    for view in shown:
        if isinstance(view, CameraView) and view.picture_box is not None:
            picture = view.picture_box
            if overlap(picture, box(view.pill)):
                found.append(f"{name_of(view.pill)!r} lies on the paper that it speaks of")
            if not inside(picture, box(view)):
                found.append("the camera's picture sticks out of its place")
            if picture[3] - picture[1] < LEAST_SEEN * theme.scale:
                found.append(f"the camera's picture is only {rounded(picture)}")
    if asked["place"] not in COVERS:
        found += silent(page)
        names = {name_of(w) for w in touched}
        wanted = HOME_HAS if asked["place"] == "home" else () if asked["place"] == "letters" else (LETTERS,)
        found += [f"{name} cannot be reached" for name in map(str, (*wanted, LISTEN)) if name not in names]
    return found


def foreign(page, asked):
    """Words on the page from outside the catalogue, also those that this screen has no room for."""
    Clock.tick()
    found = sorted(filter(outside, readable([*page.walk(restrict=True)])))
    found = [f"{text!r} stands outside the catalogue" for text in found]
    return found if asked["place"] in COVERS else found + silent(page)


def silent(page):
    return [] if as_text(page.spoken) else ["it says nothing aloud"]


def readable(shown):
    """Every text, and every name of what bears no word."""
    return {getattr(w, "said", "") for w in shown} | {
        w.text for w in shown if isinstance(w, Label) and not getattr(w, "is_icon", False)
    }


def outside(text):
    """What of a text in the pseudo-language is neither bracketed, nor a number, nor somebody's own."""
    while text != (inner := re.sub("⟦[^⟦⟧]*⟧", "", text)):
        text = inner
    for theirs in sorted((*THEIRS, *LETTERS_SHOWN), key=len, reverse=True):
        text = text.replace(theirs, "")
    return "".join(filter(str.isalpha, re.sub(r"(?<=[0-9]) đ\b", "", text)))


def cut(label, page, whole, may_be_pushed):
    name, found = label.text, []
    width, height = label.texture_size
    if label.shorten or label.max_lines:
        found.append(f"{name!r} may be shortened")
    if width > label.width + 1.5 or height > label.height + 1.5:
        found.append(f"{name!r} needs {width} x {height}, has {label.width:.0f} x {label.height:.0f}")
    if label.text_size[0] is not None:
        for word in label.text.split():
            if label._label.get_extents(word)[0] > label.text_size[0] + 1:
                found.append(f"{word!r} is broken: {label.text_size[0]:.0f} wide")
    inner = ink(label)
    if not inside(inner, whole) and not may_be_pushed:
        found.append(f"{name!r} lies outside the screen: {rounded(inner)}")
    above = label.parent
    while above is not None and above is not page:
        if isinstance(above, ScrollView):
            if not may_be_pushed and not inside(inner, box(above)):
                found.append(f"{name!r} must be pushed into sight")
            break
        if not inside(inner, box(above)):
            found.append(f"{name!r} sticks out of its {type(above).__name__}")
        above = above.parent
    return found


def pale(label, page, theme):
    """Contrast by WCAG: 4.5, and 3 for what is large."""
    ground, above = theme.colour("paper"), label.parent
    while above is not None:
        if isinstance(above, RoundedBox) and above._fill.a == 1:
            ground = above._fill.rgba
            break
        above = above.parent
    least = 3.0 if label.font_size >= 24 * theme.scale else 4.5
    ratio = contrast(label.color, ground)
    opaque = all(w.opacity == 1 for w in chain(label))
    return [] if ratio >= least and opaque else [f"{label.text!r} has a contrast of {ratio:.1f} only"]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def chain(widget):
    while widget is not None:
        yield widget
        widget = widget.parent


def box(widget):
    x, y = widget.to_window(widget.x, widget.y)
    return (x, y, x + widget.width, y + widget.height)


def ink(label):
    """Where the letters are, in the middle of their label or at its side."""
    x, y = label.to_window(label.x, label.y)
    width, height = label.texture_size
    left = x if label.halign == "left" and label.text_size[0] is not None else x + (label.width - width) / 2
    bottom = y + (label.height - height) / 2
    return (left, bottom, left + width, bottom + height)


def inside(one, other):
    return one[0] >= other[0] - 1 and one[1] >= other[1] - 1 and one[2] <= other[2] + 1 and one[3] <= other[3] + 1


def overlap(one, other):
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1 and high > 1


def within(inner, outer):
    return any(w is outer for w in chain(inner))


def name_of(widget):
    said = getattr(widget, "said", None)
    if said:
        return said
    words = [w.text for w in widget.walk(restrict=True) if isinstance(w, Label) and not getattr(w, "is_icon", False)]
    return " ".join(word for word in words if word) or type(widget).__name__


def rounded(numbers):
    return tuple(round(number) for number in numbers)


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    answers = []
    # Widgets refer to one another in circles: left to itself Python looks for them two fifths of the time.
    gc.disable()
    for number, asked in enumerate(json.load(sys.stdin), 1):
        if number % BETWEEN == 0:
            gc.collect()
        shot = None
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            look = f"{asked['text']}{'-contrast' if asked['high_contrast'] else ''}-{asked['language']}"
            shot = out / f"{asked['place']}-{asked['sample']}-{asked['width']}x{asked['height']}-{look}.png"
        answers.append(draw(asked, shot))
    print(json.dumps(answers, ensure_ascii=False))


if __name__ == "__main__":
    main()
