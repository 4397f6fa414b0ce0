"""The whole office put together from its settings: what pages and commands work with."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from langso.settings.model import Settings
from langso.timekeeping.clock import Clock, SystemClock
from office.broadcasting.broadcasts import Broadcasts
from office.broadcasting.jobs import JobRows
from office.broadcasting.media import MediaStore
from office.broadcasting.workers import SoundJobs
from office.desk.archive import Archive
from office.desk.dossiers import Desk
from office.fleet.devices import Fleet, FleetRow
from office.founding.advertising import Advertiser
from office.people.audit import Audit
from office.places import OfficeHome
from office.publishing.catalogue import CatalogueKeeper
from office.publishing.documents import Documents
from office.publishing.orders import DeviceOrders
from office.publishing.publisher import OfficePublisher
from office.publishing.speaker_orders import SpeakerOrders
from office.signer.client import SignerClient
from office.store import open_store


class Office:
    """`with Office(settings) as console:`. Raises NotInitialised, StoreError."""

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
        self.programme = SpeakerOrders(self.store, self.home, self.clock, self.documents)
        self.broadcasts = Broadcasts(self.store, self.home, self.clock, self.programme, self.media, self._wake)
        self.jobs = SoundJobs(JobRows(self.store, self.clock), self.broadcasts, self.media)
        self.catalogue = CatalogueKeeper(self.home, self.documents)
        self.orders = DeviceOrders(self.store, self.documents, self.clock)
        self.desk = Desk(self.store, self.home, self.clock)
        self.archive = Archive(self.store, self.desk, self.clock)
        self.publisher: OfficePublisher | None = None
        self.advertiser = Advertiser(settings)
        self.door_troubles: Callable[[], tuple[str, ...]] = tuple
        self.programme.recover_if_new()

    def start_publisher(
        self, on_change: Callable[[], None] = lambda: None, turned: Callable[[], None] = lambda: None
    ) -> OfficePublisher:
        """Connects to the broker; only the web process does. `turned` is called after each of its rounds."""
        self.publisher = OfficePublisher(
            self.settings,
            home=self.home,
            documents=self.documents,
            programme=self.programme,
            catalogue=self.catalogue,
            orders=self.orders,
            fleet=self.fleet,
            signer=self.signer,
            audit=self.audit,
            clock=self.clock,
            on_change=on_change,
            turned=turned,
        )
        self.publisher.start()
        self.advertiser.start()
        return self.publisher

    def fleet_rows(self) -> list[FleetRow]:
        """One line a device, the worst first, judged by what has been issued."""
        newest = {issued.kind: (issued.version, issued.sha256) for issued in self.documents.all_latest()}
        return self.fleet.rows(newest)

    def close(self) -> None:
        """Stops the publisher and lets go of the database."""
        self.advertiser.stop()
        self.jobs.stop()
        if self.publisher is not None:
            self.publisher.stop()
        self.store.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wake(self) -> None:
        if self.publisher is not None:
            self.publisher.wake()
