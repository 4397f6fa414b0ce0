"""Sound itself: player, voices, sinks, amplifier."""
