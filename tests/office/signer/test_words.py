"""What the signer refuses is read in the language of whoever asked, not in the signer's own; over its real socket."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from plans import plan

from langso.contract import Caps, Media, Occurrence, Plan, Programme, QuietHours, TargetSet
from langso.words.catalogue import code_of
from langso.words.language import in_language, use_language
from office.signer.client import SignerClient
from office.signer.errors import SignerRefused, SignerUnreachable
from office.signer.wire import MAX_WORDS, Reply, Request, receive, send

MEDIA = Media(sha256="a" * 64, size=10, duration_ms=1000, codec="opus")


def at_night() -> Plan:
    return plan(
        media=(MEDIA,),
        programmes=(Programme(id="p", title="Họp thôn", media=(0,)),),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=(Occurrence(id="p.1", programme=0, targets=0, start=datetime.now(UTC) + timedelta(hours=1)),),
    )


def refusal(client: SignerClient, document: Plan) -> SignerRefused:
    with pytest.raises(SignerRefused) as told:
        client.sign("plan", document)
    return told.value


@pytest.fixture
def english_signer() -> Iterator[None]:
    use_language("en")
    yield
    use_language("vi")


@pytest.fixture
def quiet_world(make_office: Callable[..., Any]) -> Any:
    # The whole day: equal start and end.
    return make_office(caps=Caps(quiet_hours=(QuietHours(start="21:30", end="21:30"),)))


def test_a_clerk_with_an_english_console_reads_a_vietnamese_signers_refusal_in_english(quiet_world: Any) -> None:
    told = refusal(quiet_world.office.signer, at_night())
    assert code_of(told) == "signer-play-barred"
    assert str(told) == ("Lượt phát p.1 trái quy định của xã: giờ yên tĩnh 21:30 đến 21:30; hãy chọn giờ khác.")
    with in_language("en"):
        assert str(told) == (
            "The play p.1 is against the commune's rules: quiet hours 21:30 to 21:30; choose another time."
        )


def test_a_clerk_with_a_vietnamese_console_reads_an_english_signers_in_vietnamese(
    quiet_world: Any, english_signer: None
) -> None:
    with in_language("vi"):
        assert str(refusal(quiet_world.office.signer, at_night())).startswith("Lượt phát p.1 trái quy định")
        assert str(refusal(quiet_world.office.signer, plan(commune="xa-khac"))).startswith("Văn bản của xã khác;")


def test_beside_the_sentence_goes_its_vietnamese_text_whatever_the_signer_speaks(
    office_world: Any, english_signer: None
) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(office_world.settings.signer.socket))
        send(connection, Request(do="sign", kind="plan", payload=plan(commune="xa-khac").to_json().decode()))
        reply = receive(connection, Reply)
    assert reply is not None
    assert reply.sentence is not None
    assert (reply.refused, reply.sentence.id) == (
        "Văn bản của xã khác; hãy kiểm tra mã xã trong cài đặt.",
        "signer-commune",
    )


def test_what_is_no_refusal_says_nothing_that_an_older_office_would_not_know() -> None:
    assert "sentence" not in Reply(envelope="x").model_dump_json(exclude_defaults=True)


@contextmanager
def answering(path: Path, answer: dict[str, Any]) -> Iterator[SignerClient]:
    """A signer of another release, or one that was taken over: it says this to everybody."""
    body = json.dumps(answer).encode()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1 << 16)
                connection.sendall(struct.pack(">I", len(body)) + body)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield SignerClient(path)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(60)


OLD = {"fault": None, "envelope": "", "counters": [], "heads": []}


@pytest.mark.parametrize(
    "sentence",
    [
        {},
        {"sentence": None},
        {"sentence": {"id": "signer-of-a-later-release", "values": {"n": 1}}},
        {"sentence": {"id": "signer-version-low", "values": {"version": 1}}},
    ],
    ids=["release-before", "none", "unknown", "a-value-short"],
)
def test_a_sentence_that_is_not_known_here_is_read_as_its_text(tmp_path: Path, sentence: dict[str, Any]) -> None:
    words = "Số văn bản 5 không lớn hơn số đã ký (5)."
    with answering(tmp_path / "s.sock", {**OLD, "refused": words, **sentence}) as client, in_language("en"):
        assert str(refusal(client, plan())) == words


@pytest.mark.parametrize(
    "sentence",
    [
        "signer-commune",
        {"id": "signer-commune", "values": {"__class__": "x"}},
        {"id": "signer-commune", "values": {"why": ["x"]}},
        {"id": "signer-commune", "values": {"why": {"id": "no id"}}},
        {"id": "signer-commune", "values": {"why": "x" * 600}},
        {"id": "signer-commune", "values": {"why": {"at": "yesterday"}}},
        {"id": "signer-commune", "values": {f"v{n}": n for n in range(20)}},
        {"id": "signer-commune", "more": 1},
    ],
)
def test_a_sentence_that_is_none_is_no_answer(tmp_path: Path, sentence: object) -> None:
    with answering(tmp_path / "s.sock", {**OLD, "refused": "x", "sentence": sentence}) as client:
        with pytest.raises(SignerUnreachable) as told:
            client.sign("plan", plan())
        assert (told.value.fault, code_of(told.value)) == ("broken", "signer-frame-wrong")


def test_too_many_words_are_no_answer_either(tmp_path: Path) -> None:
    with (
        answering(tmp_path / "s.sock", {**OLD, "refused": "x" * (MAX_WORDS + 1)}) as client,
        pytest.raises(SignerUnreachable),
    ):
        client.sign("plan", plan())
