"""Founding an office: its keys, the first list of rights and later changes, its doors and certificates."""
