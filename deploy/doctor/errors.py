"""What keeps doctor from seeing."""

from __future__ import annotations

from deploy.errors import DeployError


class Unseen(DeployError, PermissionError):
    """This user may not look there; the message says at what."""

    def __str__(self) -> str:
        return str(self.args[0])
