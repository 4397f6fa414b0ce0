"""What the microcontroller runs: everything off first, then the watchdog, then one loop for ever."""

import os
import select
from time import ticks_diff, ticks_ms  # type: ignore[attr-defined]

import machine

from firmware_bridge.firmware import board
from firmware_bridge.firmware.outputs import Outputs
from firmware_bridge.firmware.sensors import MuteSwitch, Sensors
from firmware_bridge.firmware.session import Session
from firmware_bridge.wire import messages
from firmware_bridge.wire.frames import DELIMITER, VERSION


def run() -> None:
    """Boot and serve the host until power or watchdog ends it; never returns."""
    # Before anything that could fail: no relay may be on because the board has just restarted.
    pins = [machine.Pin(gpio, machine.Pin.OUT, value=0) for _, gpio in board.OUTPUTS]
    names = tuple([name for name, _ in board.OUTPUTS])
    watchdog = machine.WDT(timeout=board.WATCHDOG_MS)
    uart = machine.UART(
        board.UART,
        baudrate=board.BAUD,
        tx=machine.Pin(board.UART_TX),
        rx=machine.Pin(board.UART_RX),
        txbuf=512,
        rxbuf=512,
        timeout=0,
    )
    now = ticks_ms()
    mute = MuteSwitch(machine.Pin(board.MUTE_PIN, machine.Pin.IN, machine.Pin.PULL_UP), ticks_diff, now)
    sensors = Sensors(machine.ADC(board.SUPPLY_ADC), machine.ADC(board.TEMPERATURE_ADC), machine.ADC(board.HORN_ADC))
    muted_mask = sum([1 << number for number, name in enumerate(names) if name in board.MUTED_OUTPUTS])
    outputs = Outputs(names, pins, ticks_diff)
    hello = messages.Hello(
        VERSION,
        board.FIRMWARE,
        board.NAME,
        _reset_cause(),
        os.urandom(8),
        names,
        board.SENSORS,
        messages.MAX_LEASE_MS,
    )
    session = Session(outputs, sensors, mute, hello, board.TELEMETRY_MS, muted_mask, ticks_diff, ticks_ms())
    poller = select.poll()
    poller.register(uart, select.POLLIN)
    uart.write(DELIMITER)
    while True:
        watchdog.feed()
        poller.poll(board.IDLE_MS)
        now = ticks_ms()
        waiting = uart.any()
        reply = session.receive(uart.read(waiting) or b"", now) if waiting else b""
        reply += session.tick(now)
        if reply:
            uart.write(reply)


def _reset_cause() -> int:
    cause = machine.reset_cause()
    if cause == machine.WDT_RESET:
        return messages.CAUSE_WATCHDOG
    if cause == machine.PWRON_RESET:
        return messages.CAUSE_POWER_ON
    return messages.CAUSE_UNKNOWN


if __name__ == "__main__":
    run()
