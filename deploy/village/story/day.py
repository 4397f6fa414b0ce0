"""The story: a village's day with everything that goes wrong in one, each step checked."""

from __future__ import annotations

from pathlib import Path

from deploy.village.hoa_son import SPEAKERS
from deploy.village.running import Login, Village
from deploy.village.story import broadcasts, faults, papers
from deploy.village.story.console import Console
from deploy.village.story.hearing import StartErrors
from deploy.village.story.records import Records, wait_for
from deploy.village.story.report import Chronicle, Echo, Evidence
from deploy.village.story.scene import StoryScene, StoryStep
from langso.words.catalogue import Sentence

ALL = [machine.id for machine in SPEAKERS]


def start(scene: StoryScene, evidence: Evidence) -> None:
    """Every process starts, the clerk logs in, each loudspeaker has told the office how it is."""
    scene.village.start()
    scene.login = scene.village.make_login()
    scene.console.login(scene.login)
    # As in a real office: nothing sounds that nobody confirmed.
    scene.console.confirms = scene.village.enrol(scene.login.name).code
    seconds = wait_for(lambda: all(scene.records.state(device) for device in ALL), Sentence("story-see-states"), 60)
    evidence.note(states_after_s=round(seconds, 1))


def stop(scene: StoryScene, evidence: Evidence) -> None:
    """All processes end; their logs are kept."""
    village = scene.village
    village.processes.stop_all()
    running = [name for name, one in village.processes.running.items() if one.process.poll() is None]
    evidence.require(not running, Sentence("story-see-ended"), still_running=list(running))
    for log in sorted(village.ground.logs.glob("*.log")):
        evidence.keep(log)


STEPS = (
    StoryStep("start", start),
    *broadcasts.STEPS,
    *faults.STEPS,
    *papers.STEPS,
    broadcasts.START_ERRORS,
    StoryStep("stop", stop),
)


def tell(village: Village, folder: Path, echo: Echo) -> bool:
    """Play the whole story, in the language spoken now, with its evidence in `folder`; True if all of it happened."""
    chronicle = Chronicle(folder, echo)
    records = Records(village.ground.office_state / "office.db")
    with Console(village.ground.office_url) as console:
        scene = StoryScene(village, console, records, StartErrors(), Login("", ""), folder)
        for step in STEPS:
            with chronicle.step(step.name, step.says) as evidence:
                step.play(scene, evidence)
            if step.name == "start" and not chronicle.complete:
                return False
    return chronicle.complete
