"""Paying a fee: a code is shown to the camera, then what it asks and the same code large, a warning, or a slip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.devices.camera_thread import Sight, Watcher
from kiosk.journeys.payment import LOOK, CodeSearch, PaymentCode, qr_modules, slip
from kiosk.journeys.pictures import picture_of
from kiosk.journeys.showing import CornerPoints, FeeLookShows, LivePicture, PayShows, Remark, SlipShows, StrangerShows
from kiosk.shell.means import Means
from kiosk.shell.protocol import Back, Changed, Destination, Event, Home, Journey, Next, Slow
from langso.errors import LangsoError
from scanner.live.looking import Looked, Looking

if TYPE_CHECKING:
    from scanner.codes import Code


class FeeJourney(Journey):
    """Places: "fee" (the camera looks), "pay", "slip", "stranger"."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._search = CodeSearch()
        self._watcher: Watcher[Looked] | None = None
        self._last: Sight[Looked] | None = None

    def begin(self) -> Destination:
        self._search.again()
        return Destination("fee", FeeLookShows(LivePicture(Remark(LOOK, "qr_code_scanner"))))

    def anew(self, there: Destination) -> Destination:
        return self.begin() if there.place == "fee" else there

    def answer(self, event: Event) -> Next:
        match event.name:
            case "back":
                return Back()
            case "done":
                return Home()
            case "another":
                return self.begin()
            case "slip" if self._search.fee is not None:
                fee = self._search.fee
                return Slow(lambda: self._slip(fee), lambda made: made, lambda _: None)
        return None

    def opened(self, place: str) -> Next:
        if place == "fee":
            looking, means = Looking(codes=True), self._means
            self.wants_light = False
            self._watcher = Watcher(means.camera(), looking.look, holder=means.holder, over=looking.close)
            self._watcher.start()
        return None

    def closed(self, place: str) -> None:
        if self._watcher is not None:
            # Not waited for: a camera that hangs must not freeze the screen.
            self._watcher.stop(timeout=0)
            self._watcher = self._last = None
        self.wants_light = None

    def tick(self, place: str) -> Next:
        if self._watcher is None:
            return None
        sight, fault = self._watcher.newest, self._watcher.fault
        wrong = Remark(fault, "no_photography", "bad")
        if sight is None:
            return Changed(FeeLookShows(LivePicture(wrong))) if fault else None
        if sight is self._last:
            return None
        self._last = sight
        looked = sight.judged or Looked()
        codes, self.wants_light = looked.codes or (), looked.dark
        fee = self._search.see([code.text for code in codes], self._means.payees())
        if fee is not None:
            return self._found(fee)
        hint = self._search.hint
        said = wrong if fault else Remark(hint, "qr_code_scanner" if hint == LOOK else "info")
        quad = _outline(codes, sight.shown.shape[1] / sight.image.shape[1])
        return Changed(FeeLookShows(LivePicture(said, sight.number, sight.shown, quad)))

    def _found(self, fee: PaymentCode) -> Destination:
        if fee.payable:
            modules = tuple(tuple(row) for row in qr_modules(fee))
            shows = PayShows(
                title=fee.title,
                dong=fee.amount or 0,
                amount=fee.amount_shown,
                in_words=fee.amount_in_words,
                holder=fee.holder,
                account=fee.account_shown,
                modules=modules,
            )
            return Destination("pay", shows)
        stranger = fee.verdict == "stranger"
        return Destination(
            "stranger",
            StrangerShows(stranger, fee.title, fee.why, fee.amount_shown, fee.account_shown, fee.holder),
        )

    def _slip(self, fee: PaymentCode) -> Destination:
        """The slip on the screen, and as files in the visit's folder."""
        means = self._means
        visit, now, picture = means.workspace.visit, means.clock.now(), None
        try:
            for kind in ("pdf", "png"):
                data = slip(fee, commune=means.commune, place=means.place, now=now, kind=kind)
                path = means.workspace.write(f"phieu.{kind}", data, visit)
            picture = None if path is None else picture_of(path)
        except (LangsoError, OSError):
            picture = None
        return Destination(
            "slip", SlipShows(fee.title, fee.amount or 0, fee.amount_shown, fee.amount_in_words, fee.holder, picture)
        )


def _outline(codes: Sequence[Code], shrunk: float) -> CornerPoints | None:
    """The corners of the one code in view; None where there are none or several."""
    if len({code.text for code in codes}) != 1:
        return None
    return tuple((float(x * shrunk), float(y * shrunk)) for x, y in codes[0].polygon)
