"""Which passwords are refused: short ones, and those that others try first. Pure.

They are looked at without marks, spaces and capitals, as whoever guesses writes them. The list of common passwords
comes with zxcvbn; Vietnamese words and what this very place suggests are added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from langso.words import fold, nfc
from langso.words.catalogue import Sentence
from office.errors import PasswordRefused

MAX_PASSWORD = 256
LEAST_VARIED = 6
LEAST_OTHER = 5
"""Letters that must be left beside two words that others try, a number and a run of keys."""
COMMON = 10_000
"""How many of the commonest passwords are on the list."""
_SHORTEST_COMMON, _SHORTEST_OWN, _LONGEST = 4, 3, 24
# What people of this country, this program and this office try first; without marks.
_VIETNAMESE = (
    "matkhau password administrator admin quantri quanly nguoidung taikhoan dangnhap abcd abcdef anhyeuem emyeuanh",
    "yeuem yeuanh toiyeuvietnam vietnam hanoi saigon hochiminh haiphong danang langso truyenthanh loaphuongthanh",
    "uybannhandan uyban ubnd ubndxa ubndphuong vanphong vanthu vanhoa congan chutich xahoi hanhchinh hanhchinhcong",
    "gialai congthongtin bimat khongbiet giadinh hanhphuc doclap tudo xinchao iloveyou",
)
_LEET = str.maketrans("013457@$!", "oieastasi")


def checked_password(password: str, login: str, shortest: int, own: Iterable[str] = ()) -> str:
    """The password, NFC, where it is long enough and not one that others try first: a common one, one made of `own`
    (the person's name, the commune's), of keys in a row, or of few characters. Raises PasswordRefused.
    """
    given = nfc(password)
    if len(given) < shortest:
        raise PasswordRefused(Sentence("people-password-short", shortest=shortest))
    if len(given) > MAX_PASSWORD:
        raise PasswordRefused(Sentence("people-password-long", most=MAX_PASSWORD))
    plain, theirs = _plain(given), frozenset(_own_words((login, *own)))
    if len(set(plain)) < 4 or len(_without_runs(plain)) < LEAST_VARIED:
        raise PasswordRefused(Sentence("people-password-guessed"))
    for spelt in dict.fromkeys((fold(given).casefold(), fold(given).casefold().translate(_LEET))):
        if _left(spelt, _common(), theirs) < LEAST_OTHER:
            guessed = _left(spelt, _common(), frozenset()) < LEAST_OTHER
            raise PasswordRefused(Sentence("people-password-guessed" if guessed else "people-password-own"))
    return given


def _plain(text: str) -> str:
    """Without marks, spaces and capitals: "Mật Khẩu" is matkhau."""
    return re.sub(r"[\W_]", "", fold(text)).casefold()


def _own_words(names: Iterable[str]) -> Iterator[str]:
    """Each name as one word, without its first word, and each of its words that is no syllable."""
    for name in names:
        words = [word for word in (_plain(part) for part in re.split(r"[\s._-]+", name)) if word]
        for begin in range(len(words)):
            joined = "".join(words[begin:])
            if len(joined) >= _SHORTEST_OWN:
                yield joined
        yield from (word for word in words if len(word) >= _SHORTEST_OWN)


@cache
def _common() -> frozenset[str]:
    # Read when somebody chooses a password, which is seldom: 13 MB.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    listed = map(_plain, FREQUENCY_LISTS["passwords"][:COMMON])
    return frozenset(" ".join(_VIETNAMESE).split()) | {word for word in listed if len(word) >= _SHORTEST_COMMON}


def _left(text: str, common: frozenset[str], own: frozenset[str]) -> int:
    """How many characters are left at least, beside two words of these lists (or one, as often as it is repeated),
    numbers of at most twelve figures, and runs of four keys or more.
    """
    plain, ends = _plain(text), _ends(text)
    runs = dict(_runs(plain))
    far = len(plain) + 1
    # best[at][used]: what is left of the text before `at` where so many words were taken out of it.
    best = [[far] * 3 for _ in range(len(plain) + 1)]
    best[0][0] = 0
    for at in range(len(plain)):
        number = _number_at(plain, at)
        for used in range(3):
            left = best[at][used]
            if left == far:
                continue
            steps = [(at + 1, used, left + 1)]
            if number:
                steps.append((at + number, used, left))
            if at in runs:
                steps.append((runs[at], used, left))
            for end in range(at + _SHORTEST_OWN, min(at + _LONGEST, len(plain)) + 1):
                word = plain[at:end]
                if at in ends and end in ends and (word in common or word in own):
                    stop = end
                    while plain.startswith(word, stop):
                        stop += len(word)
                    if used < 2:
                        steps.append((stop, used + 1, left))
            for end, words, rest in steps:
                best[end][words] = min(best[end][words], rest)
    return min(best[len(plain)])


def _ends(text: str) -> set[int]:
    """Where a word may begin or end in the text without its signs: anywhere, but in a sentence of three words or more
    only where one of them does.
    """
    words = [_plain(word) for word in re.split(r"[\W_]+", text) if _plain(word)]
    whole = "".join(words)
    if len(words) < 3:
        return set(range(len(whole) + 1))
    ends = {0, len(whole)} | {len("".join(words[:count])) for count in range(len(words))}
    return ends | {at for at in range(1, len(whole)) if whole[at - 1].isdecimal() != whole[at].isdecimal()}


def _number_at(plain: str, at: int) -> int:
    """The length of the number from here to its end (a year, a telephone's); 0 for a longer one or none."""
    found = re.compile(r"[0-9]{1,12}(?![0-9])").match(plain, at)
    return found.end() - at if found else 0


def _runs(plain: str) -> Iterator[tuple[int, int]]:
    """(begin, end) of keys beside each other, letters or figures in their order, and one character repeated."""
    from zxcvbn.matching import sequence_match, spatial_match

    longest: dict[int, int] = {}
    for match in (*spatial_match(plain), *sequence_match(plain)):
        begin, end = int(match["i"]), int(match["j"]) + 1
        if end - begin >= 4:
            longest[begin] = max(end, longest.get(begin, 0))
    yield from longest.items()


def _without_runs(plain: str) -> str:
    """Each repeated character, and each run of three or more digits that count up or down, as its first character."""
    single = re.sub(r"(.)\1+", r"\1", plain)
    kept, at = "", 0
    while at < len(single):
        kept += single[at]
        at += max(_run(single, at, 1), _run(single, at, -1), 1)
    return kept


def _run(text: str, begin: int, step: int) -> int:
    """Length of the run of digits from `begin` in steps of `step` (9 and 0 are neighbours); 1 below three."""
    end = begin + 1
    while (
        end < len(text)
        and text[end - 1 : end + 1].isdecimal()
        and (int(text[end]) - int(text[end - 1]) - step) % 10 == 0
    ):
        end += 1
    return end - begin if end - begin >= 3 else 1
