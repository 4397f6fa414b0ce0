"""The page that brings the commune's root onto phones, and what the office's own screen shows of it."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from office_doors import NAME, Doors

from office.founding.console_ca import fingerprint


def test_without_tls_there_is_only_the_guide_and_it_leads_on(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("guide") as browser:
        for path, to in (
            ("/", "/cai-chung-thu"),
            ("/dang-nhap", "/cai-chung-thu?toi=/dang-nhap"),
            ("/ban-tin/b1", "/cai-chung-thu?toi=/ban-tin/b1"),
            ("/cai-chung-thuoc", "/cai-chung-thu?toi=/cai-chung-thuoc"),
        ):
            answer = browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, to)
        page = browser.get("/cai-chung-thu?toi=/lich")
        assert f'data-onward="https://{NAME}:{doors.port("https")}/lich"' in page.text
        assert f"connect-src 'self' https://{NAME}:{doors.port('https')};" in page.headers["content-security-policy"]
        assert "strict-transport-security" not in page.headers
        assert browser.post("/dang-nhap", data={"name": "a"}).status_code == 403
        assert browser.get("/static/cai.js").status_code == 200
        assert browser.get("/media/" + "0" * 64).status_code == 404
        assert dict(browser.cookies) == {}


@pytest.mark.parametrize("path", ["//ac.example", "https://ac.example", '/a"b', "/a%22", "/%0d%0aX: 1", "x" * 600])
def test_the_guide_leads_nowhere_else(open_doors: Callable[..., Doors], path: str) -> None:
    doors = open_doors()
    with doors.client("guide") as browser:
        page = browser.get("/cai-chung-thu", params={"toi": path}).text
    assert f'data-onward="https://{NAME}:{doors.port("https")}/"' in page


def test_the_fingerprint_is_shown_where_it_may_be_believed_only(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    told = fingerprint(doors.own())
    with doors.client("guide") as stranger, doors.client("plain", name="127.0.0.1") as here:
        abroad, own = stranger.get("/cai-chung-thu").text, here.get("/cai-chung-thu").text
    assert told.lines[0] not in abroad
    assert told.sha1 not in abroad
    assert all(line in own for line in told.lines)
    assert "/cai-chung-thu/ma.svg" in own
    assert "/cai-chung-thu/ma.svg" not in abroad


def test_the_code_on_the_offices_screen_leads_a_phone_to_the_guide(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    import segno

    doors = open_doors()
    monkeypatch.setattr("office.founding.doors.lan_addresses", lambda: ("192.168.1.20",))
    drawn: list[str] = []
    make = segno.make
    monkeypatch.setattr("segno.make", lambda text, **more: drawn.append(text) or make(text, **more))
    with doors.client("plain", name="127.0.0.1") as here:
        answer = here.get("/cai-chung-thu/ma.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert drawn == [f"http://192.168.1.20:{doors.port('guide')}/cai-chung-thu"]


def test_what_phones_download_is_the_very_root(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("guide") as phone:
        plain, wrapped = phone.get("/cai-chung-thu/langso.crt"), phone.get("/cai-chung-thu/langso.mobileconfig")
    assert plain.headers["content-type"] == "application/x-x509-ca-cert"
    assert "langso-hoa-son.crt" in plain.headers["content-disposition"]
    root = x509.load_der_x509_certificate(plain.content)
    assert root == x509.load_pem_x509_certificate(doors.own())
    assert wrapped.headers["content-type"] == "application/x-apple-aspen-config"
    profile = plistlib.loads(wrapped.content)
    (payload,) = profile["PayloadContent"]
    assert (payload["PayloadType"], payload["PayloadContent"]) == ("com.apple.security.root", plain.content)


@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (Linux; Android 13; SM-A135F) Chrome/120 Mobile", "Điện thoại Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Safari/604.1", "iPhone, iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120", "Máy tính Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox trên máy tính"),
        ("", "Máy Linux"),
    ],
)
def test_the_guide_opens_at_the_device_that_asks(open_doors: Callable[..., Doors], agent: str, opened: str) -> None:
    with open_doors().client("guide") as phone:
        page = phone.get("/cai-chung-thu", headers={"User-Agent": agent}).text
    (section,) = [part for part in page.split("<details")[1:] if part.startswith(" open>")]
    assert opened in section.split("</summary>")[0]


def test_the_command_tells_what_the_screen_tells(open_doors: Callable[..., Doors], tmp_path: Path) -> None:
    from click.testing import CliRunner

    from langso.settings.reading import write_settings
    from office.commands import office

    doors = open_doors()
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(doors.world.settings))
    said = CliRunner().invoke(office, ["ca", "--settings", str(file), "--out", str(tmp_path / "goc.crt")])
    assert said.exit_code == 0, said.output
    assert all(line in said.output for line in fingerprint(doors.own()).lines)
    assert f"https://{NAME}:{doors.port('https')}" in said.output
    assert x509.load_der_x509_certificate((tmp_path / "goc.crt").read_bytes())
    before = doors.own()
    refused = CliRunner().invoke(office, ["ca", "--settings", str(file), "--new"], input="n\n")
    assert refused.exit_code != 0
    assert doors.own() == before
    assert CliRunner().invoke(office, ["ca", "--settings", str(file), "--new"], input="y\n").exit_code == 0
    assert doors.own() != before
    # The running office takes it up by itself.
    assert doors.serving.renew()
    assert doors.served()
