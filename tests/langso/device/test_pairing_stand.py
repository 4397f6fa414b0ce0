"""How a device stands with its pairing, and waiting for it."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from systemd_ear import SystemdEar

from langso.device.certificates import make_ca
from langso.device.pairing import begin_pairing, finish_pairing, load_paired, waiting_request
from langso.device.pairing_files import Addresses, answer_request, read_request
from langso.device.pairing_stand import PairingWatch, next_steps, stand_of, wait_until_paired
from langso.trust import PairingError, SigningKey, root_keys

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ADDRESSES = Addresses("van-phong.lan", 8883, "http://van-phong.lan:8080", "https://van-phong.lan")
ROOT, CA = SigningKey.generate(), make_ca("Xã Mẫu", now=NOW)


def ask(state: Path, device: str = "loa-7") -> bytes:
    return begin_pairing(state, device=device, role="speaker", now=NOW, carried="loa-7.json")


def answered(raw: bytes, commune: str = "xa-mau") -> bytes:
    return answer_request(
        read_request(raw),
        commune=commune,
        commune_name="Xã Mẫu",
        device="loa-7",
        root=root_keys([ROOT]),
        ca=CA,
        addresses=ADDRESSES,
        now=NOW,
    )


def test_each_stand_says_what_is_typed_next(tmp_path: Path) -> None:
    assert stand_of(tmp_path).state == "new"
    assert all("sudo langso setup" in str(step) for step in next_steps(stand_of(tmp_path)))
    raw = ask(tmp_path)
    asked = stand_of(tmp_path)
    assert (asked.state, asked.code, asked.carried) == ("asked", read_request(raw).short_code, "loa-7.json")
    assert "loa-7.json" in str(next_steps(asked)[0])
    finish_pairing(tmp_path, answered(raw))
    assert stand_of(tmp_path).state == "paired"
    assert next_steps(stand_of(tmp_path)) == ()


def test_a_pairing_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    finish_pairing(tmp_path, answered(ask(tmp_path)))
    (tmp_path / "pairing" / "current" / "answer.json").write_bytes(b"{}")
    stand = stand_of(tmp_path)
    assert stand.state == "broken"
    assert "bị hỏng" in stand.why


def test_waiting_ends_with_the_pairing_and_speaks_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    beats: list[str] = []

    def beat(sentence: str) -> None:
        beats.append(sentence)
        if len(beats) == 3:
            finish_pairing(tmp_path, answered(ask(tmp_path)))

    with caplog.at_level(logging.WARNING):
        assert wait_until_paired(tmp_path, threading.Event(), beat=beat, every_s=0.01)
    assert len(beats) == 3
    assert len(caplog.records) == 1


def test_systemd_sees_a_waiting_device_up_and_alive_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd = SystemdEar(watchdog_s=0.2)
    for name, value in systemd.environment.items():
        monkeypatch.setenv(name, value)
    stop = threading.Event()
    waiting = threading.Thread(target=wait_until_paired, args=(tmp_path, stop), kwargs={"every_s": 0.01})
    waiting.start()
    try:
        assert "sudo langso setup" in systemd.wait("READY")["STATUS"]
        assert systemd.wait("WATCHDOG")
    finally:
        stop.set()
        waiting.join()
        systemd.close()


def test_waiting_ends_when_it_is_told_to(tmp_path: Path) -> None:
    stop = threading.Event()
    assert not wait_until_paired(tmp_path, stop, beat=lambda _: stop.set(), every_s=60)


def test_another_pairing_is_noticed_once_it_is_whole(tmp_path: Path) -> None:
    finish_pairing(tmp_path, answered(ask(tmp_path)))
    watch = PairingWatch(tmp_path)
    assert not watch.changed()
    raw = ask(tmp_path)
    assert not watch.changed()
    finish_pairing(tmp_path, answered(raw))
    assert watch.changed()
    (tmp_path / "pairing" / "current" / "complete").unlink()
    assert not watch.changed()


def test_a_second_request_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first, second = ask(tmp_path), ask(tmp_path)
    found = waiting_request(tmp_path)
    assert found is not None
    assert found[0].sha256 == read_request(second).sha256
    assert len(list((tmp_path / "pairing").glob("request-*"))) == 1
    with pytest.raises(PairingError, match="yêu cầu khác"):
        finish_pairing(tmp_path, answered(first))
    finish_pairing(tmp_path, answered(second))
    assert waiting_request(tmp_path) is None


def test_two_technicians_asking_at_once_leave_one_whole_request(tmp_path: Path) -> None:
    made: list[bytes] = []
    hands = [threading.Thread(target=lambda: made.append(ask(tmp_path))) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    found = waiting_request(tmp_path)
    assert found is not None
    (kept,) = [raw for raw in made if read_request(raw).sha256 == found[0].sha256]
    assert finish_pairing(tmp_path, answered(kept)).answer.device == "loa-7"


def test_an_answer_of_the_pairing_before_is_told_as_such(tmp_path: Path) -> None:
    old = answered(ask(tmp_path))
    finish_pairing(tmp_path, old)
    finish_pairing(tmp_path, answered(ask(tmp_path)))
    before = load_paired(tmp_path)
    with pytest.raises(PairingError, match="lần ghép trước"):
        finish_pairing(tmp_path, old)
    assert load_paired(tmp_path) == before


def test_the_answer_of_another_commune_is_refused_where_the_settings_name_ours(tmp_path: Path) -> None:
    raw = ask(tmp_path)
    with pytest.raises(PairingError, match="xa-khac"):
        finish_pairing(tmp_path, answered(raw, "xa-khac"), commune="xa-mau")
    finish_pairing(tmp_path, answered(raw), commune="xa-mau")


@pytest.mark.parametrize("cut", range(1, 400, 37))
def test_a_truncated_answer_changes_nothing(tmp_path: Path, cut: int) -> None:
    raw = ask(tmp_path)
    whole = answered(raw)
    with pytest.raises(PairingError):
        finish_pairing(tmp_path, whole[:-cut])
    assert finish_pairing(tmp_path, whole).answer.device == "loa-7"


def files_of_an_older_langso(state: Path) -> None:
    """The waiting request in a folder of its own; key and certificate apart."""
    waiting = state / "pairing" / "waiting"
    folder = waiting.resolve()
    waiting.unlink()
    folder.rename(waiting)


def test_a_request_made_by_an_older_langso_can_still_be_finished(tmp_path: Path) -> None:
    raw = ask(tmp_path)
    files_of_an_older_langso(tmp_path)
    finish_pairing(tmp_path, answered(raw))
    assert waiting_request(tmp_path) is None


def test_a_request_made_by_an_older_langso_gives_way_to_a_new_one(tmp_path: Path) -> None:
    ask(tmp_path)
    files_of_an_older_langso(tmp_path)
    finish_pairing(tmp_path, answered(ask(tmp_path)))


@pytest.mark.parametrize("step", ["write_atomic", "_switch", "_begin_trust", "_forget_request"])
def test_a_cut_at_any_step_of_finishing_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from langso.device import pairing

    finish_pairing(tmp_path, answered(ask(tmp_path)))
    whole = answered(ask(tmp_path))
    real: Callable[..., object] = getattr(pairing, step)
    for cut_at in range(1, 8):
        left = iter(range(cut_at - 1, -1, -1))

        def cut(*arguments: object, left: Iterator[int] = left, **more: object) -> object:
            if next(left, None) == 0:
                raise KeyboardInterrupt
            return real(*arguments, **more)

        with monkeypatch.context() as patch:
            patch.setattr(pairing, step, cut)
            copy = tmp_path.with_name(f"{tmp_path.name}-{step}-{cut_at}")
            shutil.copytree(tmp_path, copy, symlinks=True)
            try:
                finish_pairing(copy, whole)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert stand_of(copy).state == "paired"
        assert finish_pairing(copy, whole).answer.to_json() == whole
        assert waiting_request(copy) is None
    assert cut_at > 1, "the step was never reached"
