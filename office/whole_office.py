"""The whole office put together from its settings: what pages and commands work with."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from langso.courier.watch import CourierWatch
from langso.durable.files import CUT_OFF_S, remove_cut_off
from langso.settings.model import Settings
from langso.timekeeping.clock import Clock, SystemClock
from langso.words.catalogue import Words
from office.broadcasting.alarms import Alarms
from office.broadcasting.broadcasts import Broadcasts
from office.broadcasting.collecting import SoundCollector
from office.broadcasting.decisions import Decisions
from office.broadcasting.jobs import JobRows
from office.broadcasting.kept_sounds import KeptSounds
from office.broadcasting.media import MediaStore
from office.broadcasting.workers import SoundJobs
from office.courier import OfficeCourier
from office.desk.archive import Archive
from office.desk.dossiers import Desk
from office.fleet.devices import Fleet, FleetRow
from office.founding.advertising import Advertiser
from office.people.audit import Audit
from office.places import OfficeHome
from office.publishing.catalogue import CatalogueKeeper
from office.publishing.documents import Documents
from office.publishing.orders import DeviceOrders
from office.publishing.other_issuers import OtherIssuers
from office.publishing.publisher import OfficePublisher
from office.publishing.speaker_orders import SpeakerOrders
from office.publishing.talk_rights import TalkRights
from office.signer.client import SignerClient
from office.store import open_store


class Office:
    """All parts of the office, opened from its settings: `with Office(settings) as office:`. Raises NotInitialised,
    StoreError.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.home = OfficeHome(settings)
        self.home.trust()
        self.store = open_store(self.home.database)
        self.audit = Audit(self.store, self.clock)
        self.signer = SignerClient(settings.signer.socket)
        self.media = MediaStore(self.home.media)
        self.documents = Documents(self.store, self.home, self.clock, self.signer)
        self.fleet = Fleet(self.store, self.home, self.clock)
        self.kept_sounds = KeptSounds(self.store, self.clock, self.media)
        self.speaker_orders = SpeakerOrders(self.store, self.home, self.clock, self.documents, self.kept_sounds.all)
        decisions = Decisions(self.store, self.home, self.clock, self.speaker_orders, self.audit, self._wake)
        self.broadcasts = Broadcasts(self.store, self.clock, self.media, self.audit, decisions)
        self.alarms = Alarms(self.store, self.clock, self.media, self.audit, decisions, self.kept_sounds)
        self.sounds = SoundCollector(self.store, self.home.media, self.clock, self.speaker_orders.sounds_told)
        self.jobs = SoundJobs(JobRows(self.store, self.clock), self.broadcasts, self.media, self.sounds.collect)
        self.catalogue = CatalogueKeeper(self.home, self.documents, self.clock)
        self.orders = DeviceOrders(self.store, self.documents, self.clock)
        self.others = OtherIssuers(self.home, self.clock)
        self.talk = TalkRights(self.store, self.orders, self.clock, self.audit, self.speaker_orders.ask)
        self.desk = Desk(self.store, self.home, self.clock)
        self.archive = Archive(self.store, self.desk, self.clock)
        self.publisher: OfficePublisher | None = None
        self.courier: CourierWatch | None = None
        self.advertiser = Advertiser(settings)
        self.door_troubles: Callable[[], tuple[Words, ...]] = tuple
        self.speaker_orders.recover_if_new()

    def start_publisher(
        self, on_change: Callable[[], None] = lambda: None, turned: Callable[[], None] = lambda: None
    ) -> OfficePublisher:
        """Connects to the broker; only the web process does. `turned` is called after each of its rounds."""
        remove_cut_off(self.home.state, older_s=CUT_OFF_S)
        self.publisher = OfficePublisher(
            self.settings,
            home=self.home,
            documents=self.documents,
            speaker_orders=self.speaker_orders,
            catalogue=self.catalogue,
            orders=self.orders,
            talk=self.talk,
            fleet=self.fleet,
            signer=self.signer,
            audit=self.audit,
            others=self.others,
            clock=self.clock,
            on_change=on_change,
            turned=turned,
        )
        self.publisher.start()
        self.advertiser.start()
        self.courier = CourierWatch(self.home.state, self._correspondent(self.publisher.carried))
        self.courier.start()
        return self.publisher

    def fleet_rows(self) -> list[FleetRow]:
        """One line a device, the worst first; judged against the documents issued last."""
        return self.fleet.rows(self.documents.newest())

    def close(self) -> None:
        """Stops the publisher and lets go of the database."""
        self.advertiser.stop()
        self.jobs.stop()
        if self.courier is not None:
            self.courier.stop()
        if self.publisher is not None:
            self.publisher.stop()
        self.store.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _correspondent(self, told: Callable[[str, bytes], None]) -> OfficeCourier:
        return OfficeCourier(
            self.store,
            self.home,
            self.clock,
            documents=self.documents,
            orders=self.orders,
            others=self.others,
            fleet=self.fleet,
            desk=self.desk,
            media=self.media,
            sounds=self.speaker_orders.sounds_told,
            freshen=(self.speaker_orders.refresh, self.catalogue.refresh),
            told=told,
        )

    def _wake(self) -> None:
        if self.publisher is not None:
            self.publisher.wake()
