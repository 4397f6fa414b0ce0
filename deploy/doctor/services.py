"""The role's systemd services: running, restarting again and again, off at boot, older than what is installed."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from deploy.doctor.bounded import run
from deploy.doctor.cures import reinstall
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

LOOP_RESTARTS = 3
STEADY_S, SOONEST_S, TIMES = 600.0, 60.0, 5.0
"""A service that was restarted often is believed again when it has run five times as long as it used to between its
failures; where the journal does not tell how long that was, after ten minutes.
"""
STARTING_S = 90.0
_PROPERTIES = (
    "Id,LoadState,ActiveState,SubState,UnitFileState,NRestarts,Result,ConditionResult,MainPID,User,Group,"
    "SupplementaryGroups,DevicePolicy,DeviceAllow,ExecMainStartTimestampMonotonic,StateChangeTimestampMonotonic,StatusText,"
    "StatusErrno"
)
_FAILURE_RESULT = "d9b373ed55a64feb8242e02dbe79a49c"
"""The journal's own id of "unit failed with result": the same since systemd 240."""
_RESULTS = {
    "watchdog": Sentence("doctor-result-watchdog"),
    "exit-code": Sentence("doctor-result-exit"),
    "signal": Sentence("doctor-result-signal"),
    "core-dump": Sentence("doctor-result-core"),
    "oom-kill": Sentence("doctor-result-memory"),
    "timeout": Sentence("doctor-result-timeout"),
    "start-limit-hit": Sentence("doctor-result-often"),
    "resources": Sentence("doctor-result-resources"),
    "protocol": Sentence("doctor-result-not-ready"),
}


@dataclass(frozen=True)
class Service:
    """What systemd says of one unit. Seconds by the monotonic clock; `failures`: results of the last six hours, by
    the journal, the newest first; `every_s`: how far its last failures lay apart, None where that is not known;
    `status`: the sentence it tells systemd, `trouble`: its number for programs (`errno`), 0 where all is well.
    """

    name: str
    load: str = "loaded"
    active: str = "active"
    sub: str = "running"
    enabled: str = "enabled"
    restarts: int = 0
    result: str = "success"
    condition: bool = True
    pid: int = 0
    user: str = ""
    groups: tuple[str, ...] = ()
    device_policy: str = "auto"
    devices: tuple[str, ...] = ()
    up_s: float = 0.0
    in_state_s: float = 0.0
    failures: tuple[str, ...] = ()
    every_s: float | None = None
    status: str = ""
    trouble: int = 0

    @property
    def short(self) -> str:
        """`speaker` of langso-speaker.service."""
        return self.name.removeprefix("langso-").removesuffix(".service")

    @property
    def running(self) -> bool:
        """Whether it does its work now."""
        return self.active == "active"

    @property
    def looping(self) -> bool:
        """Whether it is restarted again and again, whatever it is at this instant."""
        waiting = self.active == "activating" and self.sub == "auto-restart"
        steady = STEADY_S if self.every_s is None else min(STEADY_S, max(SOONEST_S, TIMES * self.every_s))
        # systemd tells when the last main process began, also long after it ended.
        ran_s = self.up_s if self.running else 0.0
        return waiting or (self.restarts >= LOOP_RESTARTS and ran_s < steady)


def systemd_runs() -> bool:
    """Whether systemd is this machine's first process."""
    return shutil.which("systemctl") is not None and Path("/run/systemd/system").is_dir()


def gather_services(names: Sequence[str]) -> tuple[Service, ...]:
    """The units as systemd knows them now; empty where it does not answer."""
    said = run("systemctl", "show", "--no-pager", f"--property={_PROPERTIES}", *names, seconds=3)
    services = read_services(said.out, time.clock_gettime(time.CLOCK_MONOTONIC)) if said.good else ()
    return tuple(_with_failures(service) if service.restarts else service for service in services)


def read_services(text: str, now: float) -> tuple[Service, ...]:
    """From `systemctl show`: a block a unit, `now` in monotonic seconds."""
    return tuple(_service(block, now) for block in text.strip().split("\n\n") if block.strip())


