"""A clerk's day: write, hear, choose, send, stop; an emergency and its all-clear; the fleet; papers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from founded import vouch

from langso.contract import HealthLine
from langso.timekeeping.clock import VIETNAM
from langso.voices.signals import signal_medium
from office.broadcasting.plans import Relayed


def form(**more: Any) -> dict[str, Any]:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=2)
    return {
        "title": "Lịch tiêm phòng",
        "text": "Tiêm phòng lúc 7h00.",
        "devices": ["loa-thon-1"],
        "date": f"{when:%Y-%m-%d}",
        "time": f"{when:%H:%M:%S}",
        "broadcast_class": "priority",
        **more,
    }


def test_what_is_typed_is_in_the_plan_at_that_very_second(browser: Any, device: Any, office_world: Any) -> None:
    asked = form()
    answer = browser.post("/soan", asked)
    assert answer.status_code == 303
    id = answer.headers["location"].removeprefix("/ban-tin/")
    kept = office_world.office.broadcasts.get(id)
    assert kept.status == "scheduled"
    assert kept.planned.start.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S") == f"{asked['date']} {asked['time']}"
    assert (kept.show.devices, kept.show.broadcast_class, kept.by) == (("loa-thon-1",), "priority", "van-thu")
    page = browser.get(f"/ban-tin/{id}").text
    assert "Lịch tiêm phòng" in page
    assert kept.show.media[0].sha256 in page
    assert "Lịch tiêm phòng" in browser.get("/lich").text


def test_receipts_show_as_they_arrive_and_an_unchanged_part_is_not_sent_again(
    browser: Any, device: Any, office_world: Any
) -> None:
    id = browser.post("/soan", form()).headers["location"].removeprefix("/ban-tin/")
    part = browser.get(f"/ban-tin/{id}/manh").text
    shown = part.split("manh?da=")[1].split('"')[0]
    assert browser.get(f"/ban-tin/{id}/manh?da={shown}").status_code == 204
    device.write(office_world.office.broadcasts.get(id).planned.id)
    office_world.office.fleet.take_receipts(device.id, device.batch())
    later = browser.get(f"/ban-tin/{id}/manh?da={shown}")
    assert later.status_code == 200
    assert "Đã phát" in later.text
    assert "lệch 0,5 ms" in later.text


def test_a_stop_withdraws_and_a_second_one_does_no_harm(browser: Any, device: Any, office_world: Any) -> None:
    id = browser.post("/soan", form()).headers["location"].removeprefix("/ban-tin/")
    for _ in range(2):
        assert browser.post(f"/ban-tin/{id}/dung", {}, page="/soan").status_code == 303
    assert office_world.office.broadcasts.get(id).status == "withdrawn"
    assert "Đã rút" in browser.get(f"/ban-tin/{id}").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"devices": []}, "Chưa chọn loa nào"),
        ({"devices": ["loa-la"]}, "Không có loa"),
        ({"text": " "}, "chưa có chữ nào"),
        ({"date": "2020-01-01"}, "Giờ phát phải ở phía trước"),
        ({"date": "hôm nay"}, "không phải một ngày"),
        ({"time": "25:00"}, "không phải một giờ"),
    ],
)
def test_what_cannot_be_sent_comes_back_as_typed_with_why(
    browser: Any, device: Any, office_world: Any, wrong: dict[str, Any], said: str
) -> None:
    answer = browser.post("/soan", form(title="Tên <b>lạ</b>", **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Tên &lt;b&gt;lạ&lt;/b&gt;" in answer.text
    assert all(one.status != "scheduled" for one in office_world.office.broadcasts.newest())


def test_a_whole_village_is_chosen_without_script(browser: Any, office_world: Any) -> None:
    for id in ("loa-1", "loa-2"):
        office_world.reporter(id)
    answer = browser.post("/soan", form(devices=[], villages=["thon-1"]))
    kept = office_world.office.broadcasts.get(answer.headers["location"].removeprefix("/ban-tin/"))
    assert kept.show.devices == ("loa-1", "loa-2")


def test_where_one_chooses_each_look_shows_who_is_there_and_not_well(browser: Any, office_world: Any) -> None:
    well, ill = office_world.reporter("loa-1"), office_world.reporter("loa-2")
    fleet = office_world.office.fleet
    fleet.take_state("loa-1", well.state(number=1))
    fleet.take_state("loa-2", ill.state(number=1))
    before = {path: browser.get(path).text for path in ("/soan", "/khan-cap")}
    fleet.take_state("loa-2", ill.state(number=2, health=(HealthLine(name="sound", level="bad", why="-", fix="-"),)))
    office_world.reporter("loa-3")
    for path, page in before.items():
        now = browser.get(path).text
        assert ('value="loa-3"' in page, 'value="loa-3"' in now) == (False, True)
        assert [shown(text, "loa-2").count("<i") for text in (page, now)] == [0, 1], path
        assert shown(now, "loa-1").count("<i") == 0


def shown(page: str, id: str) -> str:
    """What stands beside a loudspeaker's box."""
    return page.split(f'name="devices" value="{id}"')[1].split("</label>")[0].split(">", 1)[1]


