"""QR codes in a picture: exact text, corners, which engine read it."""

from scanner.codes.reader import Code, read_codes, warm

__all__ = ["Code", "read_codes", "warm"]
