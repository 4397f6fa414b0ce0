"""What a loudspeaker says of itself: its health, what it plays and holds, one sentence for the service manager."""

from __future__ import annotations

from pathlib import Path

from firmware_bridge.switchboard import Switchboard
from langso.contract import State
from langso.contract.health import Check
from langso.device.certificate_renewal import Renewer
from langso.device.machine_checks import MachineWatch
from langso.device.storage_checks import card_first, storage_checks
from langso.durable.card_hand import CardHand
from langso.durable.memory_first import MemoryFirstStore
from langso.mqtt.link import Link
from langso.trust import Keeper
from langso.words.catalogue import t
from speaker.conductor import Conductor
from speaker.hearing import Hearing
from speaker.local_mute import LocalMute
from speaker.media.library import Library
from speaker.record.receipts import ReceiptSender
from speaker.sound.proofs import Proofs
from speaker.sound.sounds import Player
from speaker.talk_key import TalkKey


class OwnState:
    """`state`: the device's folder; `alone`: there is no office, so nothing is said of one."""

    def __init__(
        self,
        state: Path,
        *,
        alone: bool,
        card: CardHand,
        board: Switchboard,
        conductor: Conductor,
        hearing: Hearing,
        keeper: Keeper,
        library: Library,
        link: Link,
        mute: LocalMute,
        player: Player,
        proofs: Proofs,
        receipts: ReceiptSender,
        renewer: Renewer,
        store: MemoryFirstStore,
        talk: TalkKey,
    ) -> None:
        self._machine = MachineWatch(state, card)
        self._alone = alone
        self._board = board
        self._conductor = conductor
        self._hearing = hearing
        self._keeper = keeper
        self._library = library
        self._link = link
        self._mute = mute
        self._player = player
        self._proofs = proofs
        self._receipts = receipts
        self._renewer = renewer
        self._store = store
        self._talk = talk

    def checks(self) -> list[Check]:
        """All health lines, as the state reports them."""
        sound = [self._player.check(), self._library.check(), *self._proofs.checks()]
        sound += [self._board.health(), *self._hearing.checks(), *self._talk.check()]
        # The card first: it takes all else with it.
        card, machine = card_first(self._machine.checks())
        told = storage_checks(self._store, self._keeper.files)
        card = [*told, *(check for check in card if not (told and check.name == "storage"))]
        link = self._link.check(t("speaker-check-network"))
        trust = [check for check in self._keeper.checks() if not (self._alone and check.name == "office")]
        office = [] if self._alone else [self._renewer.check()]
        played = [*self._conductor.checks(), *sound, *self._mute.checks()]
        return [*card, *played, *trust, *office, link, *machine]

    def line(self) -> str:
        """One sentence: what plays, what is held, whether the office is there."""
        show = self._conductor.playing
        plays = t("speaker-silent") if show is None else t("speaker-playing-id", id=show.id)
        plays = self._conductor.told_trouble or plays
        ready, wanted = self._library.counts()
        link = t("speaker-office-connected") if self._link.connected else t("speaker-office-not-connected")
        return t("speaker-status-line", plays=plays, ready=ready, wanted=wanted, link=link)

    def fill(self, state: State) -> State:
        """The state with what only a loudspeaker has."""
        ready, wanted = self._library.counts()
        show = self._conductor.playing
        return self._receipts.in_state(state).model_copy(
            update={
                "playing": None if show is None else show.id,
                "next_play": self._conductor.next_start(),
                "media_ready": ready,
                "media_wanted": wanted,
                "muted": self._mute.muted,
            }
        )
