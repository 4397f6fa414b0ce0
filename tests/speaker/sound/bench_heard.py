"""How often a programme is called heard that was not, and missed that was: espeak-ng's voices among wind and talk.

`python tests/speaker/sound/bench_heard.py [COUNT]`: the limits in `speaker.sound.heard` were fitted with this.
"""

from __future__ import annotations

import functools
import io
import random
import subprocess
import sys

import numpy
import soundfile

from speaker.sound.heard import STEP_S, Moments, Sounding, judge

TEXTS = (
    "Kính thưa bà con, chiều nay trạm y tế xã tiêm phòng cho trẻ em dưới sáu tuổi tại nhà văn hóa thôn.",
    "Đề nghị bà con khẩn trương thu hoạch lúa trước khi mưa bão về, kiểm tra kênh mương và bờ bao.",
    "Hợp tác xã thông báo lịch bơm nước vụ đông xuân, mỗi thôn một ngày, bắt đầu từ thứ hai tuần sau.",
    "Trường tiểu học mời phụ huynh họp vào tám giờ sáng chủ nhật để bàn về việc xây lại hàng rào.",
    "Công an xã nhắc bà con cảnh giác với các cuộc gọi lừa đảo yêu cầu chuyển tiền hoặc cung cấp mật khẩu.",
    "Ủy ban nhân dân xã thông báo về việc thu gom rác thải, các hộ đặt rác ra đường trước năm giờ sáng.",
)
VOICES = ("vi", "vi-vn-x-central", "vi-vn-x-south")
RATE = 22_050
Levels = numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]


@functools.cache
def _spoken(text: str, voice: str, speed: int, pitch: int) -> Levels:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    samples, _ = soundfile.read(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    return samples  # type: ignore[no-any-return]


def _talk(source: random.Random, steps: int) -> Levels:
    voice, speed, pitch = source.choice(VOICES), source.randrange(130, 190, 20), source.randrange(20, 80, 20)
    parts: list[Levels] = []
    size = round(RATE * STEP_S)
    while sum(len(part) for part in parts) < steps * size:
        parts += [
            _spoken(source.choice(TEXTS), voice, speed, pitch),
            numpy.zeros(int(source.uniform(0.1, 0.8) * RATE)),
        ]
    blocks = numpy.concatenate(parts)[: steps * size].reshape(steps, size)
    levels = numpy.sqrt((blocks**2).mean(axis=1))
    return levels / numpy.sqrt((levels**2).mean()) * 0.1  # type: ignore[no-any-return]


def _wind(source: random.Random, steps: int) -> Levels:
    numbers = numpy.random.default_rng(source.randrange(1 << 30))
    slow, swing, now, out = source.uniform(0.85, 0.98), source.uniform(0.3, 0.9), 0.0, []
    for _ in range(steps):
        now = slow * now + (1 - slow * slow) ** 0.5 * numbers.standard_normal()
        out.append(numpy.exp(swing * now) * abs(1 + 0.06 * numbers.standard_normal()) * 0.1)
    return numpy.array(out)


def _sensed(source: random.Random, levels: Levels) -> list[float]:
    numbers = numpy.random.default_rng(source.randrange(1 << 30))
    noisy = numpy.sqrt(levels**2 + 0.0005**2) * numpy.abs(1 + 0.06 * numbers.standard_normal(len(levels)))
    return [float(level) for level in numpy.round(noisy * 2047) / 2047]


def recording(sounded: str, seed: int, seconds: float, *, current: bool) -> Moments:
    """`sounded`: "programme", "other" or "nothing", among wind and talk up to 0.6 of its loudness each."""
    source = random.Random(seed)
    steps = round(seconds / STEP_S)
    programme, other = _talk(source, steps), _talk(source, steps)
    late = numpy.zeros(source.randrange(9))
    arrives = numpy.concatenate([late, other if sounded == "other" else programme])[:steps]
    around = numpy.hypot(source.uniform(0, 0.6) * _wind(source, steps), source.uniform(0, 0.6) * _talk(source, steps))
    microphone = 0.3 * numpy.hypot(around, 0.0 if sounded == "nothing" else arrives)
    horn = _sensed(source, 0.054 * (1 + 8 * arrives)) if current else [None] * steps
    played = [float(level) for level in programme]
    return Moments(played, horn, _sensed(source, microphone), [True] * steps)


def main(count: int) -> None:
    """Prints one line a case."""
    for seconds in (12.0, 25.0):
        for current in (True, False):
            for sounded in ("programme", "other", "nothing"):
                found = [judge(recording(sounded, seed, seconds, current=current)).finding for seed in range(count)]
                share = 100 * sum(one is Sounding.HEARD for one in found) / count
                print(f"{seconds:4.0f} s, current {'yes' if current else 'no '}, {sounded:9}: heard {share:5.1f} %")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
