"""`python -m speaker` is `langso speaker`, also where nothing but speaker/, langso/ and firmware_bridge/ is there."""

from langso.device.running import run_program
from speaker.commands import speaker

run_program(speaker, "langso speaker")
