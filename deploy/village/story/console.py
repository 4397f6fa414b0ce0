"""The console as a clerk's browser uses it: pages fetched, forms filled and posted over HTTP."""

from __future__ import annotations

import html
import re
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx

from deploy.village.hoa_son import Written
from deploy.village.running import Login
from deploy.village.story.records import wait_for
from deploy.village.story.report import NotSeen, not_seen
from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import Sentence
from langso.words.language import language

MAKING_S = 60.0
_CODE_HEADER = "Langso-Code"
"""By which the console tells a program why it refuses (office.web.site)."""
_TOO_SOON = "broadcasting-too-soon"
_JOB = re.compile(r'data-job="([^"]*)"(?: data-code="([^"]*)")?')
_TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')


class FormRefused(NotSeen):
    """The console does not take a form; `code`: why, as it tells programs, "" where it does not say."""

    def __init__(self, expected: Sentence, page: str, code: str) -> None:
        super().__init__(Sentence("story-expected-answer", expected=expected, said=_words(page)))
        self.code = code


class Console:
    """One browser, in the language spoken now. Forms carry the page's own token, as the page's script-less form does;
    `trusts`: for https. `confirms`: gives the code that its clerk confirms the next order by, once he is enrolled.
    """

    def __init__(self, url: str, trusts: ssl.SSLContext | None = None) -> None:
        self.confirms: Callable[[], str] | None = None
        self._url = url
        self._client = httpx.Client(
            base_url=url,
            timeout=60,
            headers={"Origin": url, "Sec-Fetch-Site": "same-origin", "Accept-Language": language()},
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
            raise not_seen(Sentence("story-see-login"))

    def broadcast(
        self, written: Written, devices: list[str], within_s: float, broadcast_class: str = "normal"
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
                "title": written.title,
                "text": written.text,
                "devices": devices,
                "date": f"{local:%Y-%m-%d}",
                "time": f"{local:%H:%M:%S}",
                "broadcast_class": broadcast_class,
            }
            try:
                answer = self._post("/soan", form)
                found = re.search(r"/ban-tin/([^/?#]+)", str(answer.url))
                if found is None:
                    raise _refused(Sentence("story-see-sent-page"), answer)
                self._await_sound(found[1])
                if self.confirms is not None:
                    at = f"/ban-tin/{found[1]}"
                    self._post(f"{at}/xac-nhan", self._proof(), page=at)
            except FormRefused as refusal:
                if refusal.code != _TOO_SOON or ahead_s > 2 * within_s:
                    raise
                ahead_s *= 2
                continue
            return found[1], start

    def _await_sound(self, broadcast: str) -> None:
        """Look at its page until its sound is made, which takes a busy machine seconds, and it is sent."""

        def made() -> bool:
            part = self.page(f"/ban-tin/{broadcast}/manh").text
            found = _JOB.search(part)
            state, code = found.groups("") if found is not None else ("?", "")
            if state == "failed":
                raise FormRefused(Sentence("story-see-sent", broadcast=broadcast), part, code)
            return state == ""

        wait_for(made, Sentence("story-see-sound", broadcast=broadcast), MAKING_S)

    def urgent(self, text: str, devices: list[str], repeat: int, minutes: int, password: str) -> tuple[str, float]:
        """Order an emergency; returns its id and the wall time (s) at which the console had answered."""
        form: dict[str, str | list[str]] = {
            "text": text,
            "devices": devices,
            "repeat": str(repeat),
            "minutes": str(minutes),
            "password": password,
            **self._proof(),
        }
        answer = self._post("/khan-cap", form)
        ids = re.findall(r"/khan-cap/([^/\"?#]+)/bao-yen", answer.text)
        if not ids:
            raise _refused(Sentence("story-see-in-force"), answer)
        return ids[0], time.time()

    def all_clear(self, order: str) -> float:
        """End an urgent order; returns the wall time (s) of the console's answer."""
        self._post(f"/khan-cap/{order}/bao-yen", self._proof(), page="/khan-cap")
        return time.time()

    def stop(self, broadcast: str) -> float:
        """Press stop on the page that asks whether to; returns the wall time (s) of the console's answer."""
        self._post(f"/ban-tin/{broadcast}/dung", self._proof())
        return time.time()

    def page(self, path: str) -> httpx.Response:
        """A page, redirects followed."""
        answer = self._client.get(path, follow_redirects=True)
        answer.raise_for_status()
        return answer

    def _proof(self) -> dict[str, str | list[str]]:
        return {} if self.confirms is None else {"code": self.confirms()}

    def _post(self, path: str, form: dict[str, str | list[str]], page: str | None = None) -> httpx.Response:
        shown = self._client.get(page or path, follow_redirects=True).text
        token = _TOKEN.search(shown)
        answer = self._client.post(
            path, data={**form, **({"token": html.unescape(token[1])} if token else {})}, follow_redirects=True
        )
        if answer.status_code >= 400:
            raise _refused(Sentence("story-see-form", path=path, status=answer.status_code), answer)
        return answer


def _refused(expected: Sentence, answer: httpx.Response) -> FormRefused:
    return FormRefused(expected, answer.text, answer.headers.get(_CODE_HEADER, ""))


def _words(page: str) -> str:
    """The text of a page, shortened."""
    body = re.sub(r"<(script|style|nav)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()[:400]
