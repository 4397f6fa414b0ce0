"""What the microcontroller runs: everything off first, then the watchdog, then one loop for ever."""

import os
import select
from time import ticks_diff, ticks_ms  # type: ignore[attr-defined]

import machine

from firmware_bridge.firmware import board
from firmware_bridge.firmware.listening import Loudness
from firmware_bridge.firmware.outputs import Outputs
from firmware_bridge.firmware.sensors import Sensors, Switches
from firmware_bridge.firmware.session import Session
from firmware_bridge.firmware.sources import Sources
from firmware_bridge.firmware.starts import NotesInFlash, StartGuard
from firmware_bridge.wire import codes, messages
from firmware_bridge.wire.frames import DELIMITER, VERSION


def run() -> None:
    """Boot and serve the host until power or watchdog ends it; never returns."""
    # Before anything that could fail: no relay may be on because the board has just restarted.
    pins = [machine.Pin(gpio, machine.Pin.OUT, value=0) for _, gpio in board.OUTPUTS]
    relays = [None if gpio is None else machine.Pin(gpio, machine.Pin.OUT, value=0) for _, gpio in board.SOURCES]
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
    switches = Switches(_input(board.MUTE_PIN), _input(board.TALK_PIN), ticks_diff, now)
    horn = machine.ADC(board.HORN_ADC)
    sensors = Sensors(machine.ADC(board.SUPPLY_ADC), machine.ADC(board.TEMPERATURE_ADC), horn)
    loudness = Loudness(horn, machine.ADC(board.MICROPHONE_ADC), ticks_diff, now)
    notes = NotesInFlash(board.STARTS_FILE)
    guards = {names.index(name): StartGuard(notes, ticks_diff, now) for name in board.GUARDED_OUTPUTS}
    outputs = Outputs(names, pins, ticks_diff, guards)
    sources = Sources(tuple([name for name, _ in board.SOURCES]), relays, ticks_diff)
    hello = messages.Hello(
        VERSION,
        board.FIRMWARE,
        board.NAME,
        _reset_cause(),
        os.urandom(8),
        names,
        board.SENSORS,
        codes.MAX_LEASE_MS,
    )
    session = Session(
        outputs,
        sensors,
        switches,
        sources,
        loudness,
        hello,
        board.TELEMETRY_MS,
        _mask(names, board.MUTED_OUTPUTS),
        _mask(names, board.REST_OUTPUTS),
        ticks_diff,
        ticks_ms(),
    )
    poller = select.poll()
    poller.register(uart, select.POLLIN)
    uart.write(DELIMITER)
    while True:
        watchdog.feed()
        poller.poll(board.LISTENING_MS if session.listens else board.IDLE_MS)
        now = ticks_ms()
        waiting = uart.any()
        reply = session.receive(uart.read(waiting) or b"", now) if waiting else b""
        reply += session.tick(now)
        if reply:
            uart.write(reply)


def _mask(names: tuple[str, ...], chosen: tuple[str, ...]) -> int:
    return sum([1 << number for number, name in enumerate(names) if name in chosen])


def _input(gpio: int) -> machine.Pin:
    return machine.Pin(gpio, machine.Pin.IN, machine.Pin.PULL_UP)


def _reset_cause() -> int:
    cause = machine.reset_cause()
    if cause == machine.WDT_RESET:
        return codes.CAUSE_WATCHDOG
    if cause == machine.PWRON_RESET:
        return codes.CAUSE_POWER_ON
    return codes.CAUSE_UNKNOWN


if __name__ == "__main__":
    run()
