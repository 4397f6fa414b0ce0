"""How numbers, dates, codes and abbreviations found in a text are spoken, in the northern standard.

Each function takes the match of a pattern of `speech` and returns the words, or None to leave the text as it is.
"""

from __future__ import annotations

import re
from calendar import monthrange

from vn_money import MAX_SAFE_AMOUNT

from . import numbers
from .abbreviations import ABBREVIATIONS, BEFORE_A_NAME, IN_DOCUMENT_NUMBERS, KINDS_OF_DOCUMENT, UNITS
from .letters import letter_name

_Match = re.Match[str]

_DATE_CUE = re.compile(
    r"(?:ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|hôm|từ|đến|trước|sau|lễ|dịp|tết|khánh|niệm|nhật|cn|và|"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])),?\s*\(?$"
)
_DOCUMENT_CUE = re.compile(r"(?:số|thông tư|nghị định|quyết định|nghị quyết|chỉ thị|công văn|luật|kế hoạch)\s*$")
_HOUR_CUE = re.compile(
    r"(?:lúc|từ|đến|tới|khoảng|trước|sau|vào|hồi|sáng|trưa|chiều|tối|[0-9]\s?g(?:[0-9]{2})?\s?[-–])\s*$"
)
_WEEKDAY_CUE = re.compile(r"(?:\bt[2-7]|\bcn|thứ \w{1,3}|sáng|trưa|chiều|tối|ngày|vào)\s?(?:[,\-–&]|và|đến)?\s?$")
_CALL_CUE = re.compile(r"(?:gọi|số|đài|thoại|nóng|hotline|cấp)[:\s]+(?:11[1-5]\s?(?:,|và|hoặc)\s?)*$")
_ROMAN_CUE = re.compile(
    r"(?:khóa|khoá|kỳ|kì|quý|quí|chương|phần|mục|thứ|thế kỷ|cấp|loại|hạng|khu|vùng|tập|đợt|vòng|điều|bậc|lớp|"
    r"đại hội|hội nghị|giai đoạn|tổ|nhóm|bảng|cụm)\s+$"
)
_HOLIDAYS = frozenset(
    {(8, 3), (26, 3), (30, 4), (19, 5), (27, 7), (19, 8), (2, 9), (20, 10), (20, 11), (22, 12), (27, 2), (21, 6)}
)
_SIGNS = {".": " chấm ", "/": " xuyệt ", "@": " a còng ", "-": " gạch ngang ", "_": " gạch dưới ", ":": " hai chấm "}
_ONLY_WITH_A_DOT = frozenset({*(short for short in BEFORE_A_NAME if len(short) == 1), "TT"})
_OVER_TIME = ("giây", "phút", "giờ", "s", "h")
_ROMAN = {"I": 1, "V": 5, "X": 10}


def address(m: _Match) -> str:
    """A web or mail address, sign by sign where signs matter."""
    text = re.sub(r"^https?://", "", m.group()).rstrip("/")
    return " ".join("".join(_address_sign(c) for c in text).split())


def code(m: _Match) -> str:
    """A dossier code, letter by letter and digit by digit, with a breath at every hyphen."""
    return ", ".join(" ".join(_sign(c) for c in part) for part in m.group().split("-"))


def date(m: _Match) -> str:
    """`18/11/2026` -> `ngày mười tám tháng mười một năm hai nghìn không trăm hai mươi sáu`.

    A day that no calendar has is said as it stands: `31/02/2026` -> `ba mươi mốt trên hai trên ...`.
    """
    day, month_, year = int(m["d"]), int(m["m"]), int(m["y"])
    if not is_day(day, month_, year):
        return " trên ".join(numbers.vietnamese(int(part)) for part in re.split(r"[/.\-]", m.group()))
    return f"{_day(m, day)} {_month(month_)} năm {numbers.vietnamese(year)}"


