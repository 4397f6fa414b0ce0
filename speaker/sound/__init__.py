"""Sound itself: the player and its voices, the sinks it plays to, the amplifier's power."""
