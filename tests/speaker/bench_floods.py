"""Prints what hostile messages do to a loudspeaker that plays: how soon an emergency is heard through them, holes in
the programme, processor, memory, rows written. `python tests/speaker/bench_floods.py [MESSAGES_A_SECOND]`.

A real broker without any rule of access (the attacker owns it), a real agent. The peer of each line is the same
emergency without a flood, in the same run. No test: figures depend on the machine.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared"), str(HERE.parent), str(HERE.parents[1])]

PROGRAMME, ALARM = 0.2, 0.7
WARM_S, AFTER_S = 3.0, 1.5
MOST_WAIT_S = 20.0
MIB = 1 << 20


def main() -> None:
    """Measures and prints, a line a kind."""
    import conftest as speakers
    from running_speaker import RunningSpeaker, closing_all, loud_file

    rate = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    only = sys.argv[2:] or None
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as name,
        media_and_broker(folder := Path(name)) as (media, broker),
    ):
        commune = speakers.Commune(folder / "device", media.url)
        house = RunningSpeaker(folder, commune, broker)
        with closing_all(house):
            programme = media.add(loud_file(folder / "p.flac", 20, PROGRAMME, 1).read_bytes(), 20_000, "flac")
            alarm = media.add(loud_file(folder / "a.flac", 3, ALARM, 2).read_bytes(), 3_000, "flac")
            stand = Stand(house, commune, programme, alarm)
            stand.begin()
            print(
                f"{'kind':22}{'sent/s':>8}{'heard after, s':>16}{'against none':>14}"
                f"{'holes':>7}{'cores':>7}{'MiB':>7}{'receipts':>10}"
            )
            quiet = 0.0
            for kind, qos, messages in kinds(stand):
                if only and kind not in only and kind != "none":
                    continue
                quiet = stand.measure(kind, messages, rate, qos, quiet)


@contextlib.contextmanager
def media_and_broker(folder: Path) -> Iterator[tuple[Any, Any]]:
    """Both run until it ends, whatever fails after them."""
    import conftest as speakers
    from running_speaker import closing_all

    media = speakers.MediaServer()
    with closing_all(media):
        broker = make_broker(folder / "broker")
        with closing_all(broker):
            yield media, broker


def make_broker(folder: Path) -> Any:
    """A private one, as `langso` configures the commune's, but for its rules of access and its certificates."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("root_conftest", HERE.parent / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    root = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(root)
    broker = root.Broker(folder, extra="max_queued_messages 2000\nmax_inflight_messages 50")
    broker.configure(broker.config().replace("autosave_on_changes true\nautosave_interval 1\n", ""))
    return broker.start()