def test_a_day_that_does_not_exist_and_an_unknown_abbreviation_are_told_while_one_types(browser: Any) -> None:
    def told(text: str) -> list[str]:
        part = browser.post("/soan/doc", {"text": text}, page="/soan", headers={"HX-Request": "true"}).text
        return [said for said in ("Không có ngày 31/02.", "chưa biết cách đọc UBKT.") if said in part]

    assert told("UBKT họp ngày 31/02.") == ["Không có ngày 31/02.", "chưa biết cách đọc UBKT."]
    assert told("UBND họp ngày 28/02.") == []


def test_the_voice_is_shown_in_words_and_heard(browser: Any) -> None:
    part = browser.post("/soan/doc", {"text": "Từ 7h00"}, page="/soan", headers={"HX-Request": "true"})
    assert "<b" in part.text
    assert "bảy giờ" in part.text
    assert "<html" not in part.text
    sound = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan", headers={"HX-Request": "true"})
    address = sound.text.split('src="')[1].split('"')[0]
    assert browser.get(address).content[:4] == b"OggS"
    whole = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan")
    assert "<audio" in whole.text
    assert "Xin chào</textarea>" in whole.text


def test_an_emergency_asks_for_the_password_again(
    browser: Any, device: Any, office_world: Any, password: str
) -> None:
    order = {"text": "Lũ quét.", "devices": ["loa-thon-1"], "repeat": "2", "minutes": "5"}
    wrong = browser.post("/khan-cap", {**order, "password": "đoán bừa thôi"})
    assert wrong.status_code == 403
    assert "chưa phát gì" in wrong.text
    assert not office_world.office.alarms.in_force()
    assert browser.post("/khan-cap", {**order, "password": password}).status_code == 303
    (row,) = office_world.office.alarms.in_force()
    assert (row.order.repeat, row.by) == (2, "van-thu")
    assert f"/khan-cap/{row.order.id}/bao-yen" in browser.get("/khan-cap").text
    assert "Lệnh khẩn cấp còn hiệu lực" in browser.get("/lich").text
    assert browser.post(f"/khan-cap/{row.order.id}/bao-yen", {}, page="/khan-cap").status_code == 303
    assert not office_world.office.alarms.in_force()


def test_a_station_is_offered_where_one_is_allowed_and_comes_back_as_typed(
    browser: Any, device: Any, office_world: Any
) -> None:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=2)
    asked = {"title": "Thời sự", "text": "Không bắt được đài.", "devices": ["loa-thon-1"], "once": ""}
    asked |= {"date": f"{when:%Y-%m-%d}", "time": f"{when:%H:%M:%S}", "stream": " https://dai.vn/a ", "minutes": "45"}
    assert 'name="stream"' not in browser.get("/soan").text
    barred = browser.post("/soan", asked)
    assert barred.status_code == 422
    assert "Chỉ tiếp được địa chỉ https" in barred.text
    vouch(office_world, relay_hosts=("dai.vn",))
    offered = browser.get("/soan").text
    assert 'name="stream" value=""' in offered
    assert "Đài được phép: dai.vn" in offered
    wrong = browser.post("/soan", {**asked, "minutes": "4x"})
    assert wrong.status_code == 422
    assert "Tiếp âm từ 1 đến 180 phút" in wrong.text
    assert 'value="https://dai.vn/a"' in wrong.text
    assert browser.post("/soan", asked).status_code == 303
    (kept,) = office_world.office.broadcasts.newest()
    assert kept.show.relay == Relayed("https://dai.vn/a", 45 * 60_000)