def short_date(m: _Match) -> str | None:
    """`5/12/26`: the same with the year's last two figures."""
    day, month_, year = int(m["d"]), int(m["m"]), 2000 + int(m["yy"])
    if not (is_day(day, month_, year) and 2000 < year < 2040):
        return None
    return f"{_day(m, day)} {_month(month_)} năm {numbers.vietnamese(year)}"


def from_day_to_day(m: _Match) -> str | None:
    """`28/11-2/12`: days of two months, where they are not two parts of something (`2/3 - 3/4 số hộ`)."""
    first, last = (int(m["d"]), int(m["m"])), (int(m["d2"]), int(m["m2"]))
    likely = (
        _DATE_CUE.search(_before(m))
        or m["y"]
        or max(first[0], last[0]) > 12
        or max(first[1], last[1]) > 10
        or "0" in (m["d"][0], m["m"][0], m["d2"][0], m["m2"][0])
    )
    if not (likely and is_day(*first) and is_day(*last)):
        return None
    year = f" năm {numbers.vietnamese(int(m['y']))}" if m["y"] else ""
    return f"{_day(m, first[0])} {_month(first[1])} đến ngày {_day_name(last[0])} {_month(last[1])}{year}"


def several_days(m: _Match) -> str | None:
    """`ngày 5, 6 và 7/12`."""
    each = [int(day) for day in re.findall(r"[0-9]+", m["list"])]
    month_ = int(m["m"])
    if not (re.search(r"ngày\s+$", _before(m)) and all(is_day(day, month_) for day in each)):
        return None
    said = re.sub(r"[0-9]+", lambda day: _day_name(int(day.group())), m["list"])
    year = f" năm {numbers.vietnamese(int(m['y']))}" if m["y"] else ""
    return f"{said} {_month(month_)}{year}"


def dotted_day(m: _Match) -> str | None:
    """`ngày 5.12`."""
    day, month_ = int(m["d"]), int(m["m"])
    if not (re.search(r"ngày\s+$", _before(m)) and is_day(day, month_)):
        return None
    return f"{_day_name(day)} {_month(month_)}"


def weekday(m: _Match) -> str | None:
    """`T2`, `CN` in a list or a range of days of the week."""
    among = re.match(r"\s?(?:[,\-–&]|và|đến)\s?(?:T[2-7]|CN)(?!\w)", m.string[m.end() : m.end() + 12])
    dated = m["n"] is None and re.match(
        r"\s?(?:\(|ngày |hàng tuần|hằng tuần|[0-9]{1,2}/)", m.string[m.end() : m.end() + 12]
    )
    before = _before(m)
    listed = (
        re.search(r"(?:\bt[2-7]|\bcn)\s?(?:[,\-–&]|và|đến)\s?$", before) if m["n"] else _WEEKDAY_CUE.search(before)
    )
    if not (among or listed or dated):
        return None
    if m["n"] is None:
        return "chủ nhật"
    return _ordinal(int(m["n"])) if re.search(r"thứ\s+$", before) else f"thứ {_ordinal(int(m['n']))}"


def days(m: _Match) -> str | None:
    """`18-20/11/2026`: from one day to another of a month."""
    first, last, month_ = int(m["first"]), int(m["d"]), int(m["m"])
    if not (is_day(first, month_) and is_day(last, month_) and first < last):
        return None
    year = f" năm {numbers.vietnamese(int(m['y']))}" if m["y"] else ""
    return f"{_day(m, first)} đến ngày {_day_name(last)} {_month(month_)}{year}"


def month(m: _Match) -> str | None:
    """`11/2026` -> `tháng mười một năm ...`, unless a document's number is meant."""
    value = int(m["m"])
    before = _before(m)
    if not 1 <= value <= 12 or _DOCUMENT_CUE.search(before):
        return None
    if re.search(r"qu[ýí]\s+$", before) and value <= 4:
        return f"{numbers.vietnamese(value)} năm {numbers.vietnamese(int(m['y']))}"
    said = f"{_month(value)} năm {numbers.vietnamese(int(m['y']))}"
    return said.removeprefix("tháng ") if re.search(r"tháng\s+$", before) else said


