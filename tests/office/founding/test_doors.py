from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from langso.settings.errors import SettingsError
from langso.settings.model import OfficeSettings
from langso.settings.reading import parse_settings
from office.founding.doors import console_url, device_addresses, doors_of, guide_url

HEAD = b'[commune]\ncode = "hoa-son"\nname = "X"\n[device]\nid = "vp"\nrole = "office"\n[office]\n'


def kinds(**office: Any) -> list[str]:
    return [f"{door.kind} {door.host}:{door.port}" for door in doors_of(OfficeSettings(**office))]


def test_each_way_to_https_opens_its_doors() -> None:
    assert kinds() == ["plain 127.0.0.1:8080"]
    assert kinds(https="own") == [
        "plain 127.0.0.1:8080",
        "https 0.0.0.0:443",
        "guide 0.0.0.0:80",
        "device 0.0.0.0:8443",
    ]
    assert kinds(https="own", http_port=0, device_port=9443)[1:] == ["https 0.0.0.0:443", "device 0.0.0.0:9443"]
    assert kinds(https="proxy", public_url="https://langso.xa.vn")[1:] == ["device 0.0.0.0:8443"]


def test_staff_type_the_first_name_and_no_port_where_it_is_the_usual_one() -> None:
    assert console_url(OfficeSettings(https="own", names="Langso.local, may-vp")) == "https://langso.local"
    assert console_url(OfficeSettings(https="own", names="a.local", https_port=8444)) == "https://a.local:8444"
    assert console_url(OfficeSettings(https="proxy", public_url="https://x.vn")) == "https://x.vn"
    assert console_url(OfficeSettings()) == "http://127.0.0.1:8080"


def test_the_certificate_page_is_reached_without_https() -> None:
    assert guide_url(OfficeSettings(https="own"), "192.168.1.20") == "http://192.168.1.20/cai-chung-thu"
    assert guide_url(OfficeSettings(https="own", http_port=0), "a.local") is None
    assert guide_url(OfficeSettings(), "a.local") is None


@pytest.mark.parametrize(
    ("office", "media", "dossiers"),
    [
        ({}, "http://10.0.0.5:8080", "http://10.0.0.5:8080"),
        ({"public_url": "http://vp:9000"}, "http://vp:9000", "http://vp:9000"),
        ({"https": "own"}, "http://10.0.0.5", "https://10.0.0.5:8443"),
        ({"https": "own", "http_port": 0}, "https://10.0.0.5:8443", "https://10.0.0.5:8443"),
        ({"https": "own", "device_port": 0}, "http://10.0.0.5", "http://10.0.0.5"),
        ({"https": "proxy", "public_url": "https://x.vn"}, "https://10.0.0.5:8443", "https://10.0.0.5:8443"),
    ],
)
def test_devices_fetch_media_in_clear_and_bring_dossiers_under_tls(
    make_settings: Callable[..., Any], office: dict[str, Any], media: str, dossiers: str
) -> None:
    settings = make_settings().model_copy(update={"office": OfficeSettings(**office)})
    assert device_addresses(settings, "10.0.0.5") == (media, dossiers)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('https = "tls"', 'chỉ được một trong: "off", "own", "files", "proxy"'),
        ('https = "own"\nnames = "tên máy"', "«tên máy» không phải tên máy hay địa chỉ"),
        ('https = "own"\npublic_url = "https://a.local"', "hãy ghi tên máy vào `names`"),
        ('https = "own"\nhttp_port = 443', "phải là các cổng khác nhau"),
        ('https = "own"\nhttp_port = 0\ndevice_port = 0', "không được cùng là 0"),
        ('https = "own"\nhttps_port = 0', "office.https_port: nhỏ quá"),
        ('https = "files"', "phải ghi cả `https_cert` và `https_key`"),
        ('https_cert = "a.pem"', "chỉ dùng khi"),
        ('https = "proxy"', "`public_url` phải là địa chỉ https://"),
        ('https = "proxy"\npublic_url = "https://x.vn"\nproxies = "may-chu"', "«may-chu» không phải địa chỉ"),
        ('https = "proxy"\npublic_url = "https://x.vn"\nproxies = " , "', "phải ghi địa chỉ máy chủ đứng trước"),
    ],
)
def test_settings_that_lead_nowhere_are_named(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_settings(HEAD + text.encode())
    assert why in str(refused.value)


def test_names_are_read_from_one_line() -> None:
    office = parse_settings(HEAD + b'https = "own"\nnames = "LangSo.local., 192.168.1.20 ,may-vp"').office
    assert console_url(office) == "https://langso.local"
