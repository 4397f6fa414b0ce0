"""Steps about what must not work, and what must come back: bad plans, lost databases, a cloned device."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from deploy.village.hoa_son import AFTER_LOSS
from deploy.village.processes import langso_command
from deploy.village.running import OFFICE, SIGNER
from deploy.village.story.attacks import attacks, publish
from deploy.village.story.records import wait_for
from deploy.village.story.report import Evidence
from deploy.village.story.scene import StoryScene, StoryStep
from langso.words.catalogue import Sentence


def bad_plans(scene: StoryScene, evidence: Evidence) -> None:
    """Forged, expired, rolled back, equivocating, of another commune: refused by every loudspeaker, with receipts."""
    before = scene.records.plan_version()
    scene.wait_ready(scene.devices)
    bad = attacks(scene.village.ground, scene.records)
    for attack in bad:
        evidence.write(f"{attack.name.replace(' ', '-')}.json", attack.envelope)

    def send_all(link: object, topics: object) -> None:
        from langso.contract import Topics
        from langso.mqtt.link import Link

        assert isinstance(link, Link)
        assert isinstance(topics, Topics)
        # Without a pause: the office takes its line back within seconds, and the intruder would have to.
        taken = {attack.name: link.publish(topics.plan, attack.envelope, wait=30) for attack in bad}
        evidence.require(all(taken.values()), Sentence("story-see-taken"), taken=taken)

    publish(scene.village.ground, send_all)
    reasons = {attack.reason for attack in bad}

    def refused(device: str) -> set[str]:
        return {str(body.reason) for body in scene.records.refusals(device) if body.document == "plan"}

    try:
        wait_for(
            # Receipts that went to the intruder in the office's place come again after a while.
            lambda: all(reasons <= refused(device) for device in scene.devices),
            Sentence("story-see-refused"),
            60,
        )
    finally:
        evidence.note(refused={device: sorted(refused(device)) for device in scene.devices})
    held = {device: _plan_held(scene, device) for device in scene.devices}
    evidence.require(
        all(v is not None and v >= before for v in held.values()), Sentence("story-see-still-held"), held=held
    )


def lost_databases(scene: StoryScene, evidence: Evidence) -> None:
    """The office's database and a loudspeaker's are deleted; both come back and the next broadcast is heard."""
    ground, processes = scene.village.ground, scene.village.processes
    device = scene.devices[1]
    before = scene.records.plan_version()
    journals = scene.records.journals(device)
    for name in (OFFICE, SIGNER, device):
        processes.stop(name)
    _delete_database(ground.office_state / "office.db")
    for database in ground.home(device).state.glob("*.sqlite"):
        _delete_database(database)
    scene.village.start_office()
    processes.restart(device)
    scene.login = scene.village.make_login()
    scene.console.login(scene.login)
    wait_for(
        lambda: all(scene.records.state(one) for one in scene.devices), Sentence("story-see-states-after-loss"), 40
    )
    _hear_one(scene, evidence, "after-loss")
    after = scene.records.plan_version()
    evidence.require(after > before, Sentence("story-see-counts-on"), plan_before=before, plan_after=after)
    new = scene.records.journals(device)
    evidence.require(bool(new - journals), Sentence("story-see-new-journal"), journals=len(new))


def lost_marks(scene: StoryScene, evidence: Evidence) -> None:
    """Both copies of a loudspeaker's marks are gone: it asks with a nonce, the office answers, it obeys again."""
    ground, processes = scene.village.ground, scene.village.processes
    device = scene.devices[0]
    processes.stop(device)
    gone = [path for path in (ground.home(device).state / "trust").glob("marks.*") if path.is_file()]
    for path in gone:
        path.unlink()
    evidence.require(len(gone) == 2, Sentence("story-see-two-copies"), copies=len(gone))
    stopped = scene.records.state(device)
    processes.restart(device)

    def recovered() -> bool:
        state = scene.records.state(device)
        return (
            state is not None
            and (stopped is None or state.boot != stopped.boot)
            and state.needs_nonce is None
            and any(held.kind == "plan" for held in state.held)
        )

    seconds = wait_for(recovered, Sentence("story-see-obeys-again"), 40)
    evidence.note(obeys_again_after_s=round(seconds, 1))


def clone(scene: StoryScene, evidence: Evidence) -> None:
    """A copied SD card runs beside the original: the office reports two devices with one identity."""
    ground, processes = scene.village.ground, scene.village.processes
    device = scene.devices[2]
    home = ground.home(device)
    copy = ground.folder / f"{device}-clone"
    processes.stop(device)
    shutil.copytree(home.state, copy / "state", symlinks=True)
    (copy / "run").mkdir()
    text = home.settings.read_text(encoding="utf-8").replace(str(home.folder), str(copy))
    text = text.replace(f'port = "{copy / "board" / "serial"}"\n', "")
    (copy / "langso.toml").write_text(text, encoding="utf-8")
    processes.restart(device)
    processes.start(f"{device}-clone", langso_command("speaker", "run", "--settings", str(copy / "langso.toml")))
    try:
        seconds = wait_for(
            lambda: any(one == device for one, _ in scene.records.conflicts()), Sentence("story-see-clone"), 60
        )
        evidence.note(reported_after_s=round(seconds, 1), conflicts=[list(c) for c in scene.records.conflicts()])
    finally:
        processes.stop(f"{device}-clone")
    page = scene.console.page("/loa").text
    evidence.write("fleet.html", page.encode())


def _hear_one(scene: StoryScene, evidence: Evidence, name: str) -> None:
    broadcast, _ = scene.console.broadcast(AFTER_LOSS, scene.devices, 16.0)
    occurrence, planned = scene.records.occurrence(broadcast)
    scene.wait_ready(scene.devices, occurrence)
    plays = scene.wait_ended(occurrence, scene.devices, 60)
    evidence.require(
        all(play.outcome == "played" for play in plays.values()),
        Sentence("story-see-played"),
        outcomes={device: [play.outcome, play.code] for device, play in plays.items()},
    )
    media = scene.sound_of(scene.records.media_of(broadcast))
    scene.must_be_heard(evidence, name, media, datetime.fromisoformat(planned).timestamp(), scene.devices)


def _plan_held(scene: StoryScene, device: str) -> int | None:
    state = scene.records.state(device)
    if state is None:
        return None
    return next((held.version for held in state.held if held.kind == "plan"), None)


def _delete_database(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


STEPS = (
    StoryStep("bad-plans", bad_plans),
    StoryStep("lost-databases", lost_databases),
    StoryStep("lost-marks", lost_marks),
    StoryStep("clone", clone),
)