def test_an_exercise_is_shown_as_one_wherever_an_emergency_is(
    browser: Any, device: Any, office_world: Any, password: str
) -> None:
    order = {"text": "Lũ quét.", "devices": ["loa-thon-1"], "repeat": "2", "minutes": "5", "exercise": "1"}
    order["signal"] = "flood"
    assert 'name="signal" value="siren" checked' in browser.get("/khan-cap").text
    assert 'name="exercise" value="1" checked' in browser.post("/khan-cap", {**order, "password": "sai"}).text
    assert browser.post("/khan-cap", {**order, "password": password}).status_code == 303
    (row,) = office_world.office.alarms.in_force()
    assert row.order.exercise
    assert row.order.media[0] == signal_medium("flood")
    page, calendar = browser.get("/khan-cap").text, browser.get("/lich").text
    assert "Đang diễn tập từ" in page
    assert "Lệnh khẩn cấp có hiệu lực từ" not in page
    assert "Đang diễn tập, không có gì xảy ra" in calendar
    assert "Lệnh khẩn cấp còn hiệu lực" not in calendar
    browser.post(f"/khan-cap/{row.order.id}/bao-yen", {}, page="/khan-cap")
    assert "Diễn tập</span>" in browser.get("/khan-cap").text


def test_two_machines_with_one_name_stand_first_and_red(browser: Any, office_world: Any) -> None:
    office_world.reporter("loa-a")
    twin = office_world.reporter("loa-z")
    fleet = office_world.office.fleet
    fleet.take_state("loa-z", twin.state(number=1))
    fleet.take_state("loa-z", twin.state(number=1, muted=True))
    page = browser.get("/loa").text
    assert "Trùng tên máy" in page
    assert page.index('data-device="loa-z"') < page.index('data-device="loa-a"')
    browser.post("/loa/loa-z/da-xem", {}, page="/loa")
    assert "Trùng tên máy" not in browser.get("/loa").text


TRICKY = "Hỏng\u202e XONG\n<b>\x1b[2J \u05d0\u05d1"


def test_what_a_device_says_is_shown_and_turns_nothing_round(browser: Any, office_world: Any) -> None:
    loud = office_world.reporter("loa-a")
    line = HealthLine(name="sound", level="bad", why=TRICKY, fix=TRICKY)
    office_world.office.fleet.take_state("loa-a", loud.state(health=(line,)))
    page = browser.get("/loa").text
    assert "\u2068&lt;b&gt;�[2J \u05d0\u05d1\u2069" in page
    assert "Hỏng� XONG" in page
    assert not set(page) & {"\u202e", "\x1b"}


def test_what_is_pasted_is_kept_without_what_nobody_sees(browser: Any, device: Any, office_world: Any) -> None:
    asked = form(title="Tin\u202e mừng\u200b 👨\u200d👩", text="Me\u0323\r\nbé\u2066 khoẻ\ufeff.")
    answer = browser.post("/soan", asked)
    kept = office_world.office.broadcasts.get(answer.headers["location"].removeprefix("/ban-tin/"))
    assert (kept.show.title, kept.text) == ("Tin mừng 👨\u200d👩", "Mẹ\nbé khoẻ.")


def test_an_order_to_one_device_is_signed_and_logged(browser: Any, device: Any, office_world: Any) -> None:
    assert browser.post("/loa/loa-thon-1/phat-thu", {}, page="/loa").status_code == 303
    assert office_world.office.documents.latest("order", "loa-thon-1") is not None
    assert browser.post("/loa/khong-co/phat-thu", {}, page="/loa").status_code == 404


def test_a_missing_paper_is_told_and_an_empty_desk_says_so(browser: Any) -> None:
    assert "Chưa có giấy tờ nào" in browser.get("/giay-to").text
    assert browser.get("/giay-to/khong-co/tep").status_code == 404


def test_a_one_time_password_opens_only_the_new_password_page(new_browser: Any, accounts: Any) -> None:
    once = accounts.add("Kế toán")
    clerk = new_browser()
    assert clerk.login("ke-toan", once).headers["location"] == "/tai-khoan"
    assert clerk.get("/lich").headers["location"] == "/tai-khoan"
    assert clerk.client.post("/soan", data={"token": clerk.token("/tai-khoan")}).headers["location"] == "/tai-khoan"
    new = {"old": once, "new": "mùa gặt năm nay sớm", "again": "mùa gặt năm nay sớm"}
    assert clerk.post("/tai-khoan", new).headers["location"] == "/lich"
    assert clerk.get("/lich").status_code == 200


def test_own_sessions_are_shown_and_ended(browser: Any, new_browser: Any) -> None:
    phone = new_browser(address="127.0.0.2")
    phone.login()
    page = browser.get("/tai-khoan").text
    assert "127.0.0.2" in page
    other = page.split('name="session" value="')[1].split('"')[0]
    browser.post("/tai-khoan/ket-thuc", {"session": other}, page="/tai-khoan")
    assert phone.get("/lich").status_code == 303
    assert browser.get("/lich").status_code == 200
    assert browser.post("/dang-xuat", {}, page="/tai-khoan").status_code == 303
    assert browser.get("/lich").status_code == 303


