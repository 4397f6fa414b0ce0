"""Instruments of the village only: a recorder at a loudspeaker's pipe, and the search for a sound in recordings."""
