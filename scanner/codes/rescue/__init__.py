"""Codes that no engine reads: our own decoder, from finder patterns to Reed-Solomon. `rescue` is its one door."""

from scanner.codes.rescue.decoder import rescue

__all__ = ["rescue"]