def document_number(m: _Match) -> str:
    """`39/2020/TT-BTTTT` -> number, year and what its letters stand for."""
    said = [numbers.vietnamese(int(m["n"]))]
    if m["y"]:
        said.append(numbers.vietnamese(int(m["y"])))
    return " trên ".join([*said, " ".join(_document_letters(part) for part in m["letters"].split("-"))])


def document_kind(m: _Match) -> str | None:
    """`NĐ-CP`, `QĐ-UBND`, and in the Party's way `NQ/TW`, `05-NQ/TW`: what kind of document, and whose."""
    issuer, *further = m["issuer"].split("-")
    if m["kind"] not in KINDS_OF_DOCUMENT or issuer in KINDS_OF_DOCUMENT or not _stands_for(issuer):
        return None
    said = " ".join(_document_letters(part) for part in (m["kind"], issuer, *further))
    return f"{numbers.vietnamese(int(m['n']))} {said}" if m["n"] else said


def chainage(m: _Match) -> str:
    """`Km 12+300` -> `ki-lô-mét mười hai cộng ba trăm`; `Km 12` by itself."""
    said = f"ki-lô-mét {numbers.vietnamese(int(m['km']))}"
    return f"{said} cộng {_spell(m['metres'].lstrip('0') or '0')}" if m["metres"] else said


def time(m: _Match) -> str | None:
    """`7h00` -> `bảy giờ`; `17:30` -> `mười bảy giờ ba mươi phút`."""
    hour, minute, second = int(m["h"]), int(m["min"] or 0), int(m["s"] or 0)
    if hour > 24 or minute > 59 or second > 59:
        return None
    said = f"{numbers.vietnamese(hour)} giờ"
    if minute or second:
        said += f" {numbers.vietnamese(minute)} phút"
    return f"{said} {numbers.vietnamese(second)} giây" if second else said


def southern_time(m: _Match) -> str | None:
    """`lúc 7g`, `từ 7 g 30`: grams unless a word of time stands before it."""
    return time(m) if _HOUR_CUE.search(_before(m)) else None


def phone(m: _Match) -> str:
    """A telephone number digit by digit, in groups."""
    text = m.group()
    if text[0] == "(":  # the area's code
        area, _, rest = text[1:].partition(")")
        written = [area, *_runs(rest.strip(" .-"))]
    elif re.fullmatch(r"1[89]00[0-9]+", text):
        written = [text[:4], *numbers.groups(text[4:])]
    else:
        written = _runs(text.removeprefix("+"))
    plus = "cộng " if text.startswith("+") else ""
    return plus + ", ".join(numbers.vietnamese_digits(part) for part in written if part)


def money(m: _Match) -> str:
    """`8.000đ/bản` -> `tám nghìn đồng một bản`."""
    return f"{_spell(m['number'])} đồng{_per(m)}"


def millions(m: _Match) -> str:
    """`2tr5`, `2 tr 500`: what follows counts hundreds of thousands."""
    thousands = int(m["rest"].ljust(3, "0"))
    return f"{numbers.vietnamese(int(m['number']))} triệu {numbers.vietnamese(thousands)} nghìn" + (
        " đồng" if m["dong"] else ""
    )


def thousands(m: _Match) -> str:
    """`500 k`, `500K`: round sums only, for `5K` is a slogan."""
    return f"{_spell(m['number'])} nghìn{_per(m)}"


def unit(m: _Match) -> str:
    """`đ/kg`, `km/h` in a heading or a table, where no number stands before them."""
    return UNITS.get(m.group()) or f"{UNITS.get(m['unit'], 'đồng')}{_per(m)}"


def per_unit(m: _Match) -> str:
    """`tấn/ha`, `người/km²`."""
    return _per(m)


def three_numbers(m: _Match) -> str:
    """`20-20-15`, as on a sack of fertiliser: three numbers, no range."""
    return ", ".join(numbers.vietnamese(int(part)) for part in m.group().split("-"))


