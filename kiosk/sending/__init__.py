"""Dossiers on their way to the office: encrypted, kept in the outbox, uploaded."""
