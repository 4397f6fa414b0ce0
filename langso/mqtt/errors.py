"""What the MQTT link refuses."""

from __future__ import annotations

from langso.errors import LangsoError


class LinkError(LangsoError, ConnectionError):
    """The MQTT connection cannot be set up as asked."""


class LinkRefused(LinkError, ValueError):
    """A topic or message may not be sent: too large, a wildcard in a topic, control characters."""
