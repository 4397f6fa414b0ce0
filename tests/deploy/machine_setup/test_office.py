"""The guide makes an office: founded with one stick after another, cut anywhere, never half begun."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.errors import DeployError, SetupRefused
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import AnswerMissing, NotYet
from deploy.machine_setup.office import asked_twice, has_account
from langso.device.certificates import names_in
from langso.device.lan import lan_name
from langso.durable.files import write_atomic
from langso.settings.reading import load_settings
from langso.trust.roots.age_identity import open_lock, read_sealed_identity
from langso.trust.roots.ceremony import sign_with, sit_down
from langso.trust.roots.passphrase import canonical, check_new
from langso.trust.roots.proposal import read_proposal
from langso.trust.roots.sticks import key_on, read_memory
from langso.words.catalogue import t
from office.errors import PasswordRefused
from office.places import OfficeHome

from .conftest import OFFICE, PHRASE, Tree

Make = Callable[[str, str], Tree]


def test_an_office_is_made_in_one_go_from_options(office: Tree, sticks: list[Path]) -> None:
    settings = load_settings(office.settings)
    assert not office.draft.exists()
    home = OfficeHome(settings)
    opened = home.trust()
    assert (len(opened.root.keys), opened.root.threshold, opened.trust.version) == (3, 2, 1)
    assert [one.holder for one in home.holders()] == ["Chủ tịch xã", "Bí thư xã", "Văn thư xã"]
    assert not home.founding_file.exists()
    for stick, holder in zip(sticks, ("Chủ tịch xã", "Bí thư xã", "Văn thư xã"), strict=True):
        assert key_on(stick, "hoa-son").holder == holder
    assert sum(read_memory(stick, key_on(stick)) is not None for stick in sticks) == 2
    assert {"localhost", "127.0.0.1", lan_name()} <= set(
        names_in((office.root / "etc/langso/broker/broker.pem").read_bytes())
    )
    assert "hoa-son" in (office.root / "var/lib/langso-broker/access.acl").read_text()
    assert settings.office.https == "own"
    assert has_account(settings)


def test_the_key_of_papers_is_sealed_in_the_same_sitting_where_options_say_so(
    machine: Make, root_words: list[str], account_words: list[str], phrase: Path, tmp_path: Path
) -> None:
    tree, sheet = machine("office", "office"), tmp_path / "to-khoi-phuc.json"
    words = [*OFFICE, *root_words, *account_words, "--desk-passphrase-file", str(phrase)]
    # A sheet that cannot be written seals nothing.
    refused = tree.call(*words, "--desk-sheet", str(tmp_path / "khong-co" / "to.json"))
    home = OfficeHome(load_settings(tree.settings if tree.settings.exists() else tree.draft))
    assert refused.exit_code != 0
    assert home.age_file.exists()
    plain = home.age_identity()
    said = tree.call(*words, "--desk-sheet", str(sheet))
    assert said.exit_code == 0, said.output
    assert not home.age_file.exists()
    assert home.sealed_identity().officers == ("chi-mai",)
    recovery = said.output.split("khoá gốc, không cất cùng tờ khôi phục:")[1].split("\n")[1].strip()
    held = read_sealed_identity(sheet.read_bytes())
    lock = held.lock("recovery")
    assert lock is not None
    assert open_lock(lock, recovery, held.recipient) == plain
    assert plain.encode() not in sheet.read_bytes()
    assert {oct(file.stat().st_mode & 0o777) for file in (sheet, sheet.with_suffix(".svg"))} == {"0o600"}
    # Asked once, in the sitting that makes the first account.
    assert "Niêm khoá" not in tree.call(*OFFICE).output


def test_a_secret_is_asked_for_until_it_is_good_and_typed_twice_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    typed = iter(["ngắn", PHRASE, "ngắn", PHRASE.upper(), PHRASE])
    monkeypatch.setattr(Dialogue, "secret", lambda *_: next(typed))
    monkeypatch.setattr(Dialogue, "say", lambda _, text, **__: told.append(text))
    assert asked_twice(Dialogue(asks=True), ("a", "b"), check_new, canonical) == canonical(PHRASE)
    assert next(typed, None) is None
    assert ["20" in told[0], told[1:]] == [True, [t("setup-password-differs")]]
    typed = iter(["ngắn"] * 5)
    with pytest.raises(PasswordRefused):
        asked_twice(Dialogue(asks=True), ("a", "b"), check_new, canonical)
    assert next(typed, None) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make folders of other users")
def test_run_by_root_each_services_files_are_its_own_and_a_technicians_files_stay_private(
    machine: Make, root_words: list[str], account_words: list[str]
) -> None:
    root = Path(tempfile.mkdtemp(prefix="langso-setup-"))
    try:
        root.chmod(0o755)
        tree = Tree(root)
        (root / "run").mkdir()
        owners = {"var/lib/langso-office": 61_001, "var/lib/langso-signer": 61_002, "var/lib/langso-broker": 61_003}
        owners["etc/langso/broker"] = 61_003
        for folder, owner in owners.items():
            (root / folder).mkdir(parents=True)
            (root / folder).chmod(0o750)
            os.chown(root / folder, owner, owner)
        for file in (word for word in (*root_words, *account_words) if Path(word).is_file()):
            Path(file).chmod(0o600)
        said = tree.call("--role", "office", *OFFICE, *root_words, *account_words)
        assert said.exit_code == 0, f"{said.output} {said.exception!r}"
        for folder, owner in owners.items():
            made = list((root / folder).rglob("*"))
            assert made
            assert {path.stat().st_uid for path in made} == {owner}, folder
    finally:
        shutil.rmtree(root)


def test_no_private_root_key_stays_on_the_office(office: Tree, sticks: list[Path]) -> None:
    sealed = [key_on(stick).sealed.encode() for stick in sticks]
    for path in office.root.rglob("*"):
        if path.is_file():
            assert not any(one in path.read_bytes() for one in sealed), path


def test_run_again_nothing_is_asked_and_nothing_changes(office: Tree) -> None:
    before = {path: path.read_bytes() for path in office.root.rglob("*") if path.is_file() and path.suffix != ".lock"}
    for same in ((), OFFICE):
        said = office.call(*same)
        assert said.exit_code == 0, f"{said.output} {said.exception!r}"
    after = {path: path.read_bytes() for path in office.root.rglob("*") if path.is_file() and path.suffix != ".lock"}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed <= {"office.db", "office.db-wal", "office.db-shm"}


def test_founding_spread_over_days_begins_no_service_before_it_is_done(
    machine: Make, sticks: list[Path], phrase: Path, account_words: list[str], tmp_path: Path
) -> None:
    tree = machine("office", "office")
    base = [*OFFICE, "--not-a-stick", "--passphrase-file", str(phrase), "--root-count", "3", "--root-threshold", "2"]
    first = tree.call(*base, "--root-stick", sticks[0], "--holder", "Chủ tịch xã")
    assert isinstance(first.exception, NotYet), first.output
    assert "Còn thiếu 2 khoá gốc" in str(first.exception)
    second = tree.call(*base, "--root-stick", sticks[1], "--holder", "Bí thư xã")
    assert "Còn thiếu 1 khoá gốc" in str(second.exception)
    third = tree.call(*base, "--root-stick", sticks[2], "--holder", "Văn thư xã")
    assert isinstance(third.exception, NotYet)
    assert "Còn thiếu 1 chữ ký" in str(third.exception)
    assert tree.draft.exists()
    assert not tree.settings.exists()
    # The second signature is made elsewhere and comes back as a file.
    carried = tree.state("office") / "de-nghi.json"
    signed = sign_with(sit_down(sticks[0], read_proposal(carried.read_bytes())), PHRASE)
    back = tmp_path / "back.json"
    write_atomic(back, signed.proposal.to_json())
    last = tree.call("--proposal", back, *account_words)
    assert last.exit_code == 0, f"{last.output} {last.exception!r}"
    assert tree.settings.exists()


def test_keys_made_elsewhere_come_as_public_parts(
    machine: Make, sticks: list[Path], account_words: list[str], tmp_path: Path
) -> None:
    from langso.trust.roots.ceremony import make_key
    from langso.trust.roots.key_file import public_part
    from langso.trust.roots.passphrase_cipher import QUICK

    tree, words = machine("office", "office"), []
    for number, stick in enumerate(sticks):
        made = make_key(stick, PHRASE, commune="hoa-son", holder=f"Người {number}", now=datetime.now(UTC), cost=QUICK)
        file = tmp_path / f"khoa-{number}.json"
        file.write_bytes(public_part(made).to_json())
        words += ["--root-public", str(file)]
    said = tree.call(*OFFICE, "--root-count", "3", "--root-threshold", "2", *words)
    assert isinstance(said.exception, NotYet), said.output
    assert "Còn thiếu 2 chữ ký" in str(said.exception)
    assert len(list(tree.state("office").glob("de-nghi.json"))) == 1


def test_a_cut_at_any_write_is_taken_up_by_the_next_run(
    machine: Make, root_words: list[str], account_words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The power goes at the n-th write; the run after it ends with a whole office."""
    import langso.durable.files

    real, number = langso.durable.files.write_atomic, 0
    while True:
        number += 1
        tree = machine(f"office-{number}", "office")
        words = [*OFFICE, *(word.replace("/usb-", f"/{number}-usb-") for word in root_words), *account_words]
        for stick in (1, 2, 3):
            (tmp_path / f"{number}-usb-{stick}").mkdir()
        done: list[Path] = []

        def cut(
            path: Path,
            data: bytes,
            *,
            mode: int = 0o600,
            folder: int | None = None,
            done: list[Path] = done,
            at: int = number,
        ) -> None:
            if len(done) + 1 == at:
                raise KeyboardInterrupt
            done.append(path)
            real(path, data, mode=mode, folder=folder)

        with monkeypatch.context() as patch:
            for module in _writers():
                patch.setattr(f"{module}.write_atomic", cut)
            first = tree.call(*words)
        if first.exit_code == 0:
            break
        assert not tree.settings.exists() or OfficeHome(load_settings(tree.settings)).trust_file.exists()
        again = tree.call(*words)
        assert again.exit_code == 0, f"cut at {number}, after {done[-1:]}: {again.output} {again.exception!r}"
        assert OfficeHome(load_settings(tree.settings)).trust().trust.version == 1
    assert number > 15


