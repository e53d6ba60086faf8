"""The first lines of a file, and what they would be under a mapping."""

from collections.abc import Mapping, Sequence

import polars as pl

from services.contracts.subsidy.registry import PreviewColumn, PreviewFault, PreviewRow
from services.subsidy.registry.adapters import headers
from services.subsidy.registry.adapters.blocks import BROKEN, Block, Source
from services.subsidy.registry.adapters.columns import Layout
from services.subsidy.registry.adapters.rejects import judge
from services.subsidy.registry.domain import Preview, SampleRow

ROWS = 10
MOST_CELL = 200  # twice what any column takes: a longer text is wrong either way


def preview_of(source: Source, layout: Layout) -> Preview:
    """Return what a clerk is to be shown of a file, with a guess which column is which."""
    mapping = headers.guess(source.names, layout)
    wanted = headers.mapped(source.names, layout, mapping)
    rows: list[SampleRow] = []
    for page in source.pages():
        some = page.head(ROWS - len(rows))
        broken = {row["line"]: row["reason"] for row in source.block(some, wanted).broken.to_dicts()}
        rows += [
            SampleRow(line, tuple(cell[:MOST_CELL] for cell in cells), broken.get(line, ""))
            for line, cells in source.cells(some)
        ]
        if len(rows) >= ROWS:
            break
    return Preview(source.line, tuple(headers.labelled(source.names)), mapping, tuple(rows))


def mapping_view(
    layout: Layout, columns: Sequence[str], mapping: Mapping[str, str]
) -> tuple[PreviewColumn, ...]:
    """Return each of our columns with the file's that a mapping gives it."""
    return tuple(
        PreviewColumn(
            header=column.header,
            optional=column.optional,
            column=mapping[column.header] if mapping.get(column.header) in columns else None,
        )
        for column in layout.columns
    )


def rows_view(layout: Layout, preview: Preview, mapping: Mapping[str, str]) -> tuple[PreviewRow, ...]:
    """Return the first lines as they would be read, with what would be rejected."""
    places = {
        header: preview.columns.index(column)
        for header, column in mapping.items()
        if column in preview.columns
    }
    read = [(row.line, _read(row, layout, places)) for row in preview.rows if not row.broken]
    broken = [(row.line, "", row.broken) for row in preview.rows if row.broken]
    rejects = judge(_block(layout, read, broken), layout)
    faults: dict[int, list[PreviewFault]] = {}
    for line, header, _, reason in rejects.iter_rows():
        faults.setdefault(line, []).append(PreviewFault(header=header, reason=reason))
    values = dict(read)
    return tuple(
        PreviewRow(line=row.line, values=values.get(row.line, {}), faults=tuple(faults.get(row.line, ())))
        for row in preview.rows
    )


def _read(row: SampleRow, layout: Layout, places: Mapping[str, int]) -> dict[str, str]:
    return {
        header: row.cells[places[header]].strip() if header in places else "" for header in layout.headers
    }


def _block(
    layout: Layout, read: Sequence[tuple[int, dict[str, str]]], broken: Sequence[tuple[int, str, str]]
) -> Block:
    schema = {"line": pl.Int64, **dict.fromkeys(layout.headers, pl.String)}
    fields = pl.DataFrame([{"line": line, **values} for line, values in read], schema=schema)
    return Block(len(read) + len(broken), fields, pl.DataFrame(broken, schema=BROKEN, orient="row"))
