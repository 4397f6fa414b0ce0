"""What keeps doctor from looking."""

from __future__ import annotations

from deploy.errors import DeployError


class Unseen(DeployError, PermissionError):
    """This user may not look there; the message says where."""

    def __str__(self) -> str:
        return str(self.args[0])