def _writers() -> list[str]:
    import sys

    return [
        name
        for name, module in sys.modules.items()
        if name.split(".")[0] in ("langso", "office", "deploy") and hasattr(module, "write_atomic")
    ]


def test_two_at_once_are_refused(machine: Make) -> None:
    from langso.durable.errors import AlreadyRunning
    from langso.durable.single_instance import SingleInstance

    tree = machine("office", "office")
    with SingleInstance(tree.root / "run/langso-setup.lock"):
        said = tree.call(*OFFICE)
    assert isinstance(said.exception, AlreadyRunning)
    assert not tree.draft.exists()


def test_a_machine_of_another_role_is_refused(office: Tree, machine: Make) -> None:
    assert isinstance(office.call("--role", "speaker").exception, SetupRefused)
    tree = machine("speaker", "speaker")
    tree.settings.parent.mkdir(parents=True)
    tree.settings.write_bytes(office.settings.read_bytes())
    said = tree.call()
    assert isinstance(said.exception, SetupRefused)
    assert "«office»" in str(said.exception)


def test_without_package_and_role_it_says_which_package(machine: Make) -> None:
    said = machine("bare", "").call(*OFFICE)
    assert isinstance(said.exception, SetupRefused)
    assert "langso-VAI_TRÒ" in str(said.exception)


