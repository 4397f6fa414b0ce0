"""One loudspeaker on its pole: the agent a process, a real broker, media, an office, a recorder at its pipe."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from deploy.village.instruments.listening import read_recording
from langso.contract import Media, Occurrence, Plan, Programme, TargetSet, Urgent, UrgentOrder
from langso.trust import SigningKey
from tests.conftest import ROOT, Broker
from tests.shared.agents_office import Office
from tests.shared.waiting import until
from tests.speaker.conftest import Commune, MediaServer
from tests.torture.marked_sound import MARKS, Stretch, stretches, write_marked

_PR_SET_PDEATHSIG = 1


class Pole:
    """Made in `folder`, begun with `begin`; a context that ends all of its processes."""

    def __init__(self, folder: Path, *, ms: int = 3000) -> None:
        self.folder = folder
        self.media_server = MediaServer()
        self.commune: Any = Commune(folder / "device", self.media_server.url)
        self.broker = Broker(folder / "broker").start()
        paired = self.commune.pair()
        self._pipe, self._heard = folder / "sound.pcm", folder / "heard"
        settings = self.commune.settings(port=self.broker.port, sink=self._pipe)
        self._settings = folder / "settings.json"
        self._settings.write_text(settings.model_dump_json(exclude_unset=True))
        self.office = Office(self.commune, self.broker.port, SigningKey.load(paired.signing_key).public)
        self.media = [self._sound(mark, ms) for mark in range(MARKS)]
        recorder = ["-m", "deploy.village.instruments.recorder", "--pipe", str(self._pipe), "--out", str(self._heard)]
        self._recorder = self._process("recorder", recorder)
        self.agent: subprocess.Popen[bytes] | None = None
        until(self._pipe.exists)

    def __enter__(self) -> Pole:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.office.link.stop()
        self.broker.kill()
        self.media_server.close()
        self._end(self._recorder)

    @property
    def log(self) -> Path:
        """What the agent has said."""
        return self.folder / "agent.log"

    def begin(self) -> None:
        """Starts the agent."""
        self.agent = self._process("agent", ["-m", "tests.torture.agent_process", str(self._settings)])

    def kill(self) -> None:
        """As a power cut does, the disk aside."""
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait(60)

    def end(self) -> None:
        """Asks the agent to end; nothing where it does not run."""
        if self.agent is not None:
            self._end(self.agent)
            self.agent = None

    def publish_trust(self) -> None:
        """The commune's rights."""
        self.office.publish(self.office.topics.trust, self.commune.trust())

    def plan(self, shows: Iterable[tuple[str, int, datetime]], **programme: Any) -> bytes:
        """A plan of (id, mark, start), sealed."""
        plan = Plan(
            **self.commune.head("plan"),
            until=datetime.now(UTC) + timedelta(days=14),
            media=tuple(self.media),
            programmes=tuple(
                Programme(id=f"p{mark}", title=f"Bài {mark}", media=(mark,), **programme)
                for mark in range(len(self.media))
            ),
            target_sets=(TargetSet(devices=("*",)),),
            occurrences=tuple(Occurrence(id=id, programme=mark, targets=0, start=at) for id, mark, at in shows),
        )
        return bytes(self.commune.seal(plan))

    def urgent(self, orders: Iterable[tuple[str, int, datetime]]) -> bytes:
        """Emergencies (id, mark, issued) in force for ten minutes, sealed."""
        made = tuple(
            UrgentOrder(
                id=id, action="play", media=(self.media[mark],), issued=at, expires=at + timedelta(minutes=10)
            )
            for id, mark, at in orders
        )
        return bytes(self.commune.seal(Urgent(**self.commune.head("urgent"), orders=made)))

    def heard(self) -> list[Stretch]:
        """All that was heard until now; the recorder has to be ended first."""
        self._end(self._recorder)
        return stretches(read_recording(self._heard))

    def _sound(self, mark: int, ms: int) -> Media:
        path = self.folder / f"{mark}.flac"
        write_marked(path, mark, ms)
        return self.media_server.add(path.read_bytes(), ms, "flac")  # type: ignore[no-any-return]

    def _process(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        log: IO[bytes]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log, preexec_fn=_dies_with_us
            )

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(60)


def _dies_with_us() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
