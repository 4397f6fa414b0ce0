"""Serial ports and pins: permitted to the service by its groups and by its unit; `gpio:17` is no file."""

from __future__ import annotations

import errno

from deploy.doctor.acting import Acted
from deploy.doctor.board import device_allowed, judge_pins, judge_port
from deploy.doctor.services import Service
from langso.contract.health import Check

UNIT = Service("langso-speaker.service", device_policy="closed", devices=("char-alsa", "char-ttyAMA", "/dev/special"))
HERE = Acted(value=True)


def test_a_port_that_the_unit_does_not_allow_is_red_although_its_rights_are_well() -> None:
    assert judge_port("/dev/ttyAMA0", HERE, "ttyAMA", UNIT, "langso-speaker") is None
    check = judge_port("/dev/ttyXR0", HERE, "ttyXRUSB", UNIT, "langso-speaker")
    assert check is not None
    assert check.level == "bad"
    assert "DeviceAllow" in check.why


def test_a_port_that_the_user_may_not_open_names_the_group() -> None:
    check = judge_port("/dev/ttyUSB0", Acted(errno=errno.EACCES), "ttyUSB", None, "langso-kiosk")
    assert check is not None
    assert check.fix.startswith("usermod -aG dialout langso-kiosk")


def test_devices_are_allowed_by_class_by_path_or_where_nothing_is_closed() -> None:
    assert device_allowed(UNIT, "/dev/special", "other")
    assert not device_allowed(UNIT, "/dev/ttyUSB0", "ttyUSB")
    assert device_allowed(Service("x", device_policy="closed", devices=("char-tty*",)), "/dev/ttyS0", "ttyS")
    assert device_allowed(Service("x"), "/dev/ttyUSB0", "ttyUSB")
    assert not device_allowed(Service("x", device_policy="closed"), "/dev/ttyUSB0", "ttyUSB")


def test_pins_are_judged_by_number_and_right_not_as_a_file() -> None:
    unit = Service("langso-speaker.service", device_policy="closed", devices=("char-gpiochip",))
    assert judge_pins("gpio:17", HERE, unit, None, "u").level == "ok"
    assert judge_pins("gpio:99", HERE, unit, None, "u").level == "bad"
    assert judge_pins("gpio:17", Acted(errno=errno.ENOENT), unit, None, "u").level == "bad"
    assert "gpio" in judge_pins("gpio:17", Acted(errno=errno.EACCES), unit, None, "u").fix
    assert "DeviceAllow" in judge_pins("gpio:17", HERE, UNIT, None, "u").why
    # What the running program says of the pins it holds goes first.
    assert judge_pins("gpio:17", HERE, unit, Check.bad("bridge", "x", "y"), "u").why == "x"
