from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from langso.courier.errors import CourierRefused
from langso.courier.letters import Direction, Letter
from langso.courier.spool import (
    MAX_WAITING,
    Attached,
    LetterOutcome,
    Outcome,
    Spool,
    Wanted,
    letters_in,
    outgoing_in,
)
from langso.courier.watch import CourierWatch
from langso.errors import LangsoError
from langso.words.catalogue import Sentence

PLAN, TRUST = Letter("plan"), Letter("trust")
SHA = "a" * 64


class Program:
    """A correspondent that writes down what it is given."""

    direction: Direction = "to-devices"

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.fault: Exception | None = None
        self.out: list[tuple[Letter, bytes]] = []
        self.files: list[tuple[Attached, Path]] = []

    def take_letter(self, letter: Letter, raw: bytes, files: dict[str, Path]) -> Outcome:
        if self.fault is not None and letter == PLAN:
            raise self.fault
        self.taken.append((letter.name, raw))
        return "taken"

    def take_file(self, file: Path) -> Outcome:
        self.taken.append((file.name, file.read_bytes()))
        return "taken"

    def wanted(self) -> Iterable[Wanted]:
        return [Wanted(sha256=SHA, size=3)]

    def outgoing(self) -> tuple[list[tuple[Letter, bytes]], list[tuple[Attached, Path]]]:
        return self.out, self.files


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path)
    made.begin()
    return made


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def watch(tmp_path: Path, program: Program) -> CourierWatch:
    return CourierWatch(tmp_path, program)


def test_letters_are_taken_in_their_order_then_files_and_each_is_answered(
    spool: Spool, watch: CourierWatch, program: Program
) -> None:
    id = spool.bring([(PLAN, b"p"), (TRUST, b"t")], [(SHA, 3, iter([b"s", b"nd"]))])
    assert spool.answer(id) is None
    watch.look()
    assert program.taken == [("trust.json", b"t"), ("plan.json", b"p"), (SHA, b"snd")]
    answer = spool.answer(id)
    assert answer is not None
    assert [(one.name, one.outcome) for one in answer.outcomes] == [
        ("trust.json", "taken"), ("plan.json", "taken"), (SHA, "taken"),
    ]  # fmt: skip
    assert answer.wanted == (Wanted(sha256=SHA, size=3),)
    # Told once, and nothing is left.
    assert spool.answer(id) is None
    assert list(spool.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (LangsoError(Sentence("courier-dossier-without-file")), "refused"),
        (OSError(28, "No space left on device"), "failed"),
    ],
)
def test_one_that_is_refused_costs_no_other(
    spool: Spool, watch: CourierWatch, program: Program, fault: Exception, outcome: str
) -> None:
    program.fault = fault
    id = spool.bring([(PLAN, b"p"), (TRUST, b"t")], [])
    watch.look()
    answer = spool.answer(id)
    assert answer is not None
    assert [(one.name, one.outcome) for one in answer.outcomes] == [("trust.json", "taken"), ("plan.json", outcome)]
    assert answer.outcomes[1].why


def test_what_a_full_card_says_is_said_in_words(spool: Spool, watch: CourierWatch, program: Program) -> None:
    program.fault = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    id = spool.bring([(PLAN, b"p")], [])
    watch.look()
    answer = spool.answer(id)
    assert answer is not None
    assert answer.outcomes[0].why == str(Sentence("os-no-space"))