def measure(m: _Match) -> str:
    """`5 km/h`, `12,5%`, `30m2`: the number and its unit in words."""
    return f"{_spell(m['number'])} {UNITS[m['unit'] or m['tight']]}{_per(m)}"


def roman(m: _Match) -> str | None:
    """Roman numerals where they can be nothing else: after a word that counts, as a heading, or three signs long."""
    value = _roman_value(m["roman"])
    if value is None:
        return None
    before = _before(m)
    if m["y"]:
        after_quarter = re.search(r"qu[ýí]\s+$", before) and value <= 4
        return f"{numbers.vietnamese(value)} năm {numbers.vietnamese(int(m['y']))}" if after_quarter else None
    # "X. Hòa An" is a commune; the tenth heading follows a ninth.
    one_letter = value in (5, 10) and not re.search(r"\b(?:IX|IV)\b", m.string[: m.start()])
    heading = (
        not one_letter
        and re.search(r"(?:^|\n)[ \t]*$", before)
        and m.string[m.end() : m.end() + 1] in (".", ")", "/")
    )
    if not (_ROMAN_CUE.search(before) or heading or (len(m.group()) >= 3 and m.group() != "XXX")):
        return None
    return _ordinal(value) if re.search(r"thứ\s+$", before) else numbers.vietnamese(value)


def abbreviation(m: _Match) -> str:
    """`UBND` -> `Ủy ban nhân dân`."""
    return ABBREVIATIONS[m.group()]


def place(m: _Match) -> str | None:
    """`TP. Huế` -> `thành phố Huế`; one letter counts only with its dot and before a name or number."""
    following = m.string[m.end() : m.end() + 1]
    if not (following.isupper() or following in "0123456789"):
        return None
    if m["place"] in _ONLY_WITH_A_DOT and not m["dot"]:
        return None
    return BEFORE_A_NAME[m["place"]] + " "


def town(_: _Match) -> str:
    """`TP` by itself."""
    return "thành phố"


def letters(m: _Match) -> str:
    """Capitals that cannot be read as a word, letter by letter."""
    return " ".join(letter_name(c) for c in m.group())


def fraction(m: _Match) -> str:
    """`18/11` as a day where it is one, `2/3` as a part, anything else as `a trên b`."""
    first, second = int(m["a"]), int(m["b"])
    likely = (
        _DATE_CUE.search(_before(m))
        or (first, second) in _HOLIDAYS
        or (first > 12 and first != 24)
        or m["a"][0] == "0"
    )
    if likely and is_day(first, second) and len(m["a"]) <= 2 and len(m["b"]) <= 2:
        return f"{_day(m, first)} {_month(second)}"
    if 0 < first < second <= 10:
        return f"{numbers.vietnamese(first)} phần {'tư' if second == 4 else numbers.vietnamese(second)}"
    return f"{numbers.vietnamese(first)} trên {numbers.vietnamese(second)}"


def number(m: _Match) -> str:
    """Any number left: thousands with dots, decimals with a comma, long runs and leading zeros digit by digit."""
    text = m.group()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)+", text) and not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", text):
        return " chấm ".join(_spell(part) for part in text.split("."))
    before = _before(m)
    if re.fullmatch(r"11[1-5]", text) and _CALL_CUE.search(before):
        return numbers.vietnamese_digits(text)
    if re.fullmatch(r"[0-9]{1,2}", text):
        value = int(text)
        if re.search(r"ngày\s+$", before) and re.match(r"\s+tháng", m.string[m.end() : m.end() + 8]):
            return _day_name(value)
        if re.search(r"tháng\s+$", before) and value == 4:
            return "tư"
        if re.search(r"thứ\s+$", before):
            return _ordinal(value)
    return _spell(text)


def foreign_number(m: _Match) -> str:
    """`1,234,567`: two commas or more can only part thousands."""
    return _spell(m.group().replace(",", ""))


