from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from langso.errors import LangsoError
from langso.settings.errors import SettingsError
from langso.settings.reading import (
    MAX_BYTES,
    LinkSettings,
    Settings,
    load_settings,
    parse_settings,
    show_settings,
    write_settings,
)

LEAST = '[commune]\ncode = "xa-muong-hoa"\nname = "Xã Mường Hoa"\n[device]\nid = "loa-1"\nrole = "speaker"\n'


def mistakes(text: str | bytes) -> list[str]:
    """What is said about a file, one string a mistake."""
    raw = text.encode() if isinstance(text, str) else text
    with pytest.raises(SettingsError) as caught:
        parse_settings(raw)
    assert len(str(caught.value).splitlines()) == len(caught.value.problems) + 1
    return [str(problem) for problem in caught.value.problems]


def test_the_least_file_has_every_default() -> None:
    found = parse_settings(LEAST.encode())
    assert found.commune.name == "Xã Mường Hoa"
    assert (found.link.port, found.link.session_expiry, found.clock.trust) == (8883, 604800, "auto")
    assert (found.speaker.amplifier_lead_ms, found.bridge.lease_ms, found.kiosk.idle_s) == (1500, 3000, 60)
    assert found.paths.state == Path("/var/lib/langso")
    assert found.signer.socket == Path("/run/langso/signer.sock")


@pytest.mark.parametrize("lamp", ["gpio:0", "gpio:27", "bridge:lamp"])
def test_the_kiosks_lamp_is_a_pin_or_an_output_of_the_bridge(lamp: str) -> None:
    assert parse_settings(f'{LEAST}[kiosk]\nlamp = "{lamp}"\n'.encode()).kiosk.lamp == lamp
    assert parse_settings(LEAST.encode()).kiosk.lamp is None


