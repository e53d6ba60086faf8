"""Held out lines."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("batch_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_out", sa.String(length=200), nullable=True))
        batch_op.create_check_constraint("held_or_held_out", "held IS NULL OR held_out IS NULL")
        batch_op.create_index(
            "items_held_out",
            ["unit_no"],
            unique=False,
            postgresql_where=sa.text("held_out IS NOT NULL"),
            sqlite_where=sa.text("held_out IS NOT NULL"),
        )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_out", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_by", sa.JSON(), server_default="[]", nullable=False))
