"""What `langso office` says in the language made for tests: every line and every refusal comes from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from visible_words import strangers

from langso.contract import Account
from langso.settings.model import OfficeSettings
from langso.settings.reading import write_settings
from langso.words import catalogue, ftl
from langso.words.catalogue import FOLDER, Sentence
from langso.words.language import use_language
from office.commands import office
from office.founding.console_ca import ensure_console_certificate
from office.publishing.catalogue import CatalogueFile
from office.signer.asked import codes

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHRASE = "bốn con trâu đi cày"
UNHEARD = {
    "office-signer-name": "a second copy of a service: tests/langso/durable/test_single_instance.py",
    "office-signer-waits": "what systemd shows of a service",
    "office-web-name": "a second copy of a service: tests/langso/durable/test_single_instance.py",
    "office-web-address": "a service that runs until it is stopped",
    "office-web-connected": "what systemd shows of a service",
    "office-web-not-connected": "what systemd shows of a service",
    "office-not-in-rights": "a list of rights that no founding makes",
    "office-compare-then-sign": "tests/office/founding: an office is founded once",
    "office-not-withdrawn": "needs a signer that stops between two signatures",
    "office-not-cleared": "needs a signer that stops between two signatures",
    "office-trust-applied": "tests/office/founding/test_trust_changes.py: needs signatures",
    "office-trust-sends": "tests/office/founding/test_trust_changes.py: needs signatures",
}
KNOWN = re.compile(
    "|".join(
        (
            "Là\\wg Số|Xã Hoa Sơn|Nước lên|Mời họp|người giữ \\d|van-phong|Lan\\b|lan\\b|LAN\\b|loa-\\w+|hoa-son",
            "Aborted!|⟧: [ny]$",
            "https?://[\\w./:-]+|ten-may\\.local|localhost|127\\.0\\.0\\.1|/[\\w./-]+|[bu]\\d{8}-\\w+|root\\b",
            "\\b[0-9a-f]{16}\\b|\\b[0-9A-F]{40}\\b|(?:\\b[0-9A-F]{4}\\b[ \n]?)+",
            '[\u2580-\u259f\u2588]|`[\\w = "]+`|\\[office\\]',
            # What the log keeps: codes of what was done; who gives orders.
            "account|roles|desk|writer|disable|set\\b|one_time|draft|send|urgent|withdraw|all_clear|login|office \\(",
            "(?:[a-z0-9]{5}-){3}[a-z0-9]{5}",
            "(?:[A-Z2-7]{4} ?){8}|(?:[0-9]{4} ?){4}",
            "thon-[\\w-]+|Thôn \\d|talk-give|talk-withdraw",
            "seal|passphrase|remove|officer|age1[a-z0-9]+|stream\\.vov\\.vn|\\bphi\\b|fees-1",
        )
    )
)


def entered_before(call: Any) -> str:
    """An account that staff of release 0.2 entered, when the catalogue alone said whose it is."""
    account = Account(bin="970405", number="1234567890", holder="LAN")
    call.world.home.catalogue_file.write_bytes(CatalogueFile(accounts=(account,)).to_json())
    return ""


def talked_before(call: Any) -> str:
    """What a loudspeaker's receipts told of a village head's talk."""
    now = datetime.now(UTC).isoformat()
    with call.world.office.store.transaction() as db:
        db.execute(
            "INSERT INTO plays (device, occurrence, title, started_at, ended_at, outcome, code, heard_ms, why, kind)"
            " VALUES ('loa-1', 'talk-a', '', ?, ?, 'played', 'released', 61000, '', 'talk')",
            [now, now],
        )
    return ""


@pytest.fixture
def call(make_office: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`langso office …` at an office with its own authority, in the language made for tests."""
    world = make_office()
    world.settings = world.settings.model_copy(update={"office": OfficeSettings(https="own", names="ten-may.local")})
    ensure_console_certificate(world.home, datetime.now(UTC))
    world.reopen()
    world.reporter("loa-1")
    file = tmp_path / "langso.toml"

    def run(*words: str, typed: str = "", **changed: object) -> str:
        own = world.settings.office.model_copy(update=changed)
        file.write_text(write_settings(world.settings.model_copy(update={"office": own})), encoding="utf-8")
        done = CliRunner().invoke(office, [*words, "--settings", str(file)], input=typed)
        return done.output + (str(done.exception) if done.exception is not None else "")

    run.world = world  # type: ignore[attr-defined]
    use_language("qps")
    yield run
    use_language("vi")


