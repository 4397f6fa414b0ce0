"""What can go wrong while setting up, installing or running a village."""

from __future__ import annotations

from langso.errors import LangsoError
from langso.words.catalogue import Sentence


class DeployError(LangsoError):
    """Family of the roof's errors."""


class PortInUse(DeployError, OSError):
    """Another program listens where ours should."""

    def __init__(self, port: int) -> None:
        super().__init__(Sentence("installed-port-used", port=port))

    def __str__(self) -> str:
        return str(self.args[0])


class ProgramMissing(DeployError, FileNotFoundError):
    """A Debian program that is needed is not installed."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(Sentence("installed-program-missing", program=program, package=package))

    def __str__(self) -> str:
        return str(self.args[0])


class ProcessDied(DeployError, RuntimeError):
    """A process of the village ended by itself or did not become ready."""


class NotAdministrator(DeployError, PermissionError):
    """Installing needs root."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotDebian(DeployError, RuntimeError):
    """This machine has none of Debian's tools."""


class SetupRefused(DeployError, RuntimeError):
    """This machine cannot be set up as asked: another role, a wrong clock, settings that cannot be used."""
