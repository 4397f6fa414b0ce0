"""The story: a village's day with everything that goes wrong in one, each step checked."""

from __future__ import annotations

from pathlib import Path

from deploy.village.layout import SPEAKERS
from deploy.village.running import Login, Village
from deploy.village.story import broadcasts, faults, papers
from deploy.village.story.console import Console
from deploy.village.story.hearing import StartErrors
from deploy.village.story.records import Records, wait_for
from deploy.village.story.report import Chronicle, Echo
from deploy.village.story.scene import StoryScene

ALL = [machine.id for machine in SPEAKERS]


def tell(village: Village, folder: Path, echo: Echo) -> bool:
    """Play the whole story with its evidence in `folder`; True if all of it happened."""
    chronicle = Chronicle(folder, echo)
    records = Records(village.ground.office_state / "office.db")
    with Console(village.ground.office_url) as console:
        scene = StoryScene(village, console, records, StartErrors(), Login("", ""), folder)
        with chronicle.step("start", "Làng khởi động: máy chủ tin, văn phòng, ba loa") as evidence:
            village.start()
            scene.login = village.make_login()
            console.login(scene.login)
            seconds = wait_for(
                lambda: all(records.state(device) for device in ALL), "a state from each loudspeaker", 60
            )
            evidence.note(states_after_s=round(seconds, 1))
        if not chronicle.complete:
            return False
        for step in (*broadcasts.STEPS, *faults.STEPS, *papers.STEPS, broadcasts.START_ERRORS):
            with chronicle.step(step.name, step.says) as evidence:
                step.play(scene, evidence)
        with chronicle.step("stop", "Mọi tiến trình dừng hẳn, không sót") as evidence:
            village.processes.stop_all()
            running = [name for name, one in village.processes.running.items() if one.process.poll() is None]
            evidence.require(not running, "every process has ended", still_running=list(running))
            for log in sorted(village.ground.logs.glob("*.log")):
                evidence.keep(log)
    chronicle.save()
    return chronicle.complete