@pytest.mark.parametrize(
    "lamp", ["", "lamp", "gpio:", "gpio:28", "gpio:²", "gpio:-1", "bridge:", "bridge:a b", "x:1"]
)
def test_a_lamp_nobody_can_find_is_refused(lamp: str) -> None:
    (told,) = mistakes(f'{LEAST}[kiosk]\nlamp = "{lamp}"\n')
    assert "kiosk.lamp" in told
    assert "gpio:27, bridge:lamp" in told


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = (
        '[commune]\ncode = "Xã A"\n[device]\nid = "loa-1"\nrole = "speker"\nvilage = "x"\n'
        '[link]\nhost = "broker"\nprot = 1\nport = "8883"\ncert = "c"\n[speekers]\nvolume = 1\n'
        "[kiosk]\nidle_s = 2\nbaud = 9\n"
    )
    assert mistakes(text) == [
        "dòng 1: commune.name: thiếu mục này, hãy thêm vào",
        "dòng 2: commune.code: chỉ dùng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ `xa-muong-hoa`",
        'dòng 5: device.role: chỉ được một trong: "speaker", "kiosk", "office", "signer", "bridge"; '
        "có phải ý là `speaker` không?",
        "dòng 6: device.vilage: không có mục này; có phải ý là `village` không?",
        "dòng 7: link: `cert` và `key` phải đi cùng nhau",
        "dòng 9: link.prot: không có mục này; có phải ý là `port` không?",
        "dòng 10: link.port: phải là số nguyên, hãy bỏ dấu nháy",
        "dòng 12: speekers: không có phần này; có phải ý là `speaker` không?",
        "dòng 15: kiosk.idle_s: nhỏ quá, ít nhất là 10",
        "dòng 16: kiosk.baud: không có mục này ở đây; `baud` thuộc phần [bridge]",
    ]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[link]\nport = 0", "dòng 8: link.port: nhỏ quá, ít nhất là 1"),
        ("[link]\nport = 70000", "dòng 8: link.port: lớn quá, nhiều nhất là 65535"),
        ("[link]\nport = 1.5", "dòng 8: link.port: phải là số nguyên"),
        ('[kiosk]\nfullscreen = "true"', "dòng 8: kiosk.fullscreen: phải là true hoặc false, không có dấu nháy"),
        ('[speaker]\ncalibration_ms = "3.5"', "dòng 8: speaker.calibration_ms: phải là một số, hãy bỏ dấu nháy"),
        ("[speaker]\ncalibration_ms = nan", "dòng 8: speaker.calibration_ms: "),
        ("[scanner]\nsource = 0", "dòng 8: scanner.source: phải là chữ đặt trong dấu nháy"),
        ("[paths]\nstate = 1", "dòng 8: paths.state: phải là chữ đặt trong dấu nháy"),
        ('[paths]\nstate = ""', "dòng 8: paths.state: phải là đường dẫn, không được để trống"),
        ('[link]\ncert = "a"', "dòng 7: link: `cert` và `key` phải đi cùng nhau"),
        ('[speaker]\nsound = "pipe"\nsink = "x"', "dòng 7: speaker: `sound` là pipe thì `sink` phải là đường dẫn"),
        ('[speaker]\nmedia_url = "ftp://x"', "dòng 8: speaker.media_url: phải là địa chỉ dạng http://"),
        ('[speaker]\nmedia_url = "http://a:b@x"', "dòng 8: speaker.media_url: không để tên, mật khẩu"),
        ('[speaker]\nmedia_url = "http://x:99999"', "dòng 8: speaker.media_url: phải là địa chỉ dạng http://"),
        ("[speaker]\nzzz = 1", "dòng 8: speaker.zzz: không có mục này; ở đây có: sound, sink"),
        ("[bridge]\nbaud = 1234", "dòng 8: bridge.baud: chỉ được một trong: 9600"),
        ('[office]\nhost = ""', "dòng 8: office.host: không được để trống"),
        ('[link]\nhost = "a\\u0000b"', "dòng 8: link.host: có ký tự không dùng được"),
        ("[[kiosk]]\nidle_s = 20", "dòng 7: kiosk: phải là một phần riêng, viết [kiosk]"),
        ("[link]\nport = 1\nport = 2", "dòng 9: sai cú pháp TOML"),
        ("[link\nport = 1", "dòng 7: sai cú pháp TOML"),
        ('[link]\nhost = "x', "sai cú pháp TOML"),
        ('[link]\nca = """x', "sai cú pháp TOML"),
    ],
)
def test_one_mistake_one_sentence(added: str, said: str) -> None:
    (found,) = mistakes(LEAST + added + "\n")
    assert found.startswith(said) or (said.startswith("sai") and said in found)
    assert "Input should" not in found


@pytest.mark.parametrize("text", ["[a.b]\nc = 1\n", "a.b = 1\n", "[[a.b]]\n", "[link.host.x]\ny = 1\n"])
def test_a_section_that_is_only_named_on_the_way_to_another_is_told_with_its_line(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text.encode())
    told = [problem for problem in caught.value.problems if problem.line == 1]
    assert {problem.where.split(".")[0] for problem in told} == {text.strip("[\n").split(".")[0]}


def test_sections_that_are_missing_are_named() -> None:
    assert mistakes("") == ["thiếu phần [commune]", "thiếu phần [device]"]


