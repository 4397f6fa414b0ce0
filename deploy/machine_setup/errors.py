"""What ends the set-up guide early."""

from __future__ import annotations

from deploy.errors import DeployError


class AnswerMissing(DeployError, ValueError):
    """Nobody is there to be asked, and an option that answers is missing."""

    exit_code = 2


class NotYet(DeployError, RuntimeError):
    """All that can be done now is done; the sentence says what to bring first. Exit status 3."""

    exit_code = 3
