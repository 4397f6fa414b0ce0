"""From what the board reports to one check a person can act on. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from firmware_bridge.switchboard import AMPLIFIER, CHECK_NAME, Levels
from firmware_bridge.wire import codes
from firmware_bridge.wire.messages import Hello
from firmware_bridge.wire.reports import Envelope, Telemetry
from langso.contract.health import Check
from langso.words.catalogue import t
from langso.words.numbers import decimal

LOW_SUPPLY_MV = 11000
"""A 12 V lead battery is nearly empty below this."""
HOT_DC = 700
"""0.1 °C: the Pico is rated to 85 °C."""
SILENT_HORN_MA = 20


@dataclass(frozen=True)
class BoardState:
    """`hello` None = link down because of `why`. `failed_starts`: of the amplifier, in a row, that took the board's
    power; `refused`: the board's no to an order; `overdue`: nobody says any more that the amplifier is needed.
    """

    hello: Hello | None
    why: str = ""
    telemetry: Telemetry | None = None
    failed_starts: int = 0
    refused: str = ""
    overdue: bool = False


def judge_board(state: BoardState) -> Check:
    """The gravest finding wins: starts that fail, link, refusal, hang, mute, horn, supply, heat."""
    hello, telemetry = state.hello, state.telemetry
    if state.failed_starts:
        return Check.bad(
            CHECK_NAME, t("bridge-starts-fail", count=state.failed_starts), t("bridge-check-supply-under-load")
        )
    if hello is None:
        return Check.bad(CHECK_NAME, t("bridge-unreachable"), state.why)
    if state.refused:
        return Check.bad(CHECK_NAME, t("bridge-refuses"), state.refused)
    if state.overdue:
        return Check.bad(CHECK_NAME, t("bridge-program-hangs"), t("bridge-restart-service"))
    version = ".".join(str(part) for part in hello.firmware)
    if telemetry is None:
        return Check.good(CHECK_NAME, t("bridge-connected", board=hello.board, version=version))
    if telemetry.inputs & codes.INPUT_MUTE:
        return Check.warning(CHECK_NAME, t("bridge-mute-switch"), t("bridge-flip-switch"))
    if telemetry.inputs & codes.INPUT_HELD:
        return Check.warning(CHECK_NAME, t("bridge-starts-often"), t("bridge-starts-often-fix"))
    amplifier = hello.outputs.index(AMPLIFIER) if AMPLIFIER in hello.outputs else None
    if (
        amplifier is not None
        and telemetry.driven & 1 << amplifier
        and telemetry.horn_ma != codes.UNKNOWN
        and telemetry.horn_ma < SILENT_HORN_MA
    ):
        return Check.warning(CHECK_NAME, t("bridge-no-current"), t("bridge-check-horn"))
    if telemetry.supply_mv != codes.UNKNOWN and telemetry.supply_mv < LOW_SUPPLY_MV:
        return Check.warning(CHECK_NAME, t("bridge-low-volts", volts=_volts(telemetry)), t("bridge-check-supply"))
    if telemetry.temperature_dc > HOT_DC:
        return Check.warning(CHECK_NAME, t("bridge-hot", degrees=telemetry.temperature_dc // 10), t("bridge-cool-it"))
    return Check.good(
        CHECK_NAME, t("bridge-connected-volts", board=hello.board, version=version, volts=_volts(telemetry))
    )


def levels_of(envelope: Envelope, received: float) -> Levels:
    """An ENVELOPE that came at monotonic second `received`, in the units of the switchboard."""
    horn, microphone = zip(*envelope.levels, strict=True)
    return Levels(received, envelope.step_ms / 1000, tuple(map(_share, horn)), tuple(map(_share, microphone)))


def _share(level: int) -> float | None:
    return None if level == codes.UNKNOWN else level / 0xFFFF


def _volts(telemetry: Telemetry) -> str:
    return decimal(telemetry.supply_mv / 1000)
