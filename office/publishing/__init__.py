"""What devices are told, signed and numbered, and the office's one connection to the broker (both directions)."""
