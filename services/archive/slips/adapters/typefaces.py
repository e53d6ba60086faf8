"""The faces of the form: loaded once, chosen per field, embedded as subsets that copy and search right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SERIF, BLACK = "NotoSerifSC_400Regular", "NotoSerifSC_900Black"
SANS, BOLD = "NotoSansSC_400Regular", "NotoSansSC_700Bold"
FILES = (SERIF, BLACK, SANS, BOLD)


class MissingGlyph(ValueError):
    """No face has this character. A box in its place would be a false name on an official form."""


@dataclass(frozen=True)
class Type:
    """A size in points and the faces that may set a text, the preferred one first."""

    faces: tuple[str, ...]
    size: float

    def for_field(self, text: str) -> "Type":
        """Return the one face that covers the whole field; mix faces only where none does."""
        for face in self.faces:
            if all(ord(character) in _glyphs(face) for character in text):
                return replace(self, faces=(face,))
        return self

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """Split a text into (face, characters). Raises MissingGlyph."""
        for face, characters in groupby(text, key=self._face_of):
            yield face, "".join(characters)

    def width(self, text: str) -> float:
        """Return the width of a text in points."""
        return float(sum(pdfmetrics.stringWidth(run, face, self.size) for face, run in self.runs(text)))

    def _face_of(self, character: str) -> str:
        for face in self.faces:
            if ord(character) in _glyphs(face):
                return face
        raise MissingGlyph(f"no typeface has U+{ord(character):04X}")


def body(size: float) -> Type:
    """The type of texts and values (宋体)."""
    return Type((SERIF, SANS), size)


def title(size: float) -> Type:
    """The type of the title (大标宋)."""
    return Type((BLACK, SERIF, SANS), size)


def label(size: float) -> Type:
    """The type of labels and headings (黑体)."""
    return Type((BOLD, SANS, SERIF), size)


@cache
def load(folder: Path) -> None:
    """Register the faces, once per process. Raises FileNotFoundError with the name of a missing file."""
    for name in FILES:
        path = folder / f"{name}.ttf"
        if not path.is_file():
            raise FileNotFoundError(f"the slip needs the font {path}")
        pdfmetrics.registerFont(EmbeddedFont(name, str(path), asciiReadable=False, shapable=False))


@cache
def _glyphs(face: str) -> dict[int, int]:
    glyphs: dict[int, int] = pdfmetrics.getFont(face).face.charToGlyph
    return glyphs


class EmbeddedFont(TTFont):
    """A TrueType font whose subsets tell readers the right characters.

    reportlab writes U+2CB4E as <2CB4E>, which readers take for U+2CB4 and E: the name prints well but is
    copied and found wrong. It also maps unused codes to U+0000, which PDF/A-2u forbids.
    """

    def addObjects(self, document: Any) -> None:
        """Embed the subsets, then replace their ToUnicode maps."""
        subsets = self.state[document].subsets
        names = [self.getSubsetInternalName(index, document)[1:] for index in range(len(subsets))]
        super().addObjects(document)
        fonts = document.idToObject["BasicFonts"].dict
        for name, subset in zip(names, subsets, strict=True):
            document.idToObject[fonts[name].ToUnicode.name].content = to_unicode_map(subset)


def to_unicode_map(subset: Iterable[int]) -> str:
    """Return the CMap from one-byte codes to UTF-16 (PDF 32000-1, 9.10.3), at most 100 entries a block."""
    entries = [f"<{code:02X}> <{_utf16(character)}>" for code, character in enumerate(subset) if character]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{maps}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


def _utf16(character: int) -> str:
    return chr(character).encode("utf-16-be").hex().upper()