def test_what_is_missing_unattended_is_named_by_its_option(machine: Make) -> None:
    said = machine("office", "office").call("--commune-name", "Xã Hoa Sơn", "--commune", "hoa-son")
    assert isinstance(said.exception, NotYet)
    said = machine("bare", "speaker").call()
    assert isinstance(said.exception, AnswerMissing)
    assert "--commune-name" in str(said.exception)


@pytest.mark.parametrize("bad", ["Hoa Sơn", "../x", "-x", "a" * 80])
def test_a_bad_code_is_refused_with_a_suggestion(machine: Make, bad: str) -> None:
    tree = machine("office", "office")
    said = tree.call("--commune-name", "Xã Hoa Sơn", "--commune", bad, "--device", "vp")
    assert isinstance(said.exception, DeployError)
    assert not tree.draft.exists()


def test_settings_with_mistakes_stop_it_with_every_mistake(machine: Make) -> None:
    tree = machine("office", "office")
    tree.settings.parent.mkdir(parents=True)
    tree.settings.write_text('[commune]\ncode = "HOA"\n[device]\nid = "vp"\nrole = "office"\n')
    said = tree.call()
    assert "Tệp cài đặt" in str(said.exception)


def test_check_tells_and_touches_nothing(machine: Make, office: Tree) -> None:
    bare = machine("bare", "office")
    before = sorted(bare.root.rglob("*"))
    said = bare.call("--check")
    assert said.exit_code == 0
    assert "khoá gốc" in said.output
    assert sorted(bare.root.rglob("*")) == before
    finished = office.call("--check").output
    for part in ("Đã lập xã", "Đã có chứng thư máy chủ tin", "Đã có tài khoản"):
        assert part in finished


