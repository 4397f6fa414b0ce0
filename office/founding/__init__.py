"""The office founded: its doors, its certificate authority, its trust."""
