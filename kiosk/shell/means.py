"""What a journey may use of the machine: the visit's folder, the sender, the camera, the signed catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.devices.camera_thread import CameraHolder
from kiosk.sending.sealing import TakesDossiers
from kiosk.shell.protocol import Letters
from kiosk.shell.visit import Workspace
from langso.contract import Catalogue
from langso.contract.vouched import Payees
from langso.device.clock_by_hand import ClockByHand
from langso.settings.model import ScannerSettings
from langso.timekeeping.clock import Clock

if TYPE_CHECKING:
    from langso.device.pairing_stand import Stand
    from scanner.live.table_keeper import TableKeeper


@dataclass
class Means:
    """`commune`, `place`: names as people say them. `camera`: which one is opened.

    `hurry`: send what waits now. `in_background`: does what nobody waits for. `letters`: those drawn now. `by_hand`:
    sets the time, `unproven`: whether it is to be.
    """

    commune: str
    place: str
    clock: Clock
    workspace: Workspace
    dossiers: TakesDossiers
    holder: CameraHolder
    camera: Callable[[], ScannerSettings]
    table: TableKeeper | None
    catalogue: Callable[[], Catalogue | None]
    recipient: Callable[[], str | None]
    payees: Callable[[], Payees | None]
    connected: Callable[[], bool]
    hurry: Callable[[], None]
    in_background: Callable[[Callable[[], None]], None]
    letters: Callable[[], Letters]
    by_hand: ClockByHand
    unproven: Callable[[], bool]


@dataclass
class WaitingMeans:
    """The same before the kiosk is paired. `stand`: what the pairing still needs."""

    commune: str
    device: str
    stand: Callable[[], Stand]
    letters: Callable[[], Letters]
