"""What is soldered where on the reference board (Raspberry Pi Pico). Change this file for another board."""

NAME = "pico"
FIRMWARE = (0, 3, 0)

# UART pins, not USB: the Pico's USB stdin blocks and swallows byte 0x03.
UART = 0
UART_TX = 0
UART_RX = 1
BAUD = 115200

# (name, GPIO). High = on; each relay driver has a pull-down, so a resetting or unpowered board lets the relay fall.
OUTPUTS = (("amplifier", 16), ("lamp", 17), ("fan", 18))

# Outputs the local mute switch holds off, whatever the host orders.
MUTED_OUTPUTS = ("amplifier",)
MUTE_PIN = 14  # closed to ground = muted
MUTE_DEBOUNCE_MS = 30
TALK_PIN = 15  # the village head's key; closed to ground = held

# Outputs whose start draws so much that a weak supply breaks down: counted, and rested when it does.
GUARDED_OUTPUTS = ("amplifier",)
STARTS_FILE = "failed-starts"  # in flash: what a loss of power must not forget

# (name, GPIO of its relay). The first sounds while no relay is energised, also without power: the FM receiver.
SOURCES = (("fm", None), ("ip", 19), ("line", 20))
# What may stay on for the first source when the settings ask for it. Never name a transmitter here.
REST_OUTPUTS = ("amplifier",)

SENSORS = ("supply", "temperature", "horn", "microphone")
SUPPLY_ADC = 26  # 100k/10k divider
SUPPLY_RATIO = 11
HORN_ADC = 27  # 1 V per ampere
MICROPHONE_ADC = 28  # a capsule with its amplifier, biased to half the reference
TEMPERATURE_ADC = 4  # the chip's own diode, RP2040 data sheet 4.9.5
ADC_FULL_MV = 3300

TELEMETRY_MS = 1000
WATCHDOG_MS = 2000
IDLE_MS = 20
LISTENING_MS = 10  # between two looks at the sound while a host wants its envelope
