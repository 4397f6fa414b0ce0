"""PDF for long keeping: PDF/A-2B, or PDF/A-1B where an archive asks for it. Written, read back and checked.

The check is pikepdf's list of what PDF/A allows (`pikepdf.pdfa`): it may refuse a sound file, it does not pass a bad
one. No other program is needed.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import pikepdf

Level = Literal["2b", "1b", "none"]
LEVELS: tuple[Level, ...] = get_args(Level)

_LOG = logging.getLogger(__name__)


def save(pdf: pikepdf.Pdf, level: Level) -> tuple[bytes, Level]:
    """The document's bytes and what they are: the level asked for, or "none" (plain PDF) where it cannot be kept.

    The same document as plain PDF is always the same bytes. The programs it came through each stamped an identifier
    of the second they ran in, which would live on as the first half of its /ID.
    """
    if "/ID" in pdf.trailer:
        del pdf.trailer.ID
    if level != "none":
        try:
            from pikepdf.pdfa import PdfaError
            from pikepdf.pdfa import save as save_checked
        except ImportError as error:
            _LOG.warning("PDF/A cannot be made here, plain PDF instead: %s", error)
        else:
            out = io.BytesIO()
            try:
                save_checked(pdf, out, level, deterministic_id=True, linearize=False)
            except PdfaError as error:
                _LOG.warning("The document is no PDF/A-%s, plain PDF instead: %s", level, error)
            else:
                return out.getvalue(), level
    out = io.BytesIO()
    pdf.save(out, min_version="1.4", deterministic_id=True)
    return out.getvalue(), "none"
