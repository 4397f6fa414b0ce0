"""The ports below 1024 that systemd opens for a service: under PrivateUsers= no capability of its own would do."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.install.units import SETTINGS


@dataclass(frozen=True)
class Socket:
    """One socket unit: a TCP port on all addresses, handed to `service` when it starts."""

    name: str
    description: str
    service: str
    port: int

    @property
    def file_name(self) -> str:
        """`langso-office-https.socket` and the like."""
        return f"{self.name}.socket"

    def text(self) -> str:
        """The whole unit file."""
        return "\n".join(
            [
                "# Comes with langso; put another port into a drop-in (systemctl edit) and into [office].",
                "[Unit]",
                f"Description={self.description}",
                f"ConditionPathExists={SETTINGS}",
                "",
                "[Socket]",
                f"ListenStream={self.port}",
                f"Service={self.service}.service",
                "Backlog=128",
                "NoDelay=yes",
                "",
                "[Install]",
                "WantedBy=sockets.target",
                "",
            ]
        )


def sockets_of(role: str) -> tuple[Socket, ...]:
    """The socket units of a role: of the office two, a port each, so that one that is taken leaves the other."""
    return _SOCKETS if role == "office" else ()


_SOCKETS = (
    Socket("langso-office-https", "Làng Số office console, https", "langso-office", 443),
    Socket("langso-office-http", "Làng Số office console, certificate page and media", "langso-office", 80),
)
