"""The loudspeaker's agent: makes all its parts from the settings, connects them, and starts and stops them."""

from __future__ import annotations

import contextlib
import logging
import threading

from firmware_bridge.opening import open_switchboard
from firmware_bridge.switchboard import Switchboard
from langso.contract import Order, ReceiptsAck, Topics
from langso.courier.watch import CourierWatch
from langso.device.certificate_renewal import Renewer
from langso.device.lifeline import Lifeline
from langso.device.office_line import OfficeLine
from langso.device.pairing import load_paired
from langso.device.pairing_stand import PairingWatch
from langso.durable.card_hand import CardHand
from langso.durable.errors import CardHangs
from langso.durable.files import CUT_OFF_S, remove_cut_off
from langso.durable.outbox import Outbox
from langso.errors import LangsoError
from langso.mqtt.link import Link, Will
from langso.mqtt.no_line import NoLine
from langso.mqtt.state_reports import StateReporter, new_boot, note_in, presence, software
from langso.settings.reading import Settings
from langso.timekeeping.clock import Clock, SystemClock
from langso.timekeeping.proven_clock import ProvenClock
from langso.timekeeping.pulse import first_hung
from langso.trust import Keeper, SigningKey
from speaker.conductor import Conductor
from speaker.courier import SpeakerCourier
from speaker.device_orders import OwnOrders
from speaker.flood_watch import FloodWatch
from speaker.hearing import Hearing
from speaker.held_orders import HeldOrders
from speaker.inbox import TAKEN, Handlers, Inbox
from speaker.keypad import Keypad
from speaker.local_mute import LocalMute
from speaker.media.library import Library
from speaker.media.spare_shelf import SpareShelf
from speaker.own_state import OwnState
from speaker.programme.shows import TALK
from speaker.record.database import open_database
from speaker.record.journal import Journal
from speaker.record.plays import Ledger
from speaker.record.receipts import ReceiptSender
from speaker.record.talk_book import TalkBook
from speaker.sound.amplifier import Amplifier
from speaker.sound.calibration import calibration_of
from speaker.sound.ears import Ears
from speaker.sound.line import LinePlayer
from speaker.sound.player import GstPlayer
from speaker.sound.proofs import Proofs
from speaker.sound.sounds import Player
from speaker.subscriptions import Subscriptions
from speaker.talk_door import TalkDoor
from speaker.talk_key import TalkKey
from speaker.upkeep import Upkeep

log = logging.getLogger(__name__)

MEDIA = "media"
PROOFS = "proofs"
SPARE = "speaker-held"
TONES = "speaker-tones"
STATE_FILE = "speaker-state.json"


