"""Who may order what: root -> trust document -> issuers -> signed documents (DSSE, Ed25519)."""

from langso.trust.chain import MAX_BUNDLE_BYTES, MAX_CHAIN_BYTES, Opened, open_bundle
from langso.trust.envelope import Sealed, countersign, open_sealed, parse_payload, payload_type, read_sealed, seal
from langso.trust.errors import CertificateError, KeyFileError, PairingError, Refused
from langso.trust.issuing import (
    make_bundle,
    make_root,
    make_trust,
    next_version,
    root_keys,
    same_number_other_bytes,
    threshold_of,
)
from langso.trust.keeper import Keeper
from langso.trust.keys import RootKeys, SigningKey, key_id
from langso.trust.marks import begin_marks
from langso.trust.taken import Taken

__all__ = [
    "MAX_BUNDLE_BYTES", "MAX_CHAIN_BYTES", "CertificateError", "Keeper", "KeyFileError", "Opened", "PairingError",
    "Refused", "RootKeys", "Sealed", "SigningKey", "Taken", "begin_marks", "countersign", "key_id", "make_bundle",
    "make_root", "make_trust", "next_version", "open_bundle", "open_sealed", "parse_payload", "payload_type",
    "read_sealed", "root_keys", "same_number_other_bytes", "seal", "threshold_of",
]  # fmt: skip
