"""What a QR code says: payment codes, citizen and health cards, dossier codes, links. `parse` takes any of them."""

from . import emv
from .banks import bank_name, wallet_name
from .describe import mask
from .errors import CannotWrite, CodeError, TextTooLong
from .parsed import MAX_TEXT, Kind, Parsed
from .payee import Payee, payee
from .router import parse

__all__ = [
    "MAX_TEXT",
    "CannotWrite",
    "CodeError",
    "Kind",
    "Parsed",
    "Payee",
    "TextTooLong",
    "bank_name",
    "emv",
    "mask",
    "parse",
    "payee",
    "wallet_name",
]
