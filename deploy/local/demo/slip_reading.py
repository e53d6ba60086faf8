"""A slip as a reader of PDF sees it."""

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class ReadSlip:
    """What a PDF says: its text without blanks, how many pages, its fonts and those not embedded."""

    title: str
    text: str
    pages: int
    fonts: tuple[str, ...]
    fonts_missing: tuple[str, ...]


def read_slip(pdf: bytes) -> ReadSlip:
    """Open a slip; raises when it is no PDF."""
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    fonts = {font["/BaseFont"]: font for page in reader.pages for font in _fonts(page)}
    missing = tuple(name for name, font in fonts.items() if not _is_embedded(font))
    title = str(reader.metadata.title) if reader.metadata else ""
    return ReadSlip(title, text, len(reader.pages), tuple(fonts), missing)


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


def _is_embedded(font: Any) -> bool:
    """A composite font's file hangs on its descendant."""
    descendants = font.get("/DescendantFonts")
    described = descendants[0].get_object() if descendants else font
    descriptor = described.get("/FontDescriptor", {})
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