def test_a_key_before_any_section_is_shown_its_home() -> None:
    (found,) = mistakes('state = "x"\n' + LEAST)
    assert found == "dòng 1: state: không có phần này ở đây; `state` thuộc phần [signer] hoặc [paths]"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    assert mistakes(LEAST.encode() + b'\n[link]\nhost = "\xff"') == [
        "dòng 9: không phải chữ UTF-8; hãy lưu lại tệp ở dạng UTF-8"
    ]
    assert mistakes(b"#" * (MAX_BYTES + 1)) == [f"tệp quá lớn, giới hạn {MAX_BYTES} byte"]
    (tmp_path / "big.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    for bad in (tmp_path / "absent.toml", tmp_path, tmp_path / "big.toml"):
        with pytest.raises(SettingsError) as caught:
            load_settings(bad)
        assert caught.value.exit_code == 2
        assert isinstance(caught.value, LangsoError)


def test_deep_nesting_is_refused_not_a_crash() -> None:
    assert len(mistakes("a = " + "[" * 50_000)) == 1
    assert mistakes(LEAST + "[link]\nhost = " + "[" * 300 + "]" * 300)


def test_a_byte_order_mark_and_decomposed_letters_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("ã", "a\u0303").encode())
    assert load_settings(file).commune.name == "X\u00e3 Mường Hoa"


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(LEAST + '[paths]\nstate = "lib"\nrun = "run"\n[link]\nca = "keys/ca.pem"\n')
    found = load_settings(file)
    assert found.paths.state == tmp_path / "lib"
    assert found.link.ca == tmp_path / "keys" / "ca.pem"
    assert found.signer.socket == tmp_path / "run" / "signer.sock"


def test_settings_cannot_be_changed() -> None:
    found = parse_settings(LEAST.encode())
    with pytest.raises(ValueError, match="frozen"):
        found.link.port = 1  # type: ignore[misc]


def test_secrets_are_masked_wherever_they_are_shown() -> None:
    found = parse_settings((LEAST + '[link]\nusername = "u"\npassword = "cau-vong"\n').encode())
    assert found.link.password == SecretStr("cau-vong")
    assert "cau-vong" not in show_settings(found)
    assert "cau-vong" not in repr(found)
    assert 'password = "********"' in show_settings(found)
    assert parse_settings(write_settings(found).encode()) == found


def test_a_mistake_beside_a_secret_does_not_print_it() -> None:
    assert "cau-vong" not in "".join(mistakes(LEAST + '[link]\nprot = 1\npassword = ["cau-vong"]\n'))


_line = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@given(name=_line, place=_line, secret=_line, port=st.integers(1, 65535), late=st.floats(-2000, 2000))
@example(name='"\\', place="'''", secret="\\u0041", port=1, late=-0.0)
def test_what_is_written_is_read_back(name: str, place: str, secret: str, port: int, late: float) -> None:
    import unicodedata

    base: dict[str, Any] = {
        "commune": {"code": "a", "name": unicodedata.normalize("NFC", name)},
        "device": {"id": "d", "role": "kiosk", "place": unicodedata.normalize("NFC", place)},
        "link": LinkSettings(port=port, password=SecretStr(unicodedata.normalize("NFC", secret))),
        "speaker": {"calibration_ms": late},
    }
    made = Settings.model_validate(base)
    assert parse_settings(write_settings(made).encode()) == made


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\x00")
@example(b"commune = 1\ndevice = []")
@example(b"[commune]\n[device]\n[link.x]\n[paths]\nrun = [1]")
def test_any_bytes_are_settings_or_a_settings_error(raw: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(raw)
    assert caught.value.problems


_junk: st.SearchStrategy[Any] = st.sampled_from(
    ["1", "-1", '"x"', "true", "[]", "[1, {a = 1}]", "{}", "{port = 1}", "1e400", "2026-01-01", '""', "nan"]
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*Settings.model_fields, "linkk", "x"]),
            st.lists(st.tuples(st.sampled_from(["port", "host", "state", "run", "ca", "q"]), _junk), max_size=4),
        ),
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
def test_every_mistake_has_a_line_inside_the_file(tables: list[tuple[str, list[tuple[str, str]]]]) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in dict(pairs).items()) for name, pairs in tables
    )
    try:
        parse_settings(text.encode())
    except SettingsError as error:
        for problem in error.problems:
            assert 0 <= problem.line <= text.count("\n")
            assert problem.line > 0 or str(problem.why).startswith("thiếu phần")


def test_the_roles_are_those_of_the_house() -> None:
    role = Settings.model_fields["device"].annotation
    assert role is not None
    assert set(get_args(role.model_fields["role"].annotation)) >= {"speaker", "kiosk", "office"}
