"""How often an output may start: a relay that chatters or a supply that breaks down gets longer and longer rests.

Both ends keep to it: the firmware for its own board, the host for boards of level 1, which do not.
"""

SURVIVED_MS = 5000
"""A start counts as good once the board has lived this long with the output on."""
RESTS_MS = (0, 2000, 10000, 60000, 300000)
"""After so many starts in a row that took the board's power away: how long the next one waits after the restart."""
BURST = 10
"""Starts allowed at once; then one more every REFILL_MS."""
REFILL_MS = 5000


def rest_after(failed_starts: int) -> int:
    """Milliseconds that an output rests after so many failed starts in a row."""
    return RESTS_MS[min(max(0, failed_starts), len(RESTS_MS) - 1)]
