"""Four large handles on a frozen picture, and a magnifier: the finger hides just what has to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.graphics import Color, Ellipse, Line, Rectangle, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.devices.camera_thread import for_screen
from kiosk.journeys.corners import Corners
from kiosk.style.theme import CAMERA_GROUND, OUTLINE, Theme, rgba

REACH = 110
HANDLE = 34
LENS = 190
ZOOM = 2.5


class CornerEditor(Widget):
    """`corners` (of the whole picture's pixels) as the villager drags them; `moved` is called when one was let go."""

    def __init__(self, theme: Theme, image: Any, quad: Any, *, moved: Callable[[], None]) -> None:
        super().__init__()
        self._theme = theme
        self._image = image
        self._moved = moved
        height, width = image.shape[:2]
        self.corners = Corners(width, height, quad)
        self._held: int | None = None
        self._grip = (0.0, 0.0)
        self._lens_texture = Texture.create(size=(LENS, LENS), colorfmt="bgr")
        self._build(for_screen(image))
        self.bind(pos=self._place, size=self._place)

    def whole(self) -> None:
        """The corners of the whole picture."""
        self.corners.whole()
        self._place()
        self._moved()

    def on_touch_down(self, touch: Any) -> bool:
        """Takes the nearest handle."""
        if not self.collide_point(*touch.pos) or self._held is not None:
            return False
        point = self._in_picture(touch.pos)
        self._held = self.corners.nearest(point, self._theme.px(REACH) / self._fit()[2])
        if self._held is None:
            return False
        # The corner follows the finger from where it was taken, it does not jump under it.
        corner = self.corners.quad[self._held]
        self._grip = (corner[0] - point[0], corner[1] - point[1])
        touch.grab(self)
        self._place()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """The handle follows."""
        if touch.grab_current is not self or self._held is None:
            return False
        x, y = self._in_picture(touch.pos)
        self.corners.move(self._held, (x + self._grip[0], y + self._grip[1]))
        self._place()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The handle is let go."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._held = None
        self._place()
        self._moved()
        return True

    def _build(self, shown: Any) -> None:
        theme = self._theme
        height, width = shown.shape[:2]
        texture = Texture.create(size=(width, height), colorfmt="bgr")
        texture.blit_buffer(shown[::-1].tobytes(), colorfmt="bgr", bufferfmt="ubyte")
        with self.canvas:
            Color(*rgba(CAMERA_GROUND))
            self._ground = RoundedRectangle(radius=[theme.px(18)])
            Color(1, 1, 1, 1)
            self._picture = Rectangle(texture=texture)
            Color(*rgba(OUTLINE))
            self._outline = Line(width=theme.px(2.5), close=True, joint="round")
            self._handles = []
            for _ in range(4):
                # A ring, not a disc: the corner of the paper must be seen inside it.
                Color(1, 1, 1, 0.22)
                glass = Ellipse()
                Color(1, 1, 1, 1)
                white = Line(width=theme.px(5))
                Color(*rgba(OUTLINE))
                self._handles.append((glass, white, Line(width=theme.px(3))))
            self._lens_colour = Color(1, 1, 1, 0)
            self._lens = Rectangle(texture=self._lens_texture)
            self._edge_colour = Color(1, 1, 1, 0)
            self._edge = Line(width=theme.px(3))
            self._cross_colour = Color(*rgba(OUTLINE, 0))
            self._cross = (Line(width=theme.px(1.5)), Line(width=theme.px(1.5)))

    def _place(self, *_: Any) -> None:
        theme = self._theme
        left, bottom, factor = self._fit()
        height, width = self._image.shape[:2]
        self._ground.pos, self._ground.size = self.pos, self.size
        self._picture.pos, self._picture.size = (left, bottom), (width * factor, height * factor)
        points = [(left + x * factor, bottom + (height - y) * factor) for x, y in self.corners.quad]
        self._outline.points = [value for point in points for value in point]
        radius = theme.px(HANDLE)
        for (glass, white, ring), (x, y) in zip(self._handles, points, strict=True):
            glass.pos, glass.size = (x - radius, y - radius), (2 * radius, 2 * radius)
            white.circle = ring.circle = (x, y, radius)
        self._place_lens(points)

    def _place_lens(self, points: list[tuple[float, float]]) -> None:
        held = self._held
        shown = 0.0 if held is None else 1.0
        self._lens_colour.a = self._edge_colour.a = self._cross_colour.a = shown
        if held is None:
            return
        side = self._theme.px(LENS)
        gap = self._theme.px(14)
        # On the side where the finger is not.
        left = self.right - side - gap if points[held][0] < self.center_x else self.x + gap
        bottom = self.top - side - gap
        self._lens.pos, self._lens.size = (left, bottom), (side, side)
        self._edge.rectangle = (left, bottom, side, side)
        middle_x, middle_y, arm = left + side / 2, bottom + side / 2, side * 0.16
        self._cross[0].points = [middle_x - arm, middle_y, middle_x + arm, middle_y]
        self._cross[1].points = [middle_x, middle_y - arm, middle_x, middle_y + arm]
        self._lens_texture.blit_buffer(self._magnified(held).tobytes(), colorfmt="bgr", bufferfmt="ubyte")
        self._lens.texture = self._lens_texture

    def _magnified(self, held: int) -> Any:
        """The picture around a corner, larger than on the screen, upside down as OpenGL wants it."""
        import cv2
        import numpy as np

        factor = self._fit()[2]
        scale = max(ZOOM * factor * LENS / self._theme.px(LENS), 0.05)
        x, y = self.corners.quad[held]
        move = np.array([[scale, 0, LENS / 2 - x * scale], [0, scale, LENS / 2 - y * scale]], dtype=np.float64)
        grey = tuple(round(255 * part) for part in rgba(CAMERA_GROUND)[2::-1])
        lens = cv2.warpAffine(self._image, move, (LENS, LENS), flags=cv2.INTER_LINEAR, borderValue=grey)
        return np.ascontiguousarray(lens[::-1])

    def _in_picture(self, point: tuple[float, float]) -> tuple[float, float]:
        left, bottom, factor = self._fit()
        return (point[0] - left) / factor, self._image.shape[0] - (point[1] - bottom) / factor

    def _fit(self) -> tuple[float, float, float]:
        """Left, bottom and factor of the whole picture, with room for handles at its very edge."""
        height, width = self._image.shape[:2]
        room = self._theme.px(26)
        factor = min(max(1.0, self.width - 2 * room) / width, max(1.0, self.height - 2 * room) / height)
        return self.center_x - width * factor / 2, self.center_y - height * factor / 2, factor
