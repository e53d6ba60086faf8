"""The units on the lists that the agency has from others, dishonest and zombie, of each version."""

import sqlalchemy as sa

from services.subsidy.schema import metadata

list_entries = sa.Table(
    "list_entries",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.String(18), primary_key=True),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("listed_on", sa.Date, nullable=False),
)
