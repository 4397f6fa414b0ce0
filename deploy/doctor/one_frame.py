"""Run as the kiosk's user: opens the camera and takes one frame; a JSON line says how that went."""

from __future__ import annotations

import json
import os
import sys
import time

from langso.words.language import language_of_environment, use_language

SECONDS = 4.0


def main() -> None:
    """Arguments: kind and source, as in [scanner]."""
    from langso.errors import LangsoError
    from langso.settings.model import ScannerSettings
    from scanner.cameras import open_camera

    kind, source = sys.argv[1:3]
    answer: dict[str, object] = {"size": None, "condition": "", "why": ""}
    try:
        settings = ScannerSettings.model_validate({"camera": kind, "source": source})
        with open_camera(settings) as camera:
            end = time.monotonic() + SECONDS
            while answer["size"] is None and time.monotonic() < end:
                frame = camera.read()
                answer["condition"] = camera.health.condition
                if frame is not None:
                    answer["size"] = list(frame.image.shape[1::-1])
                elif answer["condition"] == "away":
                    break
    except (LangsoError, OSError, ImportError, RuntimeError, ValueError) as error:
        answer["why"] = str(error)
    print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    use_language(language_of_environment(os.environ))
    main()
    # Threads of a driver that hangs are not waited for.
    sys.stdout.flush()
    os._exit(0)