def test_what_waits_to_go_is_given_without_being_copied(
    spool: Spool, watch: CourierWatch, program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "dossier.age"
    file.write_bytes(b"cipher")
    gone = tmp_path / "gone.age"
    program.out = [(Letter("state", device="loa-1"), b"s")]
    program.files = [(Attached(sha256=SHA, size=6), file), (Attached(sha256="b" * 64, size=6), gone)]
    id = spool.ask()
    watch.look()
    folder = spool.given(id)
    assert folder is not None
    assert letters_in(folder, "to-office") == program.out
    assert (folder / SHA).samefile(file)
    assert [one.sha256 for one in outgoing_in(folder).files] == [SHA]
    spool.forget(id)
    assert list(spool.folder.iterdir()) == []
    assert file.read_bytes() == b"cipher"


def test_no_more_than_some_batches_wait(spool: Spool) -> None:
    for _ in range(MAX_WAITING):
        spool.bring([(PLAN, b"p")], [])
    with pytest.raises(CourierRefused, match="doctor"):
        spool.bring([(PLAN, b"p")], [])


def test_the_batch_that_came_first_is_taken_first(spool: Spool, watch: CourierWatch, program: Program) -> None:
    ids = [spool.bring([(Letter("order", device=f"loa-{number}"), b"o")], []) for number in range(6)]
    for age, id in enumerate(ids):
        os.utime(spool.folder / f"in-{id}", (1000.0 - age, 1000.0 - age))
    watch.look()
    assert [name for name, _ in program.taken] == [f"order.loa-{number}.json" for number in reversed(range(6))]


def test_where_no_program_ever_ran_nothing_is_laid_down(tmp_path: Path) -> None:
    with pytest.raises(CourierRefused, match="chưa chạy"):
        Spool(tmp_path).bring([(PLAN, b"p")], [])
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_while_it_is_laid_down_leaves_nothing(spool: Spool) -> None:
    def pulled() -> Iterator[bytes]:
        yield b"s"
        raise OSError("pulled")

    with pytest.raises(OSError, match="pulled"):
        spool.bring([(PLAN, b"p")], [(SHA, 3, pulled())])
    assert list(spool.folder.iterdir()) == []


def test_after_a_power_cut_a_batch_is_taken_and_halves_are_gone(spool: Spool, watch: CourierWatch) -> None:
    id = spool.bring([(PLAN, b"p")], [])
    (spool.folder / ".new-0123456789abcdef").mkdir()
    asked = spool.ask()
    spool.begin()
    assert [batch.id for batch in spool.waiting()] == [id]
    assert spool.given(asked) is None
    watch.look()
    assert spool.answer(id) is not None


def test_a_program_that_restarts_leaves_alone_what_a_courier_lays(spool: Spool, watch: CourierWatch) -> None:
    def slow() -> Iterator[bytes]:
        yield b"s"
        # Before all of it lies there, the program dies and starts anew.
        Spool(spool.folder.parent).begin()
        yield b"nd"

    id = spool.bring([(PLAN, b"p")], [(SHA, 3, slow())])
    watch.look()
    answer = spool.answer(id)
    assert answer is not None
    assert [one.name for one in answer.outcomes] == ["plan.json", SHA]


def test_what_a_courier_asked_for_is_given_after_a_restart_and_kept_while_it_is_carried_off(
    spool: Spool, watch: CourierWatch, program: Program
) -> None:
    program.out = [(PLAN, b"p")]
    with spool.visiting():
        asked = spool.ask()
        spool.begin()
        watch.look()
        given = spool.given(asked)
        assert given is not None
        spool.begin()
        assert letters_in(given, "to-devices") == [(PLAN, b"p")]
    # It has gone without a word, its cord pulled: the next start removes what it left.
    spool.begin()
    assert list(spool.folder.iterdir()) == []


def test_a_courier_that_was_killed_holds_nothing(spool: Spool, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from langso.courier.spool import Spool
spool = Spool(Path(sys.argv[1]))
with spool.visiting():
    spool.ask()
    print("asked", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as killed:  # fmt: skip
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"asked\n"
        spool.begin()
        assert len(spool.waiting()) == 1
        killed.kill()
    spool.begin()
    assert spool.waiting() == []


def test_the_folder_of_batches_is_durable_before_any_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("langso.durable.files.sync_folder", synced.append)
    Spool(tmp_path).begin()
    assert synced == [tmp_path]
    assert (tmp_path / "courier").stat().st_mode & 0o777 == 0o700


def test_answers_that_nobody_fetched_do_not_gather(spool: Spool, watch: CourierWatch) -> None:
    old, fresh = (spool.bring([(PLAN, b"p")], []) for _ in range(2))
    watch.look()
    os.utime(spool.folder / f"done-{old}.json", (1000.0, 1000.0))
    spool.begin()
    assert spool.answer(old) is None
    assert spool.answer(fresh) is not None
    assert list(spool.folder.iterdir()) == []


def test_an_answer_that_is_none_says_what_to_do(spool: Spool) -> None:
    (spool.folder / "done-0123456789abcdef.json").write_bytes(b"{")
    with pytest.raises(CourierRefused, match="làm lại"):
        spool.answer("0123456789abcdef")


def test_a_program_killed_while_it_takes_a_batch_is_given_all_of_it_again(
    spool: Spool, watch: CourierWatch, program: Program, tmp_path: Path
) -> None:
    script = """
import sys
from pathlib import Path
from test_spool import PLAN, Program
from langso.courier.watch import CourierWatch
class Hanging(Program):
    def take_letter(self, letter, raw, files):
        print(letter.name, flush=True)
        return super().take_letter(letter, raw, files) if letter != PLAN else sys.stdin.read()
CourierWatch(Path(sys.argv[1]), Hanging()).look()
"""
    id = spool.bring([(PLAN, b"p"), (TRUST, b"t")], [(SHA, 3, iter([b"snd"]))])
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path},
    ) as killed:  # fmt: skip
        assert killed.stdout is not None
        assert [killed.stdout.readline(), killed.stdout.readline()] == [b"trust.json\n", b"plan.json\n"]
        killed.kill()
    assert spool.answer(id) is None
    spool.begin()
    watch.look()
    assert [name for name, _ in program.taken] == ["trust.json", "plan.json", SHA]
    assert spool.answer(id) is not None


def test_an_outcome_has_a_bounded_size() -> None:
    with pytest.raises(ValueError, match="name"):
        LetterOutcome(name="x" * 500, outcome="taken")
