"""What a power cut may not lose: SQLite files, the outbox, files replaced atomically, folders held open."""
