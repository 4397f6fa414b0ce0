"""What a power cut must not lose: SQLite files, the outbox, files replaced atomically, folders held open."""
