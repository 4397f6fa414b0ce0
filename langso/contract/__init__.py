"""What devices and office say to each other (contract v1): topics, documents, reports, and the commune's caps."""

from langso.contract.base import (
    MAX_DOCUMENT_BYTES,
    MAX_SIGNATURES,
    BroadcastClass,
    Document,
    Message,
    Moment,
)
from langso.contract.documents import (
    MAX_OCCURRENCES,
    MAX_RECEIVED,
    Account,
    Caps,
    Catalogue,
    DesiredSettings,
    DeviceOrder,
    Fee,
    IssuerRule,
    Late,
    LoudnessCap,
    Media,
    Occurrence,
    Order,
    Plan,
    Procedure,
    Programme,
    QuietHours,
    RootDocument,
    TargetSet,
    Threshold,
    TrustBundle,
    TrustDocument,
    Urgent,
    UrgentOrder,
    VouchedAccount,
)
from langso.contract.renewal import CertificateAnswer, CertificateRequest
from langso.contract.reports import (
    MAX_RECEIPTS,
    ClockReport,
    DocumentReceipt,
    DossierManifest,
    EndedReceipt,
    HealthLine,
    HeardReceipt,
    Held,
    Presence,
    Receipt,
    Receipts,
    ReceiptsAck,
    RefusalReason,
    StartedReceipt,
    State,
    Storage,
)
from langso.contract.topics import Address, Topics

__all__ = [
    "MAX_DOCUMENT_BYTES", "MAX_OCCURRENCES", "MAX_RECEIPTS", "MAX_RECEIVED", "MAX_SIGNATURES", "Account", "Address",
    "BroadcastClass", "Caps", "Catalogue", "CertificateAnswer", "CertificateRequest",
    "ClockReport", "DesiredSettings", "DeviceOrder", "Document",
    "DocumentReceipt", "DossierManifest", "EndedReceipt", "Fee", "HealthLine", "HeardReceipt", "Held",
    "IssuerRule", "Late", "LoudnessCap", "Media", "Message", "Moment", "Occurrence", "Order", "Plan", "Presence",
    "Procedure", "Programme", "QuietHours", "Receipt", "Receipts", "ReceiptsAck", "RefusalReason", "RootDocument",
    "StartedReceipt", "State", "Storage", "TargetSet", "Threshold", "Topics", "TrustBundle", "TrustDocument",
    "Urgent", "UrgentOrder", "VouchedAccount",
]  # fmt: skip