def test_a_small_commune_is_warned_and_served(
    machine: Make, sticks: list[Path], phrase: Path, account_words: list[str]
) -> None:
    tree = machine("office", "office")
    said = tree.call(
        *OFFICE,
        *("--root-count", "1", "--root-threshold", "1", "--root-stick", sticks[0], "--holder", "Chủ tịch xã"),
        *("--passphrase-file", phrase, "--not-a-stick", *account_words),
    )
    assert said.exit_code == 0, f"{said.output} {said.exception!r}"
    assert "CHÚ Ý: chỉ một khoá gốc" in said.output


def test_a_folder_that_is_no_stick_gets_no_key(machine: Make, sticks: list[Path], phrase: Path) -> None:
    said = machine("office", "office").call(
        *OFFICE, "--root-stick", sticks[0], "--holder", "Chủ tịch xã", "--passphrase-file", phrase
    )
    assert "--not-a-stick" in str(said.exception)
    assert list(sticks[0].iterdir()) == []


def test_a_new_name_of_the_machine_comes_into_the_brokers_certificate(office: Tree) -> None:
    said = office.call("--name", "xa.hoa-son.lan")
    assert said.exit_code == 0, said.output
    certificate = office.root / "etc/langso/broker/broker.pem"
    assert "xa.hoa-son.lan" in names_in(certificate.read_bytes())
    before = certificate.read_bytes()
    assert office.call().exit_code == 0
    assert certificate.read_bytes() == before


def test_an_offices_code_can_be_mended_until_a_root_key_bears_it(
    machine: Make, sticks: list[Path], phrase: Path
) -> None:
    tree = machine("office", "office")
    wrong = ("--commune", "hoa-sno", "--commune-name", "Xã Hoa Sno", "--device", "van-phong")
    begun = tree.call(*wrong, "--root-count", "3", "--root-threshold", "2")
    assert "Còn thiếu 3 khoá gốc" in str(begun.exception)
    assert load_settings(tree.draft).commune.code == "hoa-sno"
    first = tree.call(
        *OFFICE, "--root-stick", sticks[0], "--holder", "A", "--passphrase-file", phrase, "--not-a-stick"
    )
    assert isinstance(first.exception, NotYet), first.output
    assert "mã xã: hoa-sno → hoa-son" in first.output
    late = tree.call("--commune", "xa-khac")
    assert isinstance(late.exception, SetupRefused)
    assert str(tree.draft) in str(late.exception)
    assert load_settings(tree.draft).commune.code == "hoa-son"


def test_the_installation_stick_takes_no_root_key_in_the_guide(
    machine: Make, sticks: list[Path], phrase: Path
) -> None:
    from langso.trust.roots.ceremony import make_key
    from langso.trust.roots.passphrase_cipher import QUICK

    # Nor is one taken that was put there by hand.
    make_key(sticks[1], PHRASE, commune="hoa-son", holder="B", now=datetime.now(UTC), cost=QUICK)
    for stick in sticks[:2]:
        (stick / "langso").mkdir()
        (stick / "langso/cai-dat.sh").write_text("")
        tree = machine(f"office-{stick.name}", "office")
        said = tree.call(
            *OFFICE, "--root-stick", stick, "--holder", "A", "--passphrase-file", phrase, "--not-a-stick"
        )
        assert "USB cài đặt" in str(said.exception)
        assert b"public_key" not in (tree.state("office") / "founding.json").read_bytes()
    assert list(sticks[0].glob("*.key")) == []


def test_a_damaged_draft_is_told_not_begun_anew(machine: Make, sticks: list[Path], phrase: Path) -> None:
    tree = machine("office", "office")
    tree.call(*OFFICE, "--root-stick", sticks[0], "--holder", "A", "--passphrase-file", phrase, "--not-a-stick")
    draft = tree.state("office") / "founding.json"
    draft.write_bytes(draft.read_bytes()[:-9])
    said = tree.call()
    assert isinstance(said.exception, SetupRefused)
    assert "bị hỏng" in str(said.exception)
