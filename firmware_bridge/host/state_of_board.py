"""From what the board reports to one check a person can act on. Pure."""

from __future__ import annotations

from firmware_bridge.switchboard import AMPLIFIER, CHECK_NAME
from firmware_bridge.wire import messages
from firmware_bridge.wire.messages import Hello, Telemetry
from langso.contract.health import Check

LOW_SUPPLY_MV = 11000
"""A 12 V lead battery is nearly empty below this."""
HOT_DC = 700
"""0.1 °C: the Pico is rated to 85 °C."""
SILENT_HORN_MA = 20


def judge_board(hello: Hello | None, why: str, telemetry: Telemetry | None) -> Check:
    """`hello` None = link down because of `why`. The gravest finding wins: link, mute, horn, supply, heat."""
    if hello is None:
        return Check.bad(CHECK_NAME, "Không nói chuyện được với mạch điều khiển âm ly.", why)
    version = ".".join(str(part) for part in hello.firmware)
    if telemetry is None:
        return Check.good(CHECK_NAME, f"Mạch {hello.board} {version} đã nối.")
    if telemetry.inputs & messages.INPUT_MUTE:
        return Check.warning(
            CHECK_NAME, "Công tắc tắt tiếng tại chỗ đang bật.", "Hãy gạt công tắc trên tủ loa khi muốn phát lại."
        )
    amplifier = hello.outputs.index(AMPLIFIER) if AMPLIFIER in hello.outputs else None
    if (
        amplifier is not None
        and telemetry.driven & 1 << amplifier
        and telemetry.horn_ma != messages.UNKNOWN
        and telemetry.horn_ma < SILENT_HORN_MA
    ):
        return Check.warning(CHECK_NAME, "Âm ly bật mà không có dòng ra loa.", "Hãy kiểm tra dây loa.")
    if telemetry.supply_mv != messages.UNKNOWN and telemetry.supply_mv < LOW_SUPPLY_MV:
        return Check.warning(CHECK_NAME, f"Nguồn chỉ còn {_volts(telemetry)} V.", "Hãy kiểm tra bộ nguồn và ắc quy.")
    if telemetry.temperature_dc > HOT_DC:
        return Check.warning(
            CHECK_NAME, f"Mạch nóng {telemetry.temperature_dc // 10} °C.", "Hãy mở thoáng tủ và xem quạt."
        )
    return Check.good(CHECK_NAME, f"Mạch {hello.board} {version} đã nối, nguồn {_volts(telemetry)} V.")


def _volts(telemetry: Telemetry) -> str:
    return f"{telemetry.supply_mv / 1000:.1f}".replace(".", ",")
