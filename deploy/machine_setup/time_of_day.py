"""A clock that is plainly wrong is set before anything is signed or certified by it."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime

from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import SetupRefused
from langso import dates
from langso.clock import VIETNAM
from langso.clock_evidence import kernel_synchronised
from langso.errors import os_reason

_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s+(\d{1,2})[:hg](\d{2})")
LAST_YEAR = 2100


def put_right(
    talk: Dialogue,
    built: datetime,
    *,
    given: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    set_clock: Callable[[datetime], None] | None = None,
    synchronised: Callable[[], bool] = kernel_synchronised,
) -> None:
    """Believes a clock that the network disciplines, asks a person about another, sets one that cannot be right.

    `built`: when this program was made; `given`: the option's time. Raises SetupRefused, AnswerMissing.
    """
    there = now()
    possible = built <= there and there.year < LAST_YEAR
    setting = set_clock or _set_clock
    if given is not None:
        setting(_parse(given, built))
    elif possible and synchronised():
        return
    elif not possible:
        talk.say(
            f"Đồng hồ máy đang là {dates.full(there)}: sai (Làng Số bản này làm ngày {dates.full(built)}).",
            mark="warn",
        )
        setting(talk.ask(_QUESTION, "--time", lambda text: _parse(text, built)))
    elif talk.agree(
        f"Đồng hồ máy: {dates.full(there)}, chưa chỉnh theo mạng. Giờ này đúng không?", default=True, unattended=True
    ):
        return
    else:
        setting(talk.ask(_QUESTION, "--time", lambda text: _parse(text, built)))
    talk.say(f"Đã chỉnh đồng hồ: {dates.full(now())}. Khi có mạng, máy tự giữ giờ.")


_QUESTION = "Giờ Việt Nam bây giờ, viết NGÀY/THÁNG/NĂM GIỜ:PHÚT, ví dụ 29/11/2026 20:45"


def _parse(text: str, built: datetime) -> datetime:
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(text)
        day, month, year, hour, minute = map(int, found.groups())
        meant = datetime(year, month, day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)
    except ValueError as error:
        raise SetupRefused("Giờ phải viết như 29/11/2026 20:45; hãy gõ lại.") from error
    if meant < built or meant.year >= LAST_YEAR:
        raise SetupRefused(f"Giờ này trước lúc làm ra bản này ({dates.full(built)}) hoặc quá xa; hãy gõ lại.")
    return meant


def _set_clock(moment: datetime) -> None:
    try:
        time.clock_settime(time.CLOCK_REALTIME, moment.timestamp())
    except OSError as error:
        raise SetupRefused(
            f"Không chỉnh được đồng hồ máy: {os_reason(error)}; hãy chỉnh bằng tay rồi chạy lại."
        ) from error
    program = shutil.which("hwclock")
    if program is not None:
        # A board without a hardware clock has nothing to write to.
        subprocess.run([program, "--systohc", "--utc"], capture_output=True, check=False, timeout=30)
