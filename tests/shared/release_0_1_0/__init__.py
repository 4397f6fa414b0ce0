"""The contract's models as release 0.1.0 has them, frozen: what devices and offices in the field read and write.

Never changed again. Tests let them read what is written today, and today's read what they write.
"""

from .base import (
    MAX_DOCUMENT_BYTES,
    MAX_SIGNATURES,
    BroadcastClass,
    Document,
    Message,
    Moment,
)
from .documents import (
    MAX_OCCURRENCES,
    Account,
    Caps,
    Catalogue,
    DesiredSettings,
    DeviceOrder,
    Fee,
    IssuerRule,
    Late,
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
)
from .renewal import CertificateAnswer, CertificateRequest
from .reports import (
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
from .topics import Address, Topics

__all__ = [
    "MAX_DOCUMENT_BYTES", "MAX_OCCURRENCES", "MAX_RECEIPTS", "MAX_SIGNATURES", "Account", "Address",
    "BroadcastClass", "Caps", "Catalogue", "CertificateAnswer", "CertificateRequest",
    "ClockReport", "DesiredSettings", "DeviceOrder", "Document",
    "DocumentReceipt", "DossierManifest", "EndedReceipt", "Fee", "HealthLine", "HeardReceipt", "Held",
    "IssuerRule", "Late", "Media", "Message", "Moment", "Occurrence", "Order", "Plan", "Presence", "Procedure",
    "Programme", "QuietHours", "Receipt", "Receipts", "ReceiptsAck", "RefusalReason", "RootDocument",
    "StartedReceipt", "State", "Storage", "TargetSet", "Threshold", "Topics", "TrustBundle", "TrustDocument",
    "Urgent", "UrgentOrder",
]  # fmt: skip