def judge_service(service: Service, package: str) -> Check:
    """One line for one unit: the gravest of what is wrong with it."""
    code, name = f"service_{service.short}", service.name
    log = t("doctor-see-why", name=name)
    if service.load != "loaded" and service.load != "masked":
        return Check.bad(code, t("doctor-no-unit", name=name), reinstall(package))
    if service.load == "masked" or service.enabled.startswith("masked"):
        return Check.bad(code, t("doctor-masked", name=name), t("doctor-unmask", name=name))
    if service.looping:
        reasons = [service.result, *service.failures] if service.result != "success" else list(service.failures)
        said = next(
            (_RESULTS[reason] for reason in reasons if reason in _RESULTS), Sentence("doctor-result-by-itself")
        )
        return Check.bad(code, t("doctor-unit-fails-again", name=name, restarts=service.restarts, said=said), log)
    if service.active == "failed":
        said = _RESULTS.get(service.result, Sentence("doctor-result-failed"))
        fix = t("doctor-then-start", log=log, name=name)
        return Check.bad(code, t("doctor-unit-failed", name=name, said=said), fix)
    if service.active == "activating":
        if service.in_state_s < STARTING_S:
            return Check.warning(code, t("doctor-unit-starting", name=name), t("doctor-wait-a-minute"))
        return Check.bad(code, t("doctor-unit-starts-long", name=name), log)
    if not service.running:
        why = t("doctor-unit-stopping", name=name)
        if not service.condition:
            why = t("doctor-unit-conditions", name=name)
            return Check.bad(code, why, t("doctor-see-condition", name=name))
        return Check.bad(code, why, t("doctor-start-unit", name=name))
    # An ordered restart counts as one too; the journal tells failures apart.
    if service.restarts and service.failures:
        why = t("doctor-unit-restarted", name=name, restarts=service.restarts)
        if known := next((_RESULTS[reason] for reason in service.failures if reason in _RESULTS), None):
            why = t("doctor-unit-restarted-why", name=name, restarts=service.restarts, said=known)
        return Check.warning(code, why, log)
    return Check.good(code, t("doctor-unit-good", name=name))


def judge_boot(services: Iterable[Service]) -> Check:
    """Whether every unit that is meant to starts by itself when the machine is switched on."""
    known = [service for service in services if service.load == "loaded" and not service.enabled.startswith("masked")]
    off = [service.name for service in known if service.enabled not in ("enabled", "static", "alias", "generated")]
    if off:
        return Check.bad("boot", t("doctor-boot-off", names=", ".join(off)), f"systemctl enable {' '.join(off)}")
    return Check.good("boot", t("doctor-boot-good"))


def judge_age(services: Iterable[Service], installed_at: float | None, now: float) -> Check | None:
    """Whether services were started after the programs were last installed (seconds since 1970); None: not known."""
    running = [service for service in services if service.running and service.up_s > 0]
    if installed_at is None or not running or installed_at > now:
        # Installed later than now: this clock knows nothing of what came after what.
        return None
    old = [service.name for service in running if now - service.up_s < installed_at - 1]
    if old:
        return Check.warning(
            "running_version",
            t("doctor-running-old", names=", ".join(old)),
            f"systemctl restart {' '.join(old)}",
        )
    return Check.good("running_version", t("doctor-running-good"))


def _service(block: str, now: float) -> Service:
    # DeviceAllow comes once a device.
    lines = [(key, value) for key, _, value in (line.partition("=") for line in block.splitlines())]
    said = dict(lines)

    def since(name: str) -> float:
        stamp = said.get(name, "0")
        return now - int(stamp) / 1e6 if stamp.isdigit() and int(stamp) else 0.0

    return Service(
        name=said.get("Id", ""),
        load=said.get("LoadState", ""),
        active=said.get("ActiveState", ""),
        sub=said.get("SubState", ""),
        enabled=said.get("UnitFileState", ""),
        restarts=int(said.get("NRestarts", "0") or 0),
        result=said.get("Result", ""),
        condition=said.get("ConditionResult", "yes") != "no",
        pid=int(said.get("MainPID", "0") or 0),
        user=said.get("User", ""),
        groups=tuple(dict.fromkeys(f"{said.get('Group', '')} {said.get('SupplementaryGroups', '')}".split())),
        device_policy=said.get("DevicePolicy", "auto"),
        devices=tuple(value.split(" ")[0] for key, value in lines if key == "DeviceAllow" and value),
        up_s=since("ExecMainStartTimestampMonotonic"),
        in_state_s=since("StateChangeTimestampMonotonic"),
        status=said.get("StatusText", ""),
        trouble=int(number) if (number := said.get("StatusErrno", "")).isdigit() else 0,
    )


def _with_failures(service: Service) -> Service:
    said = run(
        "journalctl", "--no-pager", "-q", "-o", "json", "-n", "50", "--since=-6h",
        f"MESSAGE_ID={_FAILURE_RESULT}", f"UNIT={service.name}", seconds=2,
    )  # fmt: skip
    found: list[tuple[float, str]] = []
    for line in reversed(said.out.splitlines() if said.good else []):
        try:
            told = json.loads(line)
            found.append((int(told["__REALTIME_TIMESTAMP"]) / 1e6, str(told["UNIT_RESULT"])))
        except (ValueError, KeyError, TypeError):
            continue
    apart = sorted(later - earlier for (later, _), (earlier, _) in pairwise(found[: LOOP_RESTARTS + 1]))
    every = apart[len(apart) // 2] if apart else None
    return replace(service, failures=tuple(result for _, result in found), every_s=every)