def _spell(text: str) -> str:
    """A number as written: `1.234`, `3,5`, `007`."""
    whole, comma, decimals = text.partition(",")
    if "." in decimals:  # 1,234.5 and the like: neither way of writing, so every sign is said
        return " phẩy ".join(_spell(part.replace(".", "")) for part in text.split(","))
    whole = whole.replace(".", "")
    if (len(whole) > 8 and "." not in text) or (len(whole) > 2 and whole[0] == "0") or int(whole) > MAX_SAFE_AMOUNT:
        said = ", ".join(numbers.vietnamese_digits(part) for part in numbers.groups(whole))
    else:
        said = numbers.vietnamese(int(whole))
    if not comma:
        return said
    as_digits = decimals[0] == "0" or len(decimals) > 2
    return f"{said} phẩy {numbers.vietnamese_digits(decimals) if as_digits else numbers.vietnamese(int(decimals))}"


def _before(m: _Match) -> str:
    return m.string[max(0, m.start() - 24) : m.start()].lower()


def is_day(day: int, month_: int, year: int = 2000) -> bool:
    """Whether the calendar has it."""
    # Without a year the 29th of February may be meant of a leap year.
    return 1 <= month_ <= 12 and year > 0 and 1 <= day <= monthrange(year, month_)[1]


def _day(m: _Match, day: int) -> str:
    before = _before(m)
    if re.search(r"(?:mùng|mồng)\s+$", before):
        return numbers.vietnamese(day)
    return _day_name(day) if re.search(r"(?:ngày|hôm)\s+$", before) else f"ngày {_day_name(day)}"


def _day_name(day: int) -> str:
    return f"mùng {numbers.vietnamese(day)}" if 1 <= day <= 10 else numbers.vietnamese(day)


def _month(value: int) -> str:
    return "tháng tư" if value == 4 else f"tháng {numbers.vietnamese(value)}"


def _ordinal(value: int) -> str:
    return {1: "nhất", 4: "tư"}.get(value) or numbers.vietnamese(value)


def _per(m: _Match) -> str:
    return "".join(_one_of(word.strip()) for word in m["per"].split("/")[1:])


def _one_of(word: str) -> str:
    said = {"s": "giây", "h": "giờ"}.get(word) or UNITS.get(word, word)
    # A speed is so much "over" an hour; a price is so much for "one" of something.
    return f" trên {said}" if word in _OVER_TIME else f" một {said}"


def _address_sign(c: str) -> str:
    if c in "0123456789":
        return f" {numbers.vietnamese_digits(c)} "
    return _SIGNS.get(c) or (c if c.isalpha() else " ")


def _sign(c: str) -> str:
    if c in "0123456789":
        return numbers.vietnamese_digits(c)
    return "chấm" if c == "." else letter_name(c)


def _stands_for(piece: str) -> str | None:
    return IN_DOCUMENT_NUMBERS.get(piece) or ABBREVIATIONS.get(piece)


def _document_letters(part: str) -> str:
    match = re.fullmatch(r"(.*?)([0-9]*)", part)
    assert match is not None
    said = [_stands_for(piece) or " ".join(letter_name(c) for c in piece) for piece in match[1].split("&")]
    return " và ".join(said) + (f" {numbers.vietnamese(int(match[2]))}" if match[2] else "")


def _runs(text: str) -> list[str]:
    """Digits as their writer grouped them, or in threes."""
    written = [re.sub(r"[^0-9]", "", part) for part in re.split(r"[ .\-]", text)]
    return written if len(written) > 1 else numbers.groups(written[0])


def _commune(m: _Match) -> bool:
    """`X. Hòa An`: a tenth heading has a ninth before it."""
    return m["roman"] == "X" and m.string.find("IX", 0, m.start()) < 0


def _roman_value(text: str) -> int | None:
    # Only the canonical spelling counts, or `IIX` and `VX` would be read as numbers.
    if not re.fullmatch(r"X{0,3}(?:IX|IV|V?I{0,3})", text):
        return None
    values = [_ROMAN[c] for c in text]
    return sum(-v if v < nxt else v for v, nxt in zip(values, [*values[1:], 0], strict=True))
