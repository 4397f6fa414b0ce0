"""A loudspeaker's sound card: which one the sink means, whether the service may open it, whether it is muted."""

from __future__ import annotations

import errno

import pytest
from laid_machines import Laid

from deploy.doctor import sound
from deploy.doctor.acting import Acted
from deploy.doctor.outcome import Skipped
from deploy.doctor.scene import gather_scene
from deploy.doctor.sound import judge_card
from langso.contract.health import Check
from langso.settings.reading import load_settings
from speaker.sound.card_mixer import card_of, cards_in, muted_in

CARDS = """\
 0 [vc4hdmi        ]: vc4-hdmi - vc4-hdmi
                      vc4-hdmi
 1 [Device         ]: USB-Audio - USB Audio Device
                      C-Media USB Audio Device at usb-0000:01:00.0-1.2, full speed
"""
MIXER = """\
Simple mixer control 'Speaker',0
  Capabilities: pvolume pswitch
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 37
  Mono:
  Front Left: Playback 20 [54%] [-17.00dB] [{switch}]
  Front Right: Playback 20 [54%] [-17.00dB] [{switch}]
Simple mixer control 'Mic',0
  Capabilities: cvolume
  Capture channels: Mono
  Mono: Capture 0 [0%] [off]
Simple mixer control 'PCM',0
  Capabilities: pvolume
  Playback channels: Mono
  Mono: Playback {volume} [on]
"""


def test_cards_are_read_with_their_names() -> None:
    assert cards_in(CARDS) == {"vc4hdmi": 0, "Device": 1}
    assert cards_in("--- no soundcards ---\n") == {}


@pytest.mark.parametrize(
    ("sink", "card"),
    [("default", 0), ("hw:1", 1), ("hw:1,0", 1), ("plughw:CARD=Device,DEV=0", 1), ("hw:Device", 1),
     ("sysdefault:CARD=vc4hdmi", 0), ("hw:3", None), ("plughw:CARD=Gone", None)],
)  # fmt: skip
def test_a_sink_means_one_card(sink: str, card: int | None) -> None:
    assert card_of(sink, cards_in(CARDS)) == card


@pytest.mark.parametrize(
    ("switch", "volume", "muted"),
    [("on", "200 [80%] [-3dB]", []), ("off", "200 [80%] [-3dB]", ["Speaker"]), ("on", "0 [0%] [-99dB]", ["PCM"])],
)
def test_a_muted_output_is_told_and_a_muted_microphone_is_not(switch: str, volume: str, muted: list[str]) -> None:
    assert muted_in(MIXER.format(switch=switch, volume=volume)) == muted
    assert muted_in("") == []


@pytest.mark.parametrize(
    ("sink", "cards", "opened", "muted", "said"),
    [
        ("default", {}, [], [], "Không thấy card"),
        ("hw:3", {"Device": 1}, [], [], "mà sink"),
        ("hw:1", {"Device": 1}, [], [], "không có đường ra"),
        ("hw:1", {"Device": 1}, [Acted(errno=errno.EACCES)], [], "không được mở"),
        ("hw:1", {"Device": 1}, [Acted(errno=errno.ENODEV, why="No such device")], [], "No such device"),
        ("hw:1", {"Device": 1}, [Acted(late=True)], [], "không trả lời"),
        ("hw:1", {"Device": 1}, [Acted(value=True)], ["Speaker"], "tắt tiếng"),
    ],
)
def test_what_is_wrong_with_a_card_is_red(
    sink: str, cards: dict[str, int], opened: list[Acted], muted: list[str], said: str
) -> None:
    check = judge_card(sink, cards, opened, muted, "langso-speaker")
    assert check.level == "bad"
    assert said in check.why


def test_a_card_that_the_loudspeaker_itself_holds_is_well() -> None:
    assert judge_card("hw:1", {"Device": 1}, [Acted(errno=errno.EBUSY)], [], "langso-speaker").level == "ok"


def kiosk_line(laid: Laid, monkeypatch: pytest.MonkeyPatch, seen: Check, settings: str = "auto") -> Check | Skipped:
    laid.settings.write_text(
        laid.settings.read_text(encoding="utf-8") + f'\n[kiosk]\nsound = "{settings}"\n', encoding="utf-8"
    )
    monkeypatch.setattr(sound, "_card", lambda *_: seen)
    (line,) = sound.look(gather_scene(load_settings(laid.settings), laid.settings))
    return line


def test_a_kiosk_without_sound_is_told_and_is_still_of_use(kiosk: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    line = kiosk_line(kiosk, monkeypatch, judge_card("alsa", {}, [], [], "langso-kiosk"))
    assert isinstance(line, Check)
    assert line.level == "warn"
    assert "Không thấy card" in line.why
    assert "Cắm lại" in line.fix


def test_a_kiosk_that_shall_have_no_sound_is_not_asked_for_it(kiosk: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    line = kiosk_line(kiosk, monkeypatch, judge_card("alsa", {}, [], [], "langso-kiosk"), "none")
    assert isinstance(line, Skipped)
