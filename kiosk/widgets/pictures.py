"""The camera's picture with the page's outline, a code drawn large, a page's preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, Ellipse, Line, Mesh, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import LivePicture
from kiosk.style.theme import CAMERA_GROUND, OUTLINE, Theme, rgba
from kiosk.widgets.basic import Pill
from langso.words.catalogue import Words

_AROUND = 10
"""Design pixels around the sentence under the picture."""
_CORNER = 14
"""Design pixels from a page's corner to the edge of the ring drawn round it."""


class CameraView(FloatLayout):
    """The live picture on a dark ground, the page's outline over it, one sentence under it at the left.

    The sentence never lies on the picture: it may speak of the very edge that it would hide. A ring in the middle
    closes before a capture, so that nobody is surprised by it.
    """

    def __init__(self, theme: Theme, sentence: Words, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._texture: Any = None
        self._shape = (0, 0)
        self._quad: Sequence[Sequence[float]] | None = None
        with self.canvas.before:
            Color(*rgba(CAMERA_GROUND))
            self._ground = RoundedRectangle(radius=[theme.px(18)])
            self._tint = Color(1, 1, 1, 0)
            self._picture = Mesh(mode="triangle_fan")
        with self.canvas:
            self._outline_colour = Color(*rgba(OUTLINE, 0))
            self._outline = Line(width=theme.px(3), joint="round", close=True)
            self._corners = []
            for _ in range(4):
                ring = Color(*rgba(OUTLINE, 0))
                outer = Ellipse()
                white = Color(1, 1, 1, 0)
                self._corners.append((ring, outer, white, Ellipse()))
            self._track_colour = Color(1, 1, 1, 0)
            self._track = Line(width=theme.px(7))
            self._ring_colour = Color(*rgba(OUTLINE, 0))
            self._ring = Line(width=theme.px(7), cap="round")
        self._progress = 0.0
        self._nothing = False
        self._measured = self._strip = 0.0
        # On a screen that lies, each line of it is taken from the picture's height.
        size = (20 if theme.large else 24) if theme.upright else (18 if theme.large else 20)
        self.pill = Pill(theme, sentence, icon, "warn", size=size, height=56)
        self.pill.pos_hint = {}
        self.add_widget(self.pill)
        self.bind(pos=self._place, size=self._place)

    @property
    def picture_box(self) -> tuple[float, float, float, float] | None:
        """Left, bottom, right and top of the picture in the window; None while there is none."""
        if self._texture is None:
            return None
        left, bottom, factor = self._fit()
        width, height = self._shape
        return (left, bottom, left + width * factor, bottom + height * factor)

    def show(self, image: Any, quad: Any, progress: float = 0.0) -> None:
        """A BGR frame of the screen's size, the page's corners in its pixels or None, and how near the capture is."""
        self._show_picture(image)
        self._quad = None if quad is None else [(float(x), float(y)) for x, y in quad]
        self._progress = progress
        self._place()

    def live(self, live: LivePicture) -> None:
        """What the camera sees, and the sentence to it."""
        self._nothing = live.picture is None and live.said.tone == "bad"
        if live.picture is None:
            self.clear()
        else:
            self.show(live.picture, live.quad, live.progress)
        self.pill.say(live.said.text, live.said.icon, live.said.tone)
        self._place()

    def clear(self) -> None:
        """No picture."""
        self._tint.a, self._quad, self._texture, self._progress = 0, None, None, 0.0
        self._picture.vertices = []
        self._place()

    def _show_picture(self, image: Any) -> None:
        height, width = image.shape[:2]
        self._shape = (width, height)
        if self._texture is None or self._texture.size != (width, height):
            self._texture = Texture.create(size=(width, height), colorfmt="bgr")
            self._picture.texture = self._texture
        self._texture.blit_buffer(image.reshape(-1), colorfmt="bgr", bufferfmt="ubyte")
        self._tint.a = 1

    def _place(self, *_: Any) -> None:
        theme = self._theme
        self._ground.pos, self._ground.size = self.pos, self.size
        self.pill.limit(self.width - theme.px(40))
        # Where there is no picture to come the sentence is all there is to see.
        left = self.center_x - self.pill.width / 2 if self._nothing else self.x + theme.px(_AROUND)
        self.pill.pos = (left, self.center_y - self.pill.height / 2 if self._nothing else self.y + theme.px(_AROUND))
        # It grows for a long sentence and then stays: a picture that jumps with every sentence is hard to look at.
        if self.width != self._measured:
            self._measured, self._strip = self.width, 0.0
        self._strip = max(self._strip, self.pill.height + theme.px(_AROUND + _CORNER))
        self._draw_ring()
        if self._texture is None:
            self._hide_outline()
            return
        left, bottom, factor = self._fit()
        width, height = self._shape[0] * factor, self._shape[1] * factor
        self._draw_picture(left, bottom, width, height)
        if self._quad is None:
            self._hide_outline()
            return
        points = [(left + x * factor, bottom + height - y * factor) for x, y in self._quad]
        self._outline_colour.a = 1
        self._outline.points = [value for point in points for value in point]
        for (ring, outer, white, inner), (x, y) in zip(self._corners, points, strict=True):
            ring.a = white.a = 1
            big, small = theme.px(_CORNER), theme.px(8)
            outer.pos, outer.size = (x - big, y - big), (2 * big, 2 * big)
            inner.pos, inner.size = (x - small, y - small), (2 * small, 2 * small)

    def _draw_ring(self) -> None:
        self._track_colour.a = 0.55 if self._progress > 0 else 0
        self._ring_colour.a = 1 if self._progress > 0 else 0
        radius = self._theme.px(56)
        circle = (self.center_x, self._middle(), radius)
        self._track.circle = circle
        self._ring.circle = (*circle, 0, 360 * min(1.0, max(0.01, self._progress)))

    def _hide_outline(self) -> None:
        self._outline_colour.a = 0
        self._outline.points = []
        for ring, _, white, _ in self._corners:
            ring.a = white.a = 0

    def _fit(self) -> tuple[float, float, float]:
        """Left, bottom and factor of the whole picture inside the view, with a margin for the corners."""
        room = self._theme.px(6)
        width, height = max(1.0, self.width - 2 * room), max(1.0, self.height - self._strip - room)
        factor = min(width / self._shape[0], height / self._shape[1])
        return (
            self.center_x - self._shape[0] * factor / 2,
            self._middle() - self._shape[1] * factor / 2,
            factor,
        )

    def _middle(self) -> float:
        """Where the picture's middle is: above the sentence."""
        return float((self.y + self._strip + self.top - self._theme.px(6)) / 2)

    def _draw_picture(self, left: float, bottom: float, width: float, height: float) -> None:
        right, top = left + width, bottom + height
        # A camera's first row is the top one; OpenGL's is the bottom one.
        self._picture.vertices = [
            *(left, bottom, 0, 1),
            *(right, bottom, 1, 1),
            *(right, top, 1, 0),
            *(left, top, 0, 0),
        ]
        self._picture.indices = [0, 1, 2, 3]


class QrCode(Widget):
    """A code, black on white, in whole pixels a module, as large as its square allows."""

    def __init__(self, modules: Sequence[Sequence[bool]]) -> None:
        super().__init__()
        side = len(modules)
        self._side = side
        texture = Texture.create(size=(side, side), colorfmt="luminance")
        texture.mag_filter = texture.min_filter = "nearest"
        rows = [bytes(0 if dark else 255 for dark in row) for row in modules]
        texture.blit_buffer(b"".join(reversed(rows)), colorfmt="luminance", bufferfmt="ubyte")
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(texture=texture)
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_: Any) -> None:
        module = max(1, int(min(self.width, self.height) // self._side))
        side = module * self._side
        self._picture.size = (side, side)
        self._picture.pos = (round(self.center_x - side / 2), round(self.center_y - side / 2))


class PagePicture(Widget):
    """A page's BGR picture as large as fits, with a thin edge. `ground`: a colour behind it, for a page to judge."""

    def __init__(self, theme: Theme, picture: Any, *, ground: str | None = None, **widget: Any) -> None:
        super().__init__(**widget)
        self._room = theme.px(12) if ground else 0.0
        with self.canvas:
            Color(*rgba(ground or "#000000", 1.0 if ground else 0.0))
            self._ground = Rectangle()
            Color(1, 1, 1, 1)
            self._picture = Rectangle()
            Color(*theme.colour("line"))
            self._edge = Line(width=theme.px(1))
        self._shape = (1, 1)
        self.show(picture)
        self.bind(pos=self._place, size=self._place)

    def show(self, image: Any) -> None:
        """Another BGR picture in its place."""
        height, width = image.shape[:2]
        self._shape = (width, height)
        texture = Texture.create(size=(width, height), colorfmt="bgr")
        texture.blit_buffer(image[::-1].tobytes(), colorfmt="bgr", bufferfmt="ubyte")
        self._picture.texture = texture
        self._place()

    def _place(self, *_: Any) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size
        room = 2 * self._room
        factor = max(0.0, min((self.width - room) / self._shape[0], (self.height - room) / self._shape[1]))
        width, height = self._shape[0] * factor, self._shape[1] * factor
        left, bottom = self.center_x - width / 2, self.center_y - height / 2
        self._picture.pos, self._picture.size = (left, bottom), (width, height)
        self._edge.rectangle = (left, bottom, width, height)
