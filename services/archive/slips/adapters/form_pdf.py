"""The form on one A4 page: head, text and table from the top, signature and QR code at the foot."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from services.archive.slips.adapters import typefaces
from services.archive.slips.adapters.archival import to_pdf_a
from services.archive.slips.adapters.qr import draw_qr
from services.archive.slips.adapters.table import Table
from services.archive.slips.adapters.typefaces import body, label, title
from services.archive.slips.adapters.typesetting import (
    draw_centred,
    draw_line,
    draw_paragraph,
    draw_to_right,
    paragraph_height,
)
from services.archive.slips.domain import Form

WIDTH, HEIGHT = A4
LEFT, RIGHT = 22 * mm, WIDTH - 22 * mm
MEASURE = RIGHT - LEFT
BODY_TOP = HEIGHT - 46 * mm
FOOT = 17 * mm
SIGNATURE_FOOT = FOOT + 5 * mm
SIGNATURE_LEFT = LEFT + 72 * mm
SIGNATURE_MEASURE = RIGHT - SIGNATURE_LEFT
QR_SIZE = 26 * mm
RED = (0.78, 0.06, 0.06)

SIZES = (11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5)
ONE_AT_A_TIME = threading.Lock()  # reportlab's fonts hold one document's state at a time


class TooLong(ValueError):
    """Not even the smallest type brings the form onto one page."""


def print_form(form: Form, *, fonts: Path) -> bytes:
    """Return the form as PDF/A-2u; the same form gives the same bytes.

    Raises FileNotFoundError (a font), MissingGlyph, TooLong.
    """
    typefaces.load(fonts)
    with ONE_AT_A_TIME:
        drawn = _draw(form)
    return to_pdf_a(drawn, title=form.title, subject=form.number, at=form.answered_at)


def _draw(form: Form) -> bytes:
    page = io.BytesIO()
    canvas = Canvas(page, A4, invariant=1, pageCompression=1, initialFontName=typefaces.SERIF, lang="zh-CN")
    size = _largest_fitting_size(form)
    _draw_head(canvas, form)
    _draw_body(canvas, form, size)
    _draw_signature(canvas, form, size)
    _draw_verification(canvas, form)
    _draw_foot(canvas, form)
    canvas.showPage()
    canvas.save()
    return page.getvalue()


# ---- what fits


def _largest_fitting_size(form: Form) -> float:
    for size in SIZES:
        if _body_height(form, size) + _foot_height(form, size) <= BODY_TOP - SIGNATURE_FOOT:
            return size
    raise TooLong(f"{form.number} does not fit on one page")


def _body_height(form: Form, size: float) -> float:
    text = sum(block.height(size) for block in _text_blocks(form))
    table = Table(form.rows, MEASURE, size).height()
    return text + table + _choice_height(size) + 2 * _gap(size)


def _foot_height(form: Form, size: float) -> float:
    return float(max(_signature_height(form, size), QR_SIZE)) + _gap(size)


def _gap(size: float) -> float:
    return size * 0.7


# ---- the text


@dataclass(frozen=True)
class Block:
    """A heading or an indented paragraph."""

    text: str
    is_heading: bool = False

    def height(self, size: float) -> float:
        """Return the height at a type size, in points."""
        return paragraph_height(self.text, self._type(size), MEASURE, self._indent(size)) + self._space(size)

    def draw(self, canvas: Canvas, y: float, size: float) -> float:
        """Draw below y; return the y below."""
        y -= self._space(size)
        return draw_paragraph(canvas, LEFT, y, self.text, self._type(size), MEASURE, self._indent(size))

    def _type(self, size: float) -> typefaces.Type:
        return (label(size) if self.is_heading else body(size)).for_field(self.text)

    def _indent(self, size: float) -> float:
        return 0 if self.is_heading else 2 * size

    def _space(self, size: float) -> float:
        return size * 0.5 if self.is_heading else 0


def _text_blocks(form: Form) -> list[Block]:
    return [*_blocks_above_table(form), *_blocks_below_table(form)]


def _blocks_above_table(form: Form) -> list[Block]:
    return [Block(form.preamble), Block(form.table_heading, is_heading=True)]


def _blocks_below_table(form: Form) -> Iterator[Block]:
    for section in form.sections:
        yield Block(section.heading, is_heading=True)
        yield from map(Block, section.paragraphs)


# ---- the parts of the page, from top to bottom


def _draw_head(canvas: Canvas, form: Form) -> None:
    draw_line(canvas, LEFT, HEIGHT - 20 * mm, f"{form.number}　{form.edition}", body(10))
    draw_to_right(canvas, RIGHT, HEIGHT - 20 * mm, f"【{form.stamp}】", label(11))
    draw_centred(canvas, WIDTH / 2, HEIGHT - 35.5 * mm, form.title, title(22))
    canvas.setStrokeColorRGB(*RED)
    for line_width, y in ((1.5, 41 * mm), (0.5, 42 * mm)):
        canvas.setLineWidth(line_width)
        canvas.line(LEFT, HEIGHT - y, RIGHT, HEIGHT - y)
    canvas.setStrokeGray(0)


def _draw_body(canvas: Canvas, form: Form, size: float) -> None:
    y = BODY_TOP
    for block in _blocks_above_table(form):
        y = block.draw(canvas, y, size)
    y = Table(form.rows, MEASURE, size).draw(canvas, LEFT, y - _gap(size) / 2)
    y -= _gap(size) / 2
    for block in _blocks_below_table(form):
        y = block.draw(canvas, y, size)
    _draw_choice(canvas, form, y - _gap(size), size)


def _choice_height(size: float) -> float:
    return size * 4.4


def _draw_choice(canvas: Canvas, form: Form, top: float, size: float) -> None:
    """Draw the choice in a frame: both answers, the chosen one ticked and bold."""
    height = _choice_height(size)
    canvas.setLineWidth(0.8)
    canvas.rect(LEFT, top - height, MEASURE, height, stroke=1, fill=0)
    draw_line(canvas, LEFT + 8, top - size * 1.55, form.choice_lead, body(size))
    x = LEFT + MEASURE * 0.18
    for words, chosen in form.choices:
        _draw_tick_box(canvas, x, top - size * 3.5, size * 1.1, chosen)
        type = label(size + 1) if chosen else body(size + 1)
        draw_line(canvas, x + size * 1.7, top - size * 3.4, words, type)
        x += MEASURE * 0.4


def _draw_tick_box(canvas: Canvas, x: float, y: float, side: float, ticked: bool) -> None:
    """Draw the box as lines: a font may lack ☑, and a tick must never be a missing glyph."""
    canvas.setLineWidth(0.9)
    canvas.rect(x, y, side, side, stroke=1, fill=0)
    if ticked:
        canvas.setLineWidth(1.7)
        canvas.setLineCap(1)
        canvas.lines(
            [
                (x + side * 0.18, y + side * 0.52, x + side * 0.42, y + side * 0.22),
                (x + side * 0.42, y + side * 0.22, x + side * 0.86, y + side * 0.86),
            ]
        )
        canvas.setLineCap(0)


def _signature_lines(form: Form, size: float) -> Iterator[tuple[str, str, typefaces.Type, float]]:
    """Yield label, value, the type of the value and where it begins, in points from the label."""
    for name, value in form.signature:
        heading = f"{name}："
        yield heading, value, body(size).for_field(value), body(size).width(heading) + 1


def _signature_height(form: Form, size: float) -> float:
    return sum(
        paragraph_height(value, type, SIGNATURE_MEASURE - inset) + _gap(size)
        for _, value, type, inset in _signature_lines(form, size)
    )


def _draw_signature(canvas: Canvas, form: Form, size: float) -> None:
    """Draw unit (with room for its seal), handler and day beside the QR code."""
    y = SIGNATURE_FOOT + max(_signature_height(form, size), QR_SIZE)
    for heading, value, type, inset in _signature_lines(form, size):
        draw_paragraph(canvas, SIGNATURE_LEFT, y, heading, body(size), inset)
        x = SIGNATURE_LEFT + inset
        y = draw_paragraph(canvas, x, y, value, type, SIGNATURE_MEASURE - inset) - _gap(size)


def _draw_verification(canvas: Canvas, form: Form) -> None:
    draw_qr(canvas, LEFT, SIGNATURE_FOOT, QR_SIZE, form.check_address)
    x, y = LEFT + QR_SIZE + 4 * mm, SIGNATURE_FOOT
    draw_line(canvas, x, y + 14 * mm, "扫码核验本单真伪", label(9))
    draw_line(canvas, x, y + 8 * mm, "校验码", body(8))
    draw_line(canvas, x, y + 3 * mm, form.check_code, body(9))


def _draw_foot(canvas: Canvas, form: Form) -> None:
    canvas.setLineWidth(0.3)
    canvas.setStrokeGray(0.5)
    canvas.line(LEFT, FOOT, RIGHT, FOOT)
    draw_line(canvas, LEFT, FOOT - 4.5 * mm, form.footer, body(8))
    draw_to_right(canvas, RIGHT, FOOT - 4.5 * mm, "第1页　共1页", body(8))
