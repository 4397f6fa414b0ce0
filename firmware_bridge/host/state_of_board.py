"""From what the board reports to one check a person can act on. Pure."""

from __future__ import annotations

from firmware_bridge.switchboard import AMPLIFIER, CHECK_NAME
from firmware_bridge.wire import messages
from firmware_bridge.wire.messages import Hello, Telemetry
from langso.contract.health import Check
from langso.words.catalogue import t

LOW_SUPPLY_MV = 11000
"""A 12 V lead battery is nearly empty below this."""
HOT_DC = 700
"""0.1 °C: the Pico is rated to 85 °C."""
SILENT_HORN_MA = 20


def judge_board(hello: Hello | None, why: str, telemetry: Telemetry | None) -> Check:
    """`hello` None = link down because of `why`. The gravest finding wins: link, mute, horn, supply, heat."""
    if hello is None:
        return Check.bad(CHECK_NAME, t("bridge-unreachable"), why)
    version = ".".join(str(part) for part in hello.firmware)
    if telemetry is None:
        return Check.good(CHECK_NAME, t("bridge-connected", board=hello.board, version=version))
    if telemetry.inputs & messages.INPUT_MUTE:
        return Check.warning(CHECK_NAME, t("bridge-mute-switch"), t("bridge-flip-switch"))
    amplifier = hello.outputs.index(AMPLIFIER) if AMPLIFIER in hello.outputs else None
    if (
        amplifier is not None
        and telemetry.driven & 1 << amplifier
        and telemetry.horn_ma != messages.UNKNOWN
        and telemetry.horn_ma < SILENT_HORN_MA
    ):
        return Check.warning(CHECK_NAME, t("bridge-no-current"), t("bridge-check-horn"))
    if telemetry.supply_mv != messages.UNKNOWN and telemetry.supply_mv < LOW_SUPPLY_MV:
        return Check.warning(CHECK_NAME, t("bridge-low-volts", volts=_volts(telemetry)), t("bridge-check-supply"))
    if telemetry.temperature_dc > HOT_DC:
        return Check.warning(CHECK_NAME, t("bridge-hot", degrees=telemetry.temperature_dc // 10), t("bridge-cool-it"))
    return Check.good(
        CHECK_NAME, t("bridge-connected-volts", board=hello.board, version=version, volts=_volts(telemetry))
    )


def _volts(telemetry: Telemetry) -> str:
    return f"{telemetry.supply_mv / 1000:.1f}".replace(".", ",")
