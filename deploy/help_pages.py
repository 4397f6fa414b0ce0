"""Click's help pages in Vietnamese: its headings and its few words of its own."""

from __future__ import annotations

from collections.abc import Iterable

import click

_HEADINGS = {"Options": "Tuỳ chọn", "Commands": "Việc làm được", "Arguments": "Tham số"}
_WORDS = {
    "[required]": "[phải có]",
    "; required]": "; phải có]",
    "default: ": "nếu không ghi: ",
    "Show this message and exit.": "Xem cách dùng này.",
    "Show the version and exit.": "Xem số phiên bản.",
}


class VietnameseHelp(click.HelpFormatter):
    """Writes headings, `[required]`, `[default: …]` and the help option in Vietnamese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line of a help page."""
        super().write_usage(
            prog,
            args.replace("[OPTIONS]", "[TUỲ CHỌN]").replace("COMMAND [ARGS]...", "VIỆC …"),
            prefix or "Cách dùng: ",
        )

    def write_heading(self, heading: str) -> None:
        """The name of a part of the page."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of names with what they mean."""
        super().write_dl([(name, _translated(text)) for name, text in rows], col_max, col_spacing)


def _translated(text: str) -> str:
    for theirs, ours in _WORDS.items():
        text = text.replace(theirs, ours)
    return text
