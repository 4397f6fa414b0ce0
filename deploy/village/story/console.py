"""The console as a clerk's browser uses it: pages fetched, forms filled and posted over HTTP."""

from __future__ import annotations

import html
import re
import ssl
import time
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx

from deploy.village.running import Login
from deploy.village.story.records import wait_for
from deploy.village.story.report import NotSeen
from langso.timekeeping.clock import VIETNAM

MAKING_S = 60.0
_TOO_CLOSE = "hãy chọn giờ muộn hơn"
_TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')


class Console:
    """One browser. Forms carry the page's own token, as the page's script-less form does; `trusts`: for https."""

    def __init__(self, url: str, trusts: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._client = httpx.Client(
            base_url=url,
            timeout=60,
            headers={"Origin": url, "Sec-Fetch-Site": "same-origin"},
            verify=True if trusts is None else trusts,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def login(self, login: Login) -> None:
        """Sign in. Raises NotSeen where the console refuses."""
        self._client.cookies.clear()
        self._post("/dang-nhap", {"name": login.name, "password": login.password})
        page = self.page("/lich")
        if "/dang-nhap" in page.url.path:
            raise NotSeen("expected: the console lets the clerk in; it shows the login page again")

    def broadcast(
        self, title: str, text: str, devices: list[str], within_s: float, broadcast_class: str = "normal"
    ) -> tuple[str, datetime]:
        """Type, choose, send; returns the broadcast's id and its start, a whole second at least `within_s` ahead.

        Where the console says that this is too close (a busy machine takes seconds to speak a text), a later time is
        chosen, as a clerk does.
        """
        ahead_s = within_s
        while True:
            start = (datetime.now(UTC) + timedelta(seconds=ahead_s + 1)).replace(microsecond=0)
            local = start.astimezone(VIETNAM)
            form: dict[str, str | list[str]] = {
                "title": title,
                "text": text,
                "devices": devices,
                "date": f"{local:%Y-%m-%d}",
                "time": f"{local:%H:%M:%S}",
                "broadcast_class": broadcast_class,
            }
            try:
                answer = self._post("/soan", form)
                found = re.search(r"/ban-tin/([^/?#]+)", str(answer.url))
                if found is None:
                    raise NotSeen(f"expected: the sent broadcast's page; the console said: {_words(answer.text)}")
                self._await_sound(found[1])
            except NotSeen as refusal:
                if _TOO_CLOSE not in str(refusal) or ahead_s > 2 * within_s:
                    raise
                ahead_s *= 2
                continue
            return found[1], start

    def _await_sound(self, broadcast: str) -> None:
        """Look at its page until its sound is made, which takes a busy machine seconds, and it is sent."""

        def made() -> bool:
            part = self.page(f"/ban-tin/{broadcast}/manh").text
            if 'data-job="failed"' in part:
                raise NotSeen(f"expected: {broadcast} is sent; its page says: {_words(part)}")
            return 'data-job=""' in part

        wait_for(made, f"the sound of {broadcast}", MAKING_S)

    def urgent(self, text: str, devices: list[str], repeat: int, minutes: int, password: str) -> tuple[str, float]:
        """Order an emergency; returns its id and the wall time (s) at which the console had answered."""
        form: dict[str, str | list[str]] = {
            "text": text,
            "devices": devices,
            "repeat": str(repeat),
            "minutes": str(minutes),
            "password": password,
        }
        answer = self._post("/khan-cap", form)
        ids = re.findall(r"/khan-cap/([^/\"?#]+)/bao-yen", answer.text)
        if not ids:
            raise NotSeen(f"expected: an urgent order in force; the console said: {_words(answer.text)}")
        return ids[0], time.time()

    def all_clear(self, order: str) -> float:
        """End an urgent order; returns the wall time (s) of the console's answer."""
        self._post(f"/khan-cap/{order}/bao-yen", {}, page="/khan-cap")
        return time.time()

    def stop(self, broadcast: str) -> float:
        """Press "Dừng" on a broadcast's page; returns the wall time (s) of the console's answer."""
        self._post(f"/ban-tin/{broadcast}/dung", {}, page=f"/ban-tin/{broadcast}")
        return time.time()

    def page(self, path: str) -> httpx.Response:
        """A page, redirects followed."""
        answer = self._client.get(path, follow_redirects=True)
        answer.raise_for_status()
        return answer

    def _post(self, path: str, form: dict[str, str | list[str]], page: str | None = None) -> httpx.Response:
        shown = self._client.get(page or path, follow_redirects=True).text
        token = _TOKEN.search(shown)
        answer = self._client.post(
            path, data={**form, **({"token": html.unescape(token[1])} if token else {})}, follow_redirects=True
        )
        if answer.status_code >= 400:
            raise NotSeen(f"expected: the form at {path} is taken; {answer.status_code}: {_words(answer.text)}")
        return answer


def _words(page: str) -> str:
    """The text of a page, shortened."""
    body = re.sub(r"<(script|style|nav)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()[:400]
