"""The installed commune at work: a broadcast heard, a paper received, services killed, cables and plugs pulled."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime

import pytest
from commune import CAMERA, LOGIN, PASSWORD, SERVICES, SPEAKER, Commune
from machine import wait_for

from deploy.install.units import sockets_of
from deploy.village.instruments.listening import locate, read_medium, read_recording
from deploy.village.story.pictures import a_page, lay_under_camera
from deploy.village.story.records import Records

OFFICE_STATE = "/var/lib/langso-office"
CONSOLE_CA = f"{OFFICE_STATE}/console/root.pem"
HEARD = 0.9
SOON_S = 25
"""A broadcast is written this long ahead: its sound is made first, and this machine may be busy."""


@pytest.fixture
def records(commune: Commune) -> Records:
    return Records(next(commune.office.on_disk(OFFICE_STATE).glob("*.db")))


def test_a_broadcast_is_signed_and_heard_in_the_loudspeakers_sink(commune: Commune, records: Records) -> None:
    with commune.evidence.step(commune.release, "a broadcast said, signed, heard, receipted") as figures:
        figures.update(_heard(commune, records, "Mời bà con ra nhà văn hóa họp thôn lúc bảy giờ tối nay."))


def test_a_clerk_at_another_computer_sends_one_by_https(commune: Commune, records: Records) -> None:
    with commune.evidence.step(commune.release, "a broadcast by https from a browser, heard") as figures:
        wish = {"do": "broadcast", "login": LOGIN, "password": PASSWORD, "devices": [SPEAKER], "in_s": SOON_S}
        url, ca = f"https://{commune.office.address}", commune.office.on_disk(CONSOLE_CA)
        said = commune.at_a_desk(
            "clerk.py", url, str(ca), json.dumps({**wish, "text": "Ngày mai xã tiêm phòng cho trâu, bò."})
        )
        done = json.loads(said)
        figures.update(_found(commune, records, done["broadcast"]))


def test_a_paper_from_the_camera_reaches_the_office_once(commune: Commune, records: Records) -> None:
    kiosk = commune.kiosk
    source, picture = a_page()
    lay_under_camera(kiosk.on_disk(CAMERA), picture)
    kiosk.sh(f"chown -R langso-kiosk: {CAMERA}")
    before = len(records.dossiers())
    with commune.evidence.step(commune.release, "a paper from the camera is with the office") as figures:
        visit = commune.visit(
            [
                {"wait": "Quét giấy tờ", "seconds": 60},
                {"touch": "Quét giấy tờ"},
                {"wait": "Trang này đọc rõ không?", "seconds": 60},
                {"touch": "Giữ, đủ giấy rồi"},
                {"wait": "Đây là giấy gì?", "seconds": 20},
                {"touch": "Giấy khai sinh"},
                {"touch": "Gửi cho xã", "seconds": 30},
                {"wait": "Mã nhận giấy tờ của bạn", "seconds": 60},
                {"wait": "Xã đã nhận được", "seconds": 90},
            ]
        )
        figures["photograph"] = source
        figures["visit_ok"] = visit["ok"]
        assert visit["ok"], visit
        wait_for(lambda: len(records.dossiers()) > before, "the dossier is with the office", 30)
    assert len(records.dossiers()) == before + 1
    assert not visit["workspace"], "nothing of the visit stays on the kiosk"


@pytest.mark.parametrize("role", ["office", "speaker", "kiosk"])
def test_every_service_killed_comes_back(commune: Commune, role: str) -> None:
    machine = commune.of(role)
    for unit in SERVICES[role]:
        with commune.evidence.step(commune.release, f"{unit} killed, back") as figures:
            old = _main_pid(machine, unit)
            machine.sh(f"kill -9 {old}")
            figures["back_s"] = round(
                machine.wait(
                    lambda unit=unit, old=old: machine.active(unit) and _main_pid(machine, unit) not in ("0", old),
                    f"{unit} is back",
                    60,
                ),
                1,
            )


def test_the_consoles_doors_open_with_it_however_it_is_started(commune: Commune) -> None:
    office, doors = commune.office, [socket.file_name for socket in sockets_of("office")]
    with commune.evidence.step(commune.release, "the console started before its sockets: its doors open"):
        office.run("systemctl", "stop", *doors, "langso-office")
        office.run("systemctl", "start", "langso-office")
        for door in doors:
            office.wait_active(door)
        office.run("systemctl", "stop", doors[0], check=False)
        office.run("systemctl", "restart", "langso-office")
        for door in doors:
            office.wait_active(door)
        office.wait_active("langso-office")


def test_after_the_kills_a_broadcast_is_heard_again(commune: Commune, records: Records) -> None:
    with commune.evidence.step(commune.release, "a broadcast after every service was killed") as figures:
        figures.update(_heard(commune, records, "Sau khi mọi dịch vụ bị ngắt, loa vẫn phát bản tin này."))


def test_with_the_offices_plug_and_the_cable_pulled_the_plan_is_played(commune: Commune, records: Records) -> None:
    with commune.evidence.step(
        commune.release, "office without power, cable out: played, receipted later"
    ) as figures:
        broadcast, planned = _say(commune, records, "Bản tin này phát khi văn phòng mất điện và đứt dây mạng.", 20)
        _wait_held(records)
        commune.office.cut_power()
        commune.cable("speaker", plugged=False)
        time.sleep(max(0.0, planned - time.time()) + 2)
        commune.cable("speaker", plugged=True)
        commune.office.boot()
        figures.update(_found(commune, records, broadcast))


def test_without_any_line_a_stick_carries_the_broadcast_there_and_its_receipt_back(
    commune: Commune, records: Records
) -> None:
    """As root at machines whose services run as their own users, in sandboxes that see no stick."""
    stick = commune.folder / "courier.stick"
    with commune.evidence.step(commune.release, "cable out: broadcast and receipt carried by stick") as figures:
        commune.cable("speaker", plugged=False)
        try:
            broadcast, planned = _say(commune, records, "Bản tin này đi bằng USB tới thôn không có sóng.", 60)
            for machine, what in ((commune.office, "export"), (commune.speaker, "import")):
                with machine.stick(stick) as at:
                    machine.run("langso", "courier", what, at)
            figures["carried_before_plan_s"] = round(planned - time.time(), 1)
            assert figures["carried_before_plan_s"] > 5
            time.sleep(max(0.0, planned - time.time()) + 15)
            for machine in (commune.speaker, commune.office):
                with machine.stick(stick) as at:
                    figures[f"said_{machine.name}"] = machine.run("langso", "courier", "export", at).said
            figures.update(_found(commune, records, broadcast))
        finally:
            commune.cable("speaker", plugged=True)


def test_a_plug_pulled_from_the_loudspeaker_loses_nothing(commune: Commune, records: Records) -> None:
    with commune.evidence.step(commune.release, "loudspeaker without power before a broadcast: played") as figures:
        # The office was away just now: the loudspeaker may wait up to a minute before it calls again.
        broadcast, _ = _say(commune, records, "Bản tin này phát sau khi loa bị mất điện rồi có lại.", 100)
        _wait_held(records, 90)
        commune.speaker.cut_power()
        figures["boot_s"] = round(commune.speaker.boot(), 1)
        figures.update(_found(commune, records, broadcast))


def _heard(commune: Commune, records: Records, text: str) -> dict[str, object]:
    broadcast, _ = _say(commune, records, text, SOON_S)
    return _found(commune, records, broadcast)


def _say(commune: Commune, records: Records, text: str, in_s: int) -> tuple[str, float]:
    """Sent by the office's command; the broadcast's id and its planned wall time."""
    commune.record()
    said = commune.office.run("langso", "office", "say", text, "--at", f"+{in_s}", "--to", SPEAKER).said
    broadcast = re.match(r"(\S+): sẽ phát lúc", said)
    assert broadcast, said
    _, planned = records.occurrence(broadcast[1])
    return broadcast[1], datetime.fromisoformat(planned).timestamp()


def _wait_held(records: Records, seconds: float = 60) -> None:
    version = records.plan_version()

    def held() -> bool:
        state = records.state(SPEAKER)
        return (
            state is not None
            and state.media_ready >= state.media_wanted
            and any(one.kind == "plan" and one.version >= version for one in state.held)
        )

    wait_for(held, f"plan v{version} and its sound on the loudspeaker", seconds)


def _found(commune: Commune, records: Records, broadcast: str) -> dict[str, object]:
    """Waits for the receipt and looks for the sound in the recording; figures."""
    occurrence, planned = records.occurrence(broadcast)
    planned_s = datetime.fromisoformat(planned).timestamp()

    def ended() -> bool:
        return any(play.outcome is not None for play in records.plays(occurrence))

    wait_for(ended, f"a receipt of {broadcast}", 200)
    play = records.plays(occurrence)[0]
    assert play.outcome == "played", (play.outcome, play.code)
    recording = commune.record()
    commune.stop_recording()
    samples = read_medium(commune.office.on_disk(OFFICE_STATE) / "media" / records.media_of(broadcast))
    length = len(samples) / 48000
    found = locate(
        read_recording(recording),
        samples,
        after_ns=int((planned_s - 10) * 1e9),
        before_ns=int((planned_s + length + 10) * 1e9),
    )
    commune.record()
    assert found.correlation > HEARD, found
    return {
        "correlation": round(found.correlation, 3),
        "heard_after_plan_ms": round(found.start_ns / 1e6 - planned_s * 1e3, 1),
        "receipt_error_ms": play.error_ms,
    }


def _main_pid(machine, unit: str) -> str:
    return machine.run("systemctl", "show", "--property=MainPID", "--value", unit).said.strip()
