"""What every `langso scan` command shares: which pictures, and one answer a line."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from langso.terminal.saying import say
from langso.terminal.wrong_calls import WrongCall
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless
from scanner.errors import ScannerError

if TYPE_CHECKING:
    from scanner.arrays import Picture

_LOG = logging.getLogger(__name__)

# Nothing checked by click: a folder or an unreadable file is refused by load_image, and the other pictures go on.
Given = TypeVar("Given")
Answer = dict[str, Any]
"""What is told of a picture, as its JSON line has it (Any: whatever JSON can say)."""

IMAGES = click.Path(path_type=Path, readable=False)
JSON = click.option("--json", "as_json", is_flag=True)
CAMERA = click.option("--camera", type=click.Path(path_type=Path, exists=True))


def no_device(_: click.Context, __: click.Parameter, out: Path | None) -> Path | None:
    """A click callback: what is written takes the place of a file, and must not take a device's or a pipe's."""
    if out is not None and out.exists() and not (out.is_file() or out.is_dir()):
        raise WrongCall(Sentence("scan-device", file=out))
    return out


def pictures(
    images: tuple[Path, ...], camera: Path | None, gray: bool = False
) -> Iterator[tuple[str, Callable[[], Picture]]]:
    """The name of each picture and what loads it (`gray`: files without their colours); a camera gives its first
    frame.
    """
    from scanner.images import load_image

    if camera is None and not images:
        raise WrongCall(Sentence("scan-no-pictures"))
    for path in images:
        yield str(path), lambda path=path: load_image(path, gray)  # type: ignore[misc]
    if camera is not None:
        from scanner.cameras.replay import ReplayCamera

        with ReplayCamera(camera, pace_s=0.05) as replay:
            for _ in range(100):
                frame = replay.read()
                if frame is not None:
                    yield str(camera), lambda image=frame.image: image  # type: ignore[misc]
                    return
        raise ScannerError(Sentence("scan-camera-empty", folder=camera))


def each(
    pictures: Iterator[tuple[str, Callable[[], Given]]],
    answer: Callable[[Given], Answer],
    sentence: Callable[[Answer], str],
    as_json: bool,
) -> None:
    """Answer picture after picture; one that is refused gets its own line, and the exit code is 1 in the end."""
    refused = 0
    for name, load in pictures:
        # The picture before is let go of first: two of twelve megapixels in colour are 70 MB.
        image = None
        try:
            image = load()
            begin = time.perf_counter()
            result = answer(image)
            spent = round((time.perf_counter() - begin) * 1000, 1)
        except ModuleNotFoundError:
            # No picture is at fault: this machine does not carry what reads them.
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours in one picture costs no other its answer
            said = str(error)
            if not isinstance(error, ScannerError):
                _LOG.warning("%s was not worked on", name, exc_info=error)
                said = t("scan-our-fault")
            refused += 1
            if as_json:
                say(json.dumps({"image": name, "error": said}, ensure_ascii=False))
            else:
                say(harmless(t("scan-refused", name=name, why=said)), err=True)
            continue
        if as_json:
            say(json.dumps({"image": name, "ms": spent, **result}, ensure_ascii=False))
        else:
            say(f"{harmless(name)}: {sentence(result)}")
    if refused:
        raise SystemExit(1)