class SpeakerAgent:
    """One loudspeaker. `player`, `board` and `clock` are the hardware's seams; by default the settings choose.

    Raises PairingError where the device is not paired, StoreError, SoundFault, PipeRefused.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        player: Player | None = None,
        board: Switchboard | None = None,
    ) -> None:
        self._pairing = PairingWatch(settings.paths.state)
        paired = load_paired(settings.paths.state)
        self.settings = settings
        self.device = paired.answer.device
        alone = bool(paired.answer.alone)
        self._clock: Clock = clock or SystemClock()
        if settings.clock.trust == "auto":
            self._clock = ProvenClock(self._clock)
        self._boot = new_boot()
        self._restart = threading.Event()
        self._lifeline = Lifeline("timeline", "main", status=lambda: self.own_state.line())
        state = settings.paths.state
        speaker = settings.speaker
        remove_cut_off(state, older_s=CUT_OFF_S)
        spare = settings.paths.run / SPARE
        self._card = CardHand()
        self.store = open_database(state, spare, self._clock, self._card)
        topics = self._topics = Topics(paired.answer.commune)
        self.keeper = Keeper(
            state,
            paired.answer.commune,
            self.device,
            paired.roots,
            self._clock,
            settings.clock.trust,
            rtc_ppm=settings.clock.rtc_drift_ppm,
            spare=spare,
            hand=self._card,
        )
        self._where = paired.whereabouts()
        self._office = OfficeLine(settings.link.ca or paired.ca, self.keeper.known_time, self._where)
        self.journal = Journal(self.store, self._clock, device=self.device, commune=paired.answer.commune)
        self.ledger = Ledger(self.store, self.journal, self._clock)
        self.library = Library(
            state / MEDIA,
            speaker.media_url or paired.answer.media_url,
            speaker.library_max_mb << 20,
            self._clock,
            line=self._office,
            on_change=self._look,
            spare=SpareShelf(spare / MEDIA),
            hangs=lambda: self._card.hangs,
        )
        self._board: Switchboard = board or open_switchboard(settings.bridge)
        self.mute = LocalMute(settings.paths.run, self.ledger, self.journal, self._board)
        ears = Ears(self._board)
        self.proofs = Proofs(
            state / PROOFS, self.library.here, self.library.path, self._clock, on_change=self._report
        )
        self.player: Player = player or GstPlayer(
            speaker.sound,
            speaker.sink,
            calibration_ms=calibration_of(state, speaker),
            on_change=lambda: self.conductor.look(),
            played=ears.played,
        )
        self._hearing = Hearing(ears, self.ledger, self._clock, self._report)
        self._amplifier = Amplifier(
            self._board, self._clock, lead_ms=speaker.amplifier_lead_ms, tail_ms=speaker.amplifier_tail_ms
        )
        self._line = LinePlayer(self.player, self._amplifier, self._clock, settings.paths.run / TONES)
        handlers = Handlers(
            # What was refused under the old trust may hold under the new one.
            lambda _trust: self.subscriptions.ask_under_trust(),
            self._on_orders,
            self._on_order,
            self._on_ack,
            self._report,
            on_urgent=lambda: self.conductor.look_first(),
            on_written=lambda: self.receipts.pack(),
        )
        self.held = HeldOrders(
            self.keeper,
            self.library,
            self.device,
            village=paired.answer.village or settings.device.village,
            volume=lambda: int(self.ledger.switch("volume") or speaker.volume),
        )
        self._own_orders = OwnOrders(
            self.ledger,
            self.held,
            self._clock,
            self.keeper.clock_trust,
            (state / MEDIA, spare / MEDIA),
            restart=self._restart.set,
            subscribe=lambda: self.subscriptions.ask_under_trust(),
            report=lambda: self.reporter.look(again=True),
        )
        self.flood = FloodWatch(
            self._clock.monotonic,
            ask=lambda: self.subscriptions.ask_in_a_flood(),
            start_over=lambda: self.link.start_over(),
            expects=lambda: self.keeper.trust is not None,
        )
        self.inbox = Inbox(
            self.keeper,
            self.journal,
            self.library,
            self.held,
            topics,
            self.device,
            handlers,
            monotonic=self._clock.monotonic,
            flood=self.flood,
        )
        door = TalkDoor(settings.paths.run)
        self._keypad = None if speaker.keypad is None else Keypad(speaker.keypad, state, door)
        self.talk = TalkKey(
            self._board,
            self.keeper,
            self.ledger,
            TalkBook(self.store),
            door,
            self._clock,
            clock_trust=self.keeper.clock_trust,
            orders_at=self.held.at,
            playing=lambda: self.conductor.playing,
            muted=lambda: self.mute.muted,
            lead_s=speaker.amplifier_lead_ms / 1000,
            look=self._look,
        )
        self.conductor = Conductor(
            clock=self._clock,
            clock_trust=self.keeper.clock_trust,
            doubtful_after=lambda: self.keeper.doubtful_after,
            orders_at=self.talk.orders,
            player=self._line,
            library=self.library,
            amplifier=self._amplifier,
            ledger=self.ledger,
            journal=self.journal,
            unplayable=self.proofs.unplayable,
            on_change=self._report,
            muted=lambda: self.mute.muted,
            turned=lambda: self._lifeline.turned("timeline"),
            ended=self._hearing.ended,
        )
        key = SigningKey.load(paired.signing_key)
        gone = presence(self.device, self._boot, self._clock, online=False)
        self.outbox = Outbox(self.store, self._clock)
        self._upkeep = Upkeep(
            state,
            ledger=self.ledger,
            journal=self.journal,
            outbox=self.outbox,
            held=self.held,
            library=self.library,
            clock=self._clock,
            clock_trust=self.keeper.clock_trust,
            changed=self._look,
            mute=self.mute,
            alone=alone,
            card=self._card,
        )
        self.link = (NoLine if alone else Link)(
            paired.link(settings.link),
            self.device,
            will=Will(topics.device(self.device, "presence"), gone),
            on_message=self.inbox.receive,
            on_state=self._on_link,
            where=self._where,
            known=self.keeper.known_time,
        )
        self.subscriptions = Subscriptions(
            self.link, topics, self.device, has_trust=lambda: self.keeper.trust is not None
        )
        self.renewer = Renewer(
            paired,
            paired.answer.office_url,
            self._office,
            self._clock,
            refused=lambda: self.link.reason == "certificate",
            renewed=self.link.renew,
        )
        self.receipts = ReceiptSender(
            store=self.store,
            outbox=self.outbox,
            journal=self.journal,
            key=key,
            topics=topics,
            device=self.device,
            link=self.link,
        )
        self.own_state = OwnState(
            state,
            alone=alone,
            card=self._card,
            board=self._board,
            conductor=self.conductor,
            hearing=self._hearing,
            keeper=self.keeper,
            library=self.library,
            link=self.link,
            mute=self.mute,
            player=self.player,
            proofs=self.proofs,
            receipts=self.receipts,
            renewer=self.renewer,
            store=self.store,
            talk=self.talk,
        )
        self.reporter = StateReporter(
            device=self.device,
            role="speaker",
            boot=self._boot,
            software=software(),
            folder=state,
            keeper=self.keeper,
            key=key,
            clock=self._clock,
            topics=topics,
            link=self.link,
            next_number=self.journal.next_state_number,
            checks=self.own_state.checks,
            understands=(*TAKEN, TALK),
            fill=self.own_state.fill,
            each_round=self._round,
            note=note_in(settings.paths.run / STATE_FILE),
            card=self._card,
        )
        courier = SpeakerCourier(
            self.device,
            inbox=self.inbox,
            library=self.library,
            receipts=self.receipts,
            reporter=self.reporter,
        )
        self.courier = CourierWatch(state, courier)

    def start(self) -> None:
        """Everything runs when it returns; what is held plays on without broker or office."""
        self.player.start()
        self._amplifier.start()
        self._hearing.start()
        self.held.refresh()
        self.library.start()
        self.proofs.start()
        self._line.start()
        self.conductor.start()
        self.talk.start()
        if self._keypad is not None:
            self._keypad.start()
        self.reporter.start()
        self.subscriptions.ask()
        self.link.among(self.held.fleet)
        self.link.start()
        self.renewer.start()
        self.courier.start()

    def run(self, stop: threading.Event) -> bool:
        """Runs until `stop`, or until an order or another pairing asks for a restart (True)."""
        self.start()
        try:
            while not stop.wait(0.5) and not self._restart.is_set() and not self._paired_anew():
                self._lifeline.turned("main")
                self._upkeep.tend()
                hung = first_hung(reports=self.reporter, link=self.link, sound=self.player)
                if hung and self.conductor.playing is None:
                    # The watchdog must not cut a broadcast for it; between two of them nobody hears a restart.
                    log.error("%s: a hang; starting anew", hung)
                    return True
        finally:
            self.stop()
        return not stop.is_set()

    def stop(self) -> None:
        """Ends in order: no new sound, last reports, goodbye."""
        if self._keypad is not None:
            self._keypad.stop()
        self.talk.stop()
        self.conductor.stop()
        self._line.stop()
        self.courier.stop()
        self.reporter.stop()
        self.renewer.stop()
        self.link.stop()
        self.proofs.stop()
        self.library.stop()
        self.player.stop()
        self._hearing.stop()
        self._amplifier.stop()
        with contextlib.suppress(LangsoError):
            self.journal.write_refusals()
        self.store.close()

    def _paired_anew(self) -> bool:
        with contextlib.suppress(CardHangs):
            return self._card.do(self._pairing.changed)
        return False

    def _look(self) -> None:
        self.link.among(self.held.fleet)
        self.conductor.look()
        self.reporter.look()

    def _on_orders(self) -> None:
        self.reporter.look(at_once=True)
        self.conductor.look()

    def _report(self) -> None:
        self.reporter.look()

    def _round(self) -> None:
        """What the card lacks is tried again; after any trouble with it the orders are asked for again."""
        again = self.store.catch_up() | self.keeper.files.catch_up()
        if self.inbox.missed or again:
            self.inbox.missed = False
            self.subscriptions.ask()
        self.flood.look()
        self._upkeep.keep_near()
        self.receipts.work()

    def _on_link(self, connected: bool, why: str) -> None:
        log.info("link: %s", why)
        self.renewer.hurry()
        if connected:
            here = presence(self.device, self._boot, self._clock, online=True)
            self.link.publish(self._topics.device(self.device, "presence"), here, retain=True)
            self.outbox.hurry()
            self.library.hurry()
        self.reporter.look(again=connected)

    def _on_order(self, order: Order) -> None:
        self._own_orders.take(order)
        self._look()

    def _on_ack(self, ack: ReceiptsAck) -> None:
        if ack.conflict:
            log.error("the office saw this device's numbers with other bytes: a clone, or a restored card")
        self.receipts.take_ack(ack.journal, ack.through, head=ack.head, conflict=ack.conflict)
        self.reporter.look()
