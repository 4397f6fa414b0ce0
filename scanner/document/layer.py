"""The invisible text over a page's picture: what a reader program searches, marks and copies.

Its font has no shapes, only widths, so it weighs next to nothing and may go with any document; each sign used has one
glyph and its letter in the ToUnicode table, in NFC as it came.
"""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING

from scanner.errors import DocumentRefused

if TYPE_CHECKING:
    import pikepdf

    from scanner.document.text import Line, PageText

FONT = "/F0"
_NAME = "LANGSO+LangSoVoHinh"
_EM = 1000
_MAX_SIGNS = 60_000
_BLOCK = 100
_MOMENT = 3_800_000_000

# Rough widths of a printed text face: marking a part of a word then falls near its letters.
_WIDTHS = {280: "iljItfr.,;:'!|()[]-/", 880: "mwMW@%", 700: "ABCDEGHKNOPQRUVXY&Đ"}
_WIDTH = {ord(sign): width for width, signs in _WIDTHS.items() for sign in signs}
_USUAL = 540
_SPACE = 300


class LayerFont:
    """The font of one document's text layers: signs are numbered as they come, the font is made at the end."""

    def __init__(self) -> None:
        self._signs: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._signs)

    def encode(self, text: str) -> bytes:
        """The text as this font's two-byte codes, in hexadecimal."""
        codes = []
        for sign in text:
            if sign not in self._signs and len(self._signs) >= _MAX_SIGNS:
                raise DocumentRefused("Tài liệu có quá nhiều loại chữ; hãy chia làm nhiều tệp.")
            codes.append(self._signs.setdefault(sign, len(self._signs) + 1))
        return b"".join(b"%04X" % code for code in codes)

    def width(self, text: str) -> float:
        """How wide the text is at size 1."""
        return sum(map(_width, text)) / _EM

    def add_to(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The finished font as an object of `pdf`."""
        import pikepdf
        from pikepdf import Array, Dictionary, Name

        program = pdf.make_stream(self._program())
        program.Length1 = len(program.read_bytes())
        widths = [_width(sign) for sign in self._signs]
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + _NAME),
            Flags=4,
            FontBBox=Array([0, 0, _EM, _EM]),
            ItalicAngle=0,
            Ascent=800,
            Descent=-200,
            CapHeight=700,
            StemV=80,
            FontFile2=program,
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + _NAME),
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            CIDToGIDMap=Name.Identity,
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=_USUAL,
            W=Array([1, Array(widths)]),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + _NAME),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )

    def _program(self) -> bytes:
        """A TrueType program of blank glyphs with these widths."""
        from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
        from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]

        names = [".notdef", *(f"g{code}" for code in self._signs.values())]
        builder = FontBuilder(_EM, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({ord(sign): f"g{code}" for sign, code in self._signs.items()})
        builder.setupGlyf({name: Glyph() for name in names})
        advances = [_USUAL, *(_width(sign) for sign in self._signs)]
        builder.setupHorizontalMetrics({name: (wide, 0) for name, wide in zip(names, advances, strict=True)})
        builder.setupHorizontalHeader(ascent=800, descent=-200)
        builder.setupNameTable({"familyName": "LangSoVoHinh", "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
        builder.setupPost(keepGlyphNames=False)
        # A fixed moment: the same letters give the same bytes.
        builder.font["head"].created = builder.font["head"].modified = _MOMENT
        builder.font.recalcTimestamp = False
        out = io.BytesIO()
        builder.save(out)
        return out.getvalue()

    def _to_unicode(self) -> bytes:
        parts = [
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        ]
        pairs = [b"<%04X> <%s>" % (code, _utf16(sign)) for sign, code in self._signs.items()]
        for start in range(0, len(pairs), _BLOCK):
            block = pairs[start : start + _BLOCK]
            parts.append(b"%d beginbfchar\n%s\nendbfchar\n" % (len(block), b"\n".join(block)))
        parts.append(b"endcmap CMapName currentdict /CMap defineresource pop end end\n")
        return b"".join(parts)


def layer(text: PageText, width: float, height: float, font: LayerFont) -> bytes:
    """The page's words as invisible text operators, each stretched over its place. Sizes in points; may be empty."""
    drawn = [_line(line, width, height, font) for line in text.lines]
    return b"BT 3 Tr\n" + b"".join(drawn) + b"ET\n" if drawn else b""


def _line(line: Line, width: float, height: float, font: LayerFont) -> bytes:
    # One size for all its words, or a program that extracts text takes them for several lines.
    size = max(1.0, line.size * height)

    def stretch(text: str, share: float) -> float:
        return max(1.0, share * width / (font.width(text) * size) * 100)

    parts = [b"%s %.2f Tf\n" % (FONT.encode(), size)]
    space = font.encode(" ")
    for word, following in zip(line.words, (*line.words[1:], None), strict=True):
        base = line.base[0] + (line.base[1] - line.base[0]) * word.left
        place = (word.left * width, (1 - base) * height)
        parts.append(
            b"1 0 0 1 %.2f %.2f Tm %.2f Tz <%s> Tj"
            % (*place, stretch(word.text, word.right - word.left), font.encode(word.text))
        )
        # A real space, as wide as the gap: words never run together, whoever extracts them.
        gap = 0.0 if following is None else following.left - word.right
        parts.append(b" %.2f Tz <%s> Tj\n" % (stretch(" ", gap), space))
    return b"".join(parts)


def _width(sign: str) -> int:
    if sign == " ":
        return _SPACE
    return _WIDTH.get(ord(sign)) or _WIDTH.get(ord(unicodedata.normalize("NFD", sign)[0]), _USUAL)


def _utf16(sign: str) -> bytes:
    return sign.encode("utf-16-be").hex().upper().encode()