class Stand:
    """A loudspeaker that plays a long programme, and an office that gives alarms."""

    def __init__(self, house: Any, commune: Any, programme: Any, alarm: Any) -> None:
        self.house, self.commune, self.alarm = house, commune, alarm
        self.office = house.office
        self.programme = programme
        self.old: list[tuple[str, bytes]] = []
        self.count = 0

    def begin(self) -> None:
        """Trust, a plan that plays for an hour, and the alarm's sound fetched."""
        from waiting import until

        self.hold(begins_s=6)
        until(lambda: self.house.ear.first_above(PROGRAMME / 2, 0.0))

    def hold(self, begins_s: float = 3600) -> None:
        """Trust and a plan, with all sounds fetched."""
        from agents_office import plan_of, soon
        from waiting import until

        office, commune = self.office, self.commune
        office.publish(office.topics.trust, commune.trust())
        starts = {f"o{number}": soon(86_400 + 60 * number) for number in range(2000)}
        for version in range(5):
            plan = plan_of(commune, self.programme, {"dai": soon(begins_s), **starts})
            long = plan.programmes[0].model_copy(update={"media": (0,) * 50})
            # So that the alarm's sound is here before it is asked for.
            later = long.model_copy(update={"id": "sau", "media": (1,)})
            last = plan.occurrences[-1].model_copy(update={"programme": 1})
            fields = {
                "media": (*plan.media, self.alarm),
                "programmes": (long, later),
                "occurrences": (*plan.occurrences[:-1], last),
            }
            raw = commune.seal(plan.model_copy(update=fields))
            office.publish(office.topics.plan, raw)
            if version < 4:
                self.old.append((office.topics.plan, raw))
        sounds = len({self.programme.sha256, self.alarm.sha256})
        until(lambda: self.office.states()[-1].media_ready == sounds)

    def alert(self) -> None:
        """An emergency."""
        from agents_office import soon

        from langso.contract import UrgentOrder

        self.count += 1
        self._urgent(
            UrgentOrder(
                id=f"a{self.count}", action="play", media=(self.alarm,), repeat=40, issued=soon(0), expires=soon(900)
            )
        )

    def clear(self) -> None:
        """The word that it is over."""
        from agents_office import soon

        from langso.contract import UrgentOrder

        self._urgent(
            UrgentOrder(id=f"c{self.count}", action="all_clear", ends=("*",), issued=soon(0), expires=soon(600))
        )

    def _urgent(self, order: Any) -> None:
        from langso.contract import Urgent

        raw = self.commune.seal(Urgent(**self.commune.head("urgent"), orders=(order,)))
        self.old.append((self.office.topics.urgent("office"), raw))
        self.office.publish(self.office.topics.urgent("office"), raw)

    def measure(self, kind: str, messages: list[tuple[str, bytes]], rate: int, qos: int, quiet: float) -> float:
        """One kind of flood: alarm in it, all-clear after it."""
        from hostile_publisher import Flood
        from waiting import until

        ear, before = self.house.ear, len(self.office.receipts())
        flood = Flood(self.house.broker.port, messages, rate=rate, qos=qos) if messages else None
        begun, cpu = time.monotonic(), self.house.cpu_s()
        time.sleep(WARM_S)
        asked = time.monotonic()
        self.alert()
        heard = None
        while heard is None and time.monotonic() < asked + MOST_WAIT_S:
            time.sleep(0.01)
            heard = ear.first_above((PROGRAMME + ALARM) / 2, asked)
        time.sleep(AFTER_S)
        lasted = time.monotonic() - begun
        sent = flood.sent / lasted if flood else 0.0
        cores = (self.house.cpu_s() - cpu) / lasted
        if flood:
            flood.close()
        holes = sum(peak < PROGRAMME / 4 for peak in ear.between(begun, asked))
        holes += sum(peak < PROGRAMME / 4 for peak in ear.between((heard or asked) + 0.05, begun + lasted))
        after = (heard - asked) if heard else float("inf")
        memory = self.house.resident_mb()
        self.clear()
        until(lambda: ear.blocks[-1][1] < (PROGRAMME + ALARM) / 2 and ear.blocks[-1][1] > PROGRAMME / 2)
        time.sleep(1.5)
        ratio = after / quiet if quiet else 1.0
        print(
            f"{kind:22}{sent:8.0f}{after:16.3f}{ratio:14.1f}{holes:7}{cores:7.2f}{memory:7.0f}"
            f"{len(self.office.receipts()) - before:10}",
            flush=True,
        )
        return quiet or after


def kinds(stand: Stand) -> Iterator[tuple[str, int, list[tuple[str, bytes]]]]:
    """(name, QoS, messages)."""
    from langso.contract import Urgent
    from langso.trust import SigningKey

    topics, commune = stand.office.topics, stand.commune
    urgent, plan = topics.urgent("office"), topics.plan
    genuine = commune.seal(Urgent(**commune.head("urgent", version=1), orders=()))
    named = commune.office.key_id.encode()
    stranger = SigningKey.generate()
    forged = commune.seal(Urgent(**commune.head("urgent", version=10**9), orders=()), stranger)
    claimed = forged.replace(stranger.key_id.encode(), named)
    mib = b'{"payload":"' + b"A" * (MIB - 400) + genuine[genuine.index(b'","payloadType"') :]
    yield "none", 0, []
    yield "none again", 0, []
    yield "garbage", 0, [(plan, b"x" * 200)]
    yield "garbage, QoS 1", 1, [(urgent, b"x" * 200)]
    yield "unknown key", 0, [(urgent, forged)]
    yield "signature damaged", 0, [(urgent, claimed)]
    yield "unsigned 1 MiB", 0, [(urgent, mib[:MIB])]
    yield "1 MiB of objects", 0, [(plan, b"[" + b"{}," * ((MIB - 10) // 3) + b"{}]")]
    yield "trust, 1 MiB", 0, [(topics.trust, b'{"chain":[' + b"{}," * ((MIB - 50) // 3) + b'{}],"trust":""}')]
    yield "old copies", 0, list(stand.old)
    yield "the same again", 0, stand.old[-1:]
    yield "other topics", 0, [(topics.urgent(f"i{number}"), b"{}") for number in range(500)]
    device = topics.device(commune.device, "order")
    yield "orders and answers", 1, [(device, genuine), (topics.device(commune.device, "receipts/ack"), genuine)]


if __name__ == "__main__":
    main()
