"""What can go wrong while packages and sticks are made."""

from __future__ import annotations

from deploy.errors import DeployError


class PackagingError(DeployError, RuntimeError):
    """Family of what stops a package or a stick; the message says what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


class ToolFailed(PackagingError):
    """A program that was called did not succeed; carries the last lines it said."""


class CommitUnclear(PackagingError):
    """The checkout does not tell which commit this is, so that no version can be given."""
