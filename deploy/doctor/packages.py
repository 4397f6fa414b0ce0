"""What dpkg says of our own packages and all others: installed completely, or left half done by a power cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deploy.apt import missing_of
from deploy.doctor.bounded import run
from deploy.doctor.cures import FINISH
from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from deploy.install.units import ROLES
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

_GONE = ("not-installed", "config-files")
_LEFT = {
    "half-installed": Sentence("doctor-package-half-copied"),
    "unpacked": Sentence("doctor-package-unpacked"),
    "half-configured": Sentence("doctor-package-broken-off"),
    "triggers-awaited": Sentence("doctor-package-last-step"),
    "triggers-pending": Sentence("doctor-package-last-step"),
}


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `packages`: our own package whole, and the Debian packages the role needs."""
    left = judge_ours(ours())
    if left is not None:
        yield left
        return
    if scene.package:
        yield judge_audit(scene.package, run("dpkg", "--audit", seconds=3).out)
        return
    try:
        missing = missing_of(scene.role)
    except KeyError:
        return
    if not missing:
        yield Check.good("packages", t("doctor-packages-all"))
        return
    fix = f"sudo apt-get install --no-install-recommends {' '.join(missing)}"
    why = t("doctor-packages-missing", missing=", ".join(missing))
    yield Check.bad("packages", why, fix) if scene.installed else Check.warning("packages", why, fix)


LOOK = Subject(("packages",), ("speaker", "kiosk", "office"), look)


def before_setup() -> list[Check]:
    """The same for a machine without settings, where only half-done packages matter."""
    left = judge_ours(ours())
    return [] if left is None else [left]


def ours() -> dict[str, tuple[str, str]]:
    """Status and error flag of each package of ours that dpkg has heard of."""
    names = [f"langso-{role}" for role in ROLES]
    # It ends with 1 where it does not know one of them, and prints the others all the same.
    said = run("dpkg-query", "-W", "-f=${Package} ${db:Status-Status} ${db:Status-Eflag}\n", *names, seconds=2)
    rows = [line.split() for line in said.out.splitlines()]
    return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}


def judge_ours(states: Mapping[str, tuple[str, str]]) -> Check | None:
    """A check where one of our packages is half done; None where all are completely installed or
    completely removed.
    """
    for name, (status, flag) in states.items():
        if flag == "ok" and (status == "installed" or status in _GONE):
            continue
        how = Sentence("doctor-package-reinstall") if flag != "ok" else _LEFT.get(status, status)
        return Check.bad("packages", t("doctor-package-unfinished", name=name, how=how), FINISH)
    return None


def judge_audit(package: str, audit: str) -> Check:
    """`audit`: what `dpkg --audit` prints, nothing where all is well."""
    broken = [line.split()[0] for line in audit.splitlines() if line.startswith(" ") and line.split()]
    if broken:
        why = t("doctor-packages-unfinished", names=", ".join(broken[:5]))
        return Check.bad("packages", why, t("doctor-configure-packages", finish=FINISH))
    return Check.good("packages", t("doctor-packages-good", package=package))