def test_what_the_commands_say_the_catalogue_says(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: set[str] = set()
    render = catalogue._render

    def listening(sentence: Sentence, *more: Any) -> str:
        heard.add(sentence.id)
        return render(sentence, *more)

    monkeypatch.setattr(catalogue, "_render", listening)
    out = ("-o", str(tmp_path / "x.json"))
    said = [
        call("staff", "list"),
        call("staff", "add", "Lan"),
        call("staff", "add", "Lan", "--password-stdin", typed=f"{PHRASE}\n"),
        call("staff", "roles", "lan", "desk"),
        call("staff", "list"),
        call("staff", "remove", "lan"),
        call("staff", "list"),
        call("account", "list"),
        call("account", "add", "--id", "phi", "--bin", "970405", "--number", "1234567890", "--holder", "LAN", *out),
        call(
            "account", "add", "--id", "phi", "--bin", "1", "--number", "1", "--holder", "LAN", "--from", "1.1.", *out
        ),
        call("account", "remove", "phi", *out),
        entered_before(call),
        call("account", "list"),
        call("trust", "vouch", *out),
        call("trust", "relays", "stream.vov.vn", *out),
        call("ca", "--qr", "--out", str(tmp_path / "goc.crt")),
        call("ca", http_port=0),
        call("ca", "--new", typed="n\n"),
        call("ca", https="off"),
        call("trust", "show"),
        call("trust", "renew", *out),
        call("trust", "limits", *out),
        call("trust", "limits", "--volume", "60", *out),
        call("trust", "revoke", "loa-9", *out),
        call("trust", "revoke", "loa-1", *out),
    ]
    phrases = tmp_path / "cau"
    phrases.write_text("bon con trau di cay ruong nuoc")
    new = ("--passphrase-file", str(phrases))
    sheet = tmp_path / "khoi-phuc.json"
    sealing = call("desk", "seal", "--login", "lan", "-o", str(sheet), *new)
    recovery = tmp_path / "khoi-phuc"
    recovery.write_text(sealing.strip().splitlines()[-1].strip())
    said += [
        sealing.rsplit("\n", 2)[0],
        call("desk", "seal", "--login", "lan", "-o", str(sheet), *new),
        call("desk", "recover", "--login", "lan", "--recovery-file", str(recovery), *new),
        call("desk", "recover", "--login", "lan", "--sheet", str(sheet), "--recovery-file", str(recovery), *new),
        call("desk", "recover", "--login", "lan", "--sheet", str(phrases), "--recovery-file", str(recovery), *new),
        call("desk", "remove", "lan"),
        call("desk", "remove", "lan"),
        call("desk", "destroy", "2026-11", "--yes"),
        call("desk", "destroy", "11", "--yes"),
    ]
    said += [
        call("talk", "list"),
        call("talk", "give", "thon-khong-co"),
        call("talk", "give", "thon-1", "--until", "32/13"),
        call("talk", "give", "thon-1", "--day", "5"),
        talked_before(call),
        call("talk", "list"),
        call("talk", "withdraw", "thon-1"),
        call("talk", "list"),
    ]
    sent = call("say", "Mời họp.", "--at", "+600", "--to", "all", "--title", "Lan")
    id = re.findall(r"b\d{8}-\w+", sent)[0]
    alarm = call("urgent", "Nước lên.")
    said += [sent, alarm, call("clear"), call("withdraw", id), call("withdraw", "loa-9")]
    monkeypatch.setattr(codes, "new_secret", lambda: SECRET)
    shown = pyotp.TOTP(SECRET).at(datetime.now(UTC))
    said += [
        call("signer", "list"),
        call("signer", "two-people", "always"),
        call("signer", "codes", "lan", "--approves"),
        call("signer", "list"),
        call("signer", "two-people", "whole"),
        call("signer", "two-people", "never"),
        call("signer", "revoke", "lan"),
        call("signer", "enrol", "lan", "--no-alarms", typed=f"000000\n{shown}\n"),
        call("signer", "codes", "lan", "--no-alarms"),
        call("signer", "invite", "lan"),
        call("signer", "list"),
        call("withdraw", "loa-9"),
        call("signer", "revoke", "lan"),
        call("signer", "revoke", "lan"),
        call("signer", "release", typed="n\n"),
        call("signer", "release", typed="y\n"),
        call("signer", "clock", typed="n\n"),
        call("signer", "clock", typed="y\n"),
    ]
    call.world.stop_signer()
    said += [call("say", "Mời họp.", "--at", "+900", "--to", "all"), call("audit", "list"), call("audit", "verify")]
    wrong = [f"{words} in {line}" for text in said for line in text.splitlines() if (words := strangers(line, KNOWN))]
    assert not wrong, "\n".join(wrong)
    wanted = ftl.split((FOLDER / "vi/office/office.ftl").read_text(encoding="utf-8")).keys() - heard
    assert not wanted - UNHEARD.keys(), "\n".join(sorted(wanted - UNHEARD.keys()))
    assert not UNHEARD.keys() - wanted, "they are heard by now"