def test_a_paper_is_downloaded_for_the_archive_and_a_wrong_code_is_told_with_what_was_typed(
    browser: Any, office_world: Any
) -> None:
    import numpy as np

    from scanner.clean import CleanPage
    from scanner.document import make_pdf

    page = CleanPage(np.full((1169, 827, 3), 255, np.uint8), 100, "A4", (210.0, 297.0))
    id = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), make_pdf([page], "Đơn"))
    here = f"/giay-to/{id}/luu-tru"
    assert here in browser.get("/giay-to").text
    refused = browser.post(here, {"code": "H56"}, page=here)
    assert refused.status_code == 400
    assert "Mã hồ sơ không đúng" in refused.text
    assert 'value="H56"' in refused.text
    made = browser.post(here, {"code": "H56.37.12-240801-0001"}, page=here)
    assert made.headers["content-disposition"] == 'attachment; filename="H56.37.12-240801-0001-001.pdf"'
    assert made.content.startswith(b"%PDF-1.")
    assert "H56.37.12-240801-0001-001.pdf" in browser.get(here).text
    assert browser.get("/giay-to/khong-co/luu-tru").status_code == 404


def test_a_clerk_is_told_before_the_download_which_pages_have_no_words(
    browser: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    from scanner.clean import CleanPage
    from scanner.document import make_pdf

    page = CleanPage(np.full((1169, 827, 3), 255, np.uint8), 100, "A4", (210.0, 297.0))
    id = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), make_pdf([page, page], "Đơn"))
    here = f"/giay-to/{id}/luu-tru"
    monkeypatch.setenv("PATH", "/nowhere")
    told = browser.post(here, {"code": "H56.37.12-240801-0001"}, page=here)
    assert told.status_code == 200
    assert "không nhận được chữ ở trang 1, 2" in told.text
    made = browser.post(here, {"code": "H56.37.12-240801-0001", "wordless": "1"}, page=here)
    assert made.content.startswith(b"%PDF-1.")
    assert made.headers["content-disposition"] == 'attachment; filename="H56.37.12-240801-0001-001.pdf"'


def test_papers_are_locked_until_an_officer_opens_them_and_named_only_then(
    browser: Any, office_world: Any, new_browser: Any, accounts: Any, password: str
) -> None:
    """The page of an office that sealed its key: what came at night waits without a name until a person opens it."""
    import numpy as np

    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.passphrase_cipher import QUICK
    from office.desk.key import seal
    from scanner.clean import CleanPage
    from scanner.document import make_pdf

    phrase, other = "bon con trau di cay ruong nuoc", "sau gio ra dong gat lua chin vang"
    page = CleanPage(np.full((1169, 827, 3), 255, np.uint8), 100, "A4", (210.0, 297.0))
    pdf = make_pdf([page], "Đơn xin thuốc", procedure="1.004873")
    seal(office_world.home, "van-thu", phrase, "thuyen gao mai nha vuon cau tre", SystemClock(), QUICK)
    kiosk = office_world.reporter("kiosk-1", "kiosk")
    manifest, cipher = office_world.sealed_dossier(kiosk, "hs-1", pdf, title="Giấy tờ")
    upload = office_world.office.desk.create_upload(manifest)
    office_world.office.desk.append(upload.id, 0, cipher)
    here, file = "/giay-to", f"/giay-to/{upload.id}/tep"
    locked = browser.get(here).text
    assert "Giấy tờ đang khoá" in locked
    assert "Đơn xin thuốc" not in locked
    assert file not in locked, "nothing to press that only says no"
    assert browser.get(file).headers["content-type"].startswith("text/html")
    wrong = browser.post("/giay-to/mo-khoa", {"passphrase": other}, page=here)
    assert (wrong.status_code, phrase in wrong.text) == (422, False)
    office_world.office.desk.key._failed = None
    assert browser.post("/giay-to/mo-khoa", {"passphrase": phrase}, page=here).status_code == 303
    opened = browser.get(here).text
    assert "Đơn xin thuốc" in opened
    assert "1.004873" in opened
    assert file in opened
    assert browser.get(file).content == pdf
    accounts.add("Minh", password, ("desk",))
    colleague = new_browser()
    colleague.login("minh", password)
    assert "Câu mật khẩu của riêng" in colleague.get(here).text
    assert colleague.post("/giay-to/cau-mat-khau", {"new": other, "again": other}, page=here).status_code == 303
    assert browser.post("/giay-to/khoa-lai", {}, page=here).status_code == 303
    assert "Đơn xin thuốc" not in browser.get(here).text
    assert colleague.post("/giay-to/mo-khoa", {"passphrase": other}, page=here).status_code == 303
    assert colleague.get(file).content == pdf
