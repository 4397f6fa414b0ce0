"""What always lies on loudspeakers: our own signals, and a sentence for each danger, so that an alarm needs one small
download more, or none.
"""

from __future__ import annotations

import logging
import threading

from langso.contract import Media
from langso.contract.sentences import vietnamese
from langso.durable.store import Store
from langso.errors import LangsoError
from langso.timekeeping.clock import Clock
from langso.voices.signals import SIGNALS, Signal, signal_medium
from langso.words.catalogue import Sentence
from office.broadcasting.media import MediaStore
from office.broadcasting.progress import ProgressWatch

log = logging.getLogger(__name__)
_WORDS: dict[Signal, Sentence] = {
    "siren": Sentence("broadcasting-kept-siren"),
    "fire": Sentence("broadcasting-kept-fire"),
    "flood": Sentence("broadcasting-kept-flood"),
    "notice": Sentence("broadcasting-kept-notice"),
}


class KeptSounds:
    """Made once, known by name; thread-safe through its store."""

    def __init__(self, store: Store, clock: Clock, media: MediaStore) -> None:
        self._store = store
        self._clock = clock
        self._media = media

    def start(self) -> None:
        """Makes in the background what is missing; the next plan names it."""
        threading.Thread(target=self._make_quietly, name="kept-sounds", daemon=True).start()

    def make(self) -> None:
        """Makes what is missing. Raises VoiceError, MediaFailed."""
        known = self._known()
        for signal in SIGNALS:
            if signal not in known:
                self._keep(signal, self._media.signal(signal))
            if f"{signal}-words" not in known:
                said = vietnamese(_WORDS[signal])
                # It waits in the queue of sounds: an emergency's own words are made before it.
                spoken = self._media.speak(said, watch=ProgressWatch())
                self._keep(f"{signal}-words", spoken.media)

    def all(self) -> tuple[Media, ...]:
        """All that are made, the signals first."""
        known = self._known()
        names = (*SIGNALS, *(f"{signal}-words" for signal in SIGNALS))
        return tuple(known[name] for name in names if name in known)

    def before(self, signal: Signal) -> Media:
        """The signal as it goes before an alarm's words. Raises MediaFailed."""
        return self._media.signal(signal)

    def instead(self, signal: Signal) -> tuple[Media, ...]:
        """What is heard where an alarm's own words do not come in time."""
        known = self._known()
        words = known.get(f"{signal}-words")
        return (signal_medium(signal), *(() if words is None else (words,)))

    def _make_quietly(self) -> None:
        try:
            self.make()
        except LangsoError as error:
            # They are made at the next start; until then an alarm has its own words alone.
            log.warning("what is to lie on loudspeakers is not made: %s", error)

    def _known(self) -> dict[str, Media]:
        rows = self._store.db.execute("SELECT name, media FROM kept_sounds").fetchall()
        return {str(name): Media.model_validate_json(media) for name, media in rows}

    def _keep(self, name: str, medium: Media) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO kept_sounds VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET media = excluded.media",
                [name, medium.to_json().decode(), self._clock.now().isoformat()],
            )
