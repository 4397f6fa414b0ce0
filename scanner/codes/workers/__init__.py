"""Processes of their own for reading codes, since an engine may hang or crash."""
