"""Lines of Chinese text: where they may break, and how a line is drawn to its full measure."""

import re
from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from services.archive.slips.adapters.typefaces import Type

# What is never torn apart: numbers and codes, 〔2023〕11号, and punctuation from the character it belongs to.
CLUSTER = re.compile(
    r"[（《“【]*(?:〔\d{4}〕\d+号|[0-9A-Za-z.,:/%￥*-]+|.)[，。、；：）》”】！？〕]*", re.DOTALL
)
LEADING = 1.56


def wrap(text: str, type: Type, measure: float, indent: float = 0) -> list[str]:
    """Break a text into lines no wider than `measure` points; the first is shorter by `indent`."""
    lines, line, room = [], "", measure - indent
    for cluster in _clusters(text, type, measure):
        width = type.width(cluster)
        if line and width > room + 0.01:
            lines.append(line)
            line, room = "", measure
        line, room = line + cluster, room - width
    return [*lines, line]


def _clusters(text: str, type: Type, measure: float) -> Iterator[str]:
    """Yield what must stay together; what is wider than a whole line falls into its characters."""
    for cluster in CLUSTER.findall(text):
        if type.width(cluster) > measure:
            yield from cluster
        else:
            yield cluster


def draw_line(canvas: Canvas, x: float, y: float, text: str, type: Type, measure: float = 0) -> None:
    """Draw one line from x; with a `measure` its characters are spaced out to fill it."""
    spare = measure - type.width(text) if measure else 0
    line = canvas.beginText(x, y)
    line.setCharSpace(round(spare / (len(text) - 1), 4) if spare > 0 and len(text) > 1 else 0)
    for face, run in type.runs(text):
        line.setFont(face, type.size)
        line.textOut(run)
    line.setCharSpace(0)
    canvas.drawText(line)


def draw_centred(canvas: Canvas, x: float, y: float, text: str, type: Type) -> None:
    """Draw one line around x."""
    draw_line(canvas, x - type.width(text) / 2, y, text, type)


def draw_to_right(canvas: Canvas, x: float, y: float, text: str, type: Type) -> None:
    """Draw one line that ends at x."""
    draw_line(canvas, x - type.width(text), y, text, type)


def draw_paragraph(
    canvas: Canvas, x: float, y: float, text: str, type: Type, measure: float, indent: float = 0
) -> float:
    """Draw justified lines below y, the last one ragged; return the y below them."""
    lines = wrap(text, type, measure, indent)
    for index, line in enumerate(lines):
        inset = 0 if index else indent
        fill = measure - inset if index < len(lines) - 1 else 0
        draw_line(canvas, x + inset, y - _baseline(type), line, type, fill)
        y -= type.size * LEADING
    return y


def paragraph_height(text: str, type: Type, measure: float, indent: float = 0) -> float:
    """Return what draw_paragraph takes."""
    return len(wrap(text, type, measure, indent)) * type.size * LEADING


def draw_in_box(
    canvas: Canvas, box: tuple[float, float, float, float], text: str, type: Type, centred: bool
) -> None:
    """Draw a text into a box (x, top, width, height), in the middle of its height."""
    x, top, width, height = box
    lines = wrap(text, type, width)
    y = top - (height - len(lines) * type.size * LEADING) / 2
    for line in lines:
        inset = (width - type.width(line)) / 2 if centred else 0
        draw_line(canvas, x + inset, y - _baseline(type), line, type)
        y -= type.size * LEADING


def _baseline(type: Type) -> float:
    """Return how far the baseline lies below the top of its line: the em box (0.88 / 0.12) in the middle."""
    return type.size * (0.88 + (LEADING - 1) / 2)
