"""A clerk's browser somewhere on the office's network: `python clerk.py URL CA JSON` does one thing, prints JSON."""

from __future__ import annotations

import json
import ssl
import sys

from deploy.village.hoa_son import Written
from deploy.village.running import Login
from deploy.village.story.console import Console


def main(url: str, ca: str, asked: str) -> None:
    """`asked`: {"do": "broadcast", "login", "password", "devices", "in_s", "text"}."""
    wish = json.loads(asked)
    with Console(url, trusts=ssl.create_default_context(cafile=ca)) as console:
        console.login(Login(wish["login"], wish["password"]))
        broadcast, start = console.broadcast(
            Written("Bản tin từ trình duyệt", wish["text"]), wish["devices"], wish["in_s"]
        )
        page = console.page(f"/ban-tin/{broadcast}").text
        print(json.dumps({"broadcast": broadcast, "start": start.timestamp(), "page": page}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
