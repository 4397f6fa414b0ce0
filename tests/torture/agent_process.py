"""A loudspeaker's agent as a process of its own: `python -m tests.torture.agent_process SETTINGS`, which are JSON."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from pathlib import Path

from langso.settings.model import Settings
from speaker.agent import SpeakerAgent


def main(file: str) -> None:
    """Runs until SIGTERM, or until the agent wants to be started anew."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    agent = SpeakerAgent(Settings.model_validate(json.loads(Path(file).read_bytes())))
    again = agent.run(stop)
    sys.exit(75 if again else 0)


if __name__ == "__main__":
    main(sys.argv[1])
