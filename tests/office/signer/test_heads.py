"""The signer remembers how the office's log ended, and cannot be made to forget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from refusals import refused
from waiting import until

from langso.settings.reading import write_settings
from office.commands import office
from office.errors import AuditBroken
from office.signer.errors import NotInitialised
from office.signer.heads import FILE, MOST_LOST, AuditHeads, KeptHead

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def head(number: int, letter: str = "a") -> KeptHead:
    return KeptHead(number=number, sha256=letter * 64, at=NOW)


def test_a_log_that_grows_has_one_newest_head(tmp_path: Path) -> None:
    heads = AuditHeads(tmp_path)
    for number in (3, 9, 9, 20):
        heads.keep(head(number))
    assert heads.all() == (head(20),)
    assert AuditHeads(tmp_path).all() == (head(20),)


@pytest.mark.parametrize("later", [head(5), head(20, "b")])
def test_what_a_later_head_contradicts_is_not_forgotten(tmp_path: Path, later: KeptHead) -> None:
    heads = AuditHeads(tmp_path)
    for one in (head(20), later, head(21, "c")):
        heads.keep(one)
    assert AuditHeads(tmp_path).all() == (head(20), head(21, "c"))


def test_the_file_stays_small_whatever_is_told(tmp_path: Path) -> None:
    heads = AuditHeads(tmp_path)
    for number in range(400, 100, -1):
        heads.keep(head(number))
    assert len(heads.all()) == MOST_LOST + 1
    assert heads.all()[0] == head(400)


def test_a_damaged_file_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"{")
    with refused(NotInitialised, "signer-heads-damaged"):
        AuditHeads(tmp_path)


@pytest.fixture
def verify(office_world: Any, tmp_path: Path) -> Callable[[], Result]:
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(office_world.settings))
    return lambda: CliRunner().invoke(office, ["audit", "verify", "--settings", str(file)])


def log(world: Any, *subjects: str) -> None:
    for subject in subjects:
        world.office.audit.write("van-thu", "send", subject)


def told(world: Any) -> None:
    newest = world.office.audit.head()
    world.office.signer.keep_head(newest.number, newest.sha256)


def test_the_command_says_that_the_log_is_whole(office_world: Any, verify: Callable[[], Result]) -> None:
    log(office_world, "b1", "b2", "b3")
    told(office_world)
    log(office_world, "b4")
    said = verify().output
    newest = office_world.office.audit.head()
    assert "Nhật ký còn nguyên: 4 dòng nối liền nhau, và khớp với điều người ký đã ghi nhớ." in said
    assert f"Dòng cuối 4, mã {newest.sha256[:16]}." in said


def test_a_tail_cut_off_is_found_by_what_the_signer_remembers(
    office_world: Any, verify: Callable[[], Result]
) -> None:
    log(office_world, "b1", "b2", "b3")
    told(office_world)
    db = office_world.office.store.db
    db.execute("DROP TRIGGER audit_is_not_shortened")
    db.execute("DELETE FROM audit WHERE number > 1")
    found = verify()
    assert found.exit_code != 0
    assert isinstance(found.exception, AuditBroken)
    assert "từ dòng 2 trở đi bị cắt, người ký còn nhớ đến dòng 3" in str(found.exception)
    # Nor does it help to write on and to tell the signer so.
    log(office_world, "x")
    told(office_world)
    log(office_world, "x", "x", "x")
    told(office_world)
    assert "dòng 3 đã bị sửa" in str(verify().exception)


def test_without_the_signer_it_says_what_it_could_not_see(office_world: Any, verify: Callable[[], Result]) -> None:
    log(office_world, "b1")
    office_world.stop_signer()
    said = verify().output
    assert "Chưa so được với người ký nên chưa biết phần cuối có bị cắt không" in said


def test_a_changed_row_is_named(office_world: Any, verify: Callable[[], Result]) -> None:
    log(office_world, "b1", "b2", "b3")
    db = office_world.office.store.db
    db.execute("DROP TRIGGER audit_is_not_changed")
    db.execute("UPDATE audit SET who = 'ai khác' WHERE number = 2")
    assert "dòng 2 đã bị sửa" in str(verify().exception)


def test_the_office_tells_the_signer_by_itself(broker: Any, make_office: Any) -> None:
    from langso.settings.model import LinkSettings

    world = make_office(link=LinkSettings(port=broker.port))
    log(world, "b1")
    world.office.start_publisher()
    assert until(lambda: [one.number for one in world.office.signer.heads()] == [1])


def test_the_list_shows_who_did_what(office_world: Any, tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(office_world.settings))
    log(office_world, "b1")
    said = CliRunner().invoke(office, ["audit", "list", "--settings", str(file)]).output
    assert "· van-thu · gửi bản tin (send) · b1" in said
