"""The table of the units that a clerk listed for a batch; lines.py says what becomes of them."""

import sqlalchemy as sa

from services.contracts.subsidy.approval import LineOutcome
from services.subsidy.approval.store.batches import batches
from services.subsidy.schema import metadata, words

batch_lines = sa.Table(
    "batch_lines",
    metadata,
    sa.Column("batch_id", sa.ForeignKey(batches.c.id), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("unit_no", sa.String(12)),
    sa.Column("outcome", words(LineOutcome), comment="NULL: waits until the batch is filled"),
    sa.Column("held_by", sa.String(20), comment="the number of the batch that had the unit"),
)
sa.Index("lines_by_outcome", batch_lines.c.batch_id, batch_lines.c.outcome, batch_lines.c.line)
