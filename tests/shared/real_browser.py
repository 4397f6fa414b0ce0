"""A real browser at the console's pages: Debian's Chromium, driven by Playwright, looked at with axe.

One browser a test process (the fixture `chromium`), a fresh context for each visit: the fixture `visit` of
tests/office/web/conftest.py gives pages of a running office.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from langso.settings import assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
AXE = assets.folder() / "node_modules/axe-core/axe.min.js"
WIDE, NARROW = 1360, 360
"""CSS pixels: an office PC, and a small phone."""

_LACKING = [
    name
    for name, here in (
        ("chromium (Debian's package)", CHROMIUM),
        ("playwright", importlib.util.find_spec("playwright")),
        ("axe-core", AXE.is_file()),
    )
    if not here
]
MISSING = f"a real browser is not here: {', '.join(_LACKING)} is missing; deploy/setup.sh test installs it"
REAL_BROWSER = pytest.mark.skipif(bool(_LACKING) and "CI" not in os.environ, reason=MISSING)
"""Of a module whose tests need a browser. In continuous integration they do not skip: they fail with this reason."""

# No sandbox: tests run as root. Shared memory may be small in a container.
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--mute-audio")
_AXE = """async () => {
  const told = await axe.run(document, {resultTypes: ["violations"], runOnly: RULES});
  return told.violations.flatMap(one => one.nodes.map(node =>
    `${one.id} (${one.impact}): ${one.help}\\n    ${node.html.slice(0, 200)}\\n    ${node.failureSummary}`));
}""".replace("RULES", '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]')
# Tables scroll in a box of their own; what only those who hear a page read is one pixel wide.
_OUT = """wide => [...document.querySelectorAll("a, button, input, textarea, p, h1, h2, b, span, img, section")]
  .filter(one => !one.closest(".scroll") && one.getBoundingClientRect().right > wide + 0.5)
  .map(one => one.textContent.trim() || one.tagName)"""

_AT = """() => {
  const one = document.activeElement, label = one.labels && one.labels[0];
  if (one === document.body) return "";
  return one.getAttribute("aria-label") || (label && label.textContent.trim()) || one.textContent.trim() || one.name;
}"""


@dataclass(frozen=True)
class Chromium:
    """The one browser. Playwright's loop counts as running in this thread only while a test uses it (`awake`):
    other tests of the process run loops of their own.
    """

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextlib.contextmanager
    def awake(self) -> Iterator[Browser]:
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)


@contextlib.contextmanager
def launched() -> Iterator[Chromium]:
    """Debian's Chromium until the end of the context."""
    if _LACKING:
        raise RuntimeError(MISSING)
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    loop = asyncio.get_running_loop()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
    made = Chromium(browser, loop)
    asyncio._set_running_loop(None)
    try:
        yield made
    finally:
        with made.awake():
            browser.close()
            playwright.stop()


def violations(page: Page) -> list[str]:
    """What axe finds wrong in the page as it stands: rule, help, element; empty where nothing is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_source())
    found: list[str] = page.evaluate(_AXE)
    return found


def sticking_out(page: Page) -> list[Any]:
    """Empty where the page is as wide as its window; else how wide it became and the words of what sticks out."""
    size = page.viewport_size
    assert size is not None
    became = page.evaluate("document.documentElement.scrollWidth")
    out = page.evaluate(_OUT, size["width"])
    return [became, *out] if became > size["width"] or out else []


def focused(page: Page) -> str:
    """What the keyboard is at: its label, text or name; empty where it is at nothing of the page."""
    found: str = page.evaluate(_AT)
    return found


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")
