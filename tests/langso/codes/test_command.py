"""`langso code parse` at the command line, and the limits of what it takes."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner

from langso.code_command import code
from langso.codes import MAX_TEXT, TextTooLong, emv, parse

FEE = emv.write(emv.for_fee("970415", "000000000001", 8000, "H29.16-250701-0001"))


def test_json_is_one_line_with_vietnamese_letters() -> None:
    result = CliRunner().invoke(code, ["parse", "--json", "001095000001||Người Mẫu|05031995|Nam|Hà Nội|10052021"])
    assert result.exit_code == 0
    assert set(json.loads(result.output)) == {"kind", "fields", "problems"}
    assert result.output.count("\n") == 1
    assert "Người Mẫu" in result.output


def test_a_person_is_told_the_amount_in_words_and_the_account_masked() -> None:
    output = CliRunner().invoke(code, ["parse", FEE]).output
    assert "8.000 đ (tám nghìn đồng)" in output
    assert "VietinBank" in output
    assert "0000******01" in output
    assert "000000000001" not in output


@pytest.mark.parametrize("text", [FEE, FEE + "\r\n"])
def test_a_dash_reads_standard_input(text: str) -> None:
    result = CliRunner().invoke(code, ["parse", "--json", "-"], input=text)
    assert json.loads(result.output)["fields"]["amount_vnd"] == 8000


def test_standard_input_that_is_no_text_is_an_unknown_code() -> None:
    result = CliRunner().invoke(code, ["parse", "--json", "-"], input=b"\xff\xfe\x00")
    assert json.loads(result.output)["kind"] == "unknown"


def test_text_that_begins_with_a_hyphen_is_no_option() -> None:
    assert CliRunner().invoke(code, ["parse", "--json", "-x1"]).exit_code == 0


@pytest.mark.parametrize(
    ("args", "given"), [(["x" * (MAX_TEXT + 1)], None), (["-"], "x" * (MAX_TEXT + 1)), (["-"], "x" * 99_999)]
)
def test_more_than_a_code_can_hold_is_refused(args: list[str], given: str | None) -> None:
    result = CliRunner().invoke(code, ["parse", *args], input=given)
    assert isinstance(result.exception, TextTooLong)


def test_the_reader_itself_refuses_too_much() -> None:
    parsed = parse("0" * (MAX_TEXT + 1))
    assert parsed.kind == "unknown"
    assert parsed.problems


@pytest.mark.parametrize(
    "text",
    [
        "000201" + "0101" * 1072,
        "https://" + "H29.1-2507" * 428,
        "001095000001" + "|" * 4200,
        "A" * MAX_TEXT,
        "đ" * MAX_TEXT,
    ],
)
def test_the_largest_codes_are_read_at_once(text: str) -> None:
    # Processor time: what others do to the machine is not the code's fault.
    start = time.thread_time()
    parse(text)
    assert time.thread_time() - start < 1.0
