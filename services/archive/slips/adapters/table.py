"""The table of the form: rows of one or two (label, value) pairs, each as high as its longest value."""

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from services.archive.slips.adapters.typefaces import Type, body, label
from services.archive.slips.adapters.typesetting import draw_in_box, paragraph_height

Row = tuple[tuple[str, str], ...]

COLUMNS = (0.54, 0.46)
LABEL_WIDTHS = (114.0, 98.0)
PADDING = 6.0
LABEL_GROUND = 0.955


@dataclass(frozen=True)
class Cell:
    """A label or a value, and the box it takes within its row, in points."""

    text: str
    type: Type
    left: float
    width: float
    is_label: bool

    def height(self) -> float:
        """Return the height the text needs, padding included."""
        return paragraph_height(self.text, self.type, self.width - 2 * PADDING) + PADDING


@dataclass(frozen=True)
class Table:
    """Rows set at one size, `width` points wide."""

    rows: tuple[Row, ...]
    width: float
    size: float

    def height(self) -> float:
        """Return the height of all rows in points."""
        return sum(self._row_height(row) for row in self.rows)

    def draw(self, canvas: Canvas, x: float, top: float) -> float:
        """Draw below `top`; return the y below the table."""
        y = top
        for row in self.rows:
            height = self._row_height(row)
            for cell in self._cells(row):
                _draw_cell(canvas, cell, x, y, height)
            y -= height
        canvas.setLineWidth(1.1)
        canvas.rect(x, y, self.width, top - y, stroke=1, fill=0)
        return y

    def _row_height(self, row: Row) -> float:
        return max(cell.height() for cell in self._cells(row)) + PADDING / 2

    def _cells(self, row: Row) -> list[Cell]:
        shares = COLUMNS if len(row) == 2 else (1.0,)
        cells, left = [], 0.0
        for (name, value), share, label_width in zip(row, shares, LABEL_WIDTHS, strict=False):
            value_width = self.width * share - label_width
            cells.append(Cell(name, label(self.size - 1), left, label_width, is_label=True))
            value_type = body(self.size).for_field(value)
            cells.append(Cell(value, value_type, left + label_width, value_width, is_label=False))
            left += self.width * share
        return cells


def _draw_cell(canvas: Canvas, cell: Cell, x: float, top: float, height: float) -> None:
    canvas.setLineWidth(0.5)
    canvas.setFillGray(LABEL_GROUND if cell.is_label else 1)
    canvas.rect(x + cell.left, top - height, cell.width, height, stroke=1, fill=1)
    canvas.setFillGray(0)
    box = (x + cell.left + PADDING, top, cell.width - 2 * PADDING, height)
    draw_in_box(canvas, box, cell.text, cell.type, centred=cell.is_label)
