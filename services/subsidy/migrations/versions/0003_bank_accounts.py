"""Bank accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("account_name", sa.String(length=100), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.create_index("account_changes_of_unit", ["unit_no", "at"], unique=True)
        batch_op.create_index(batch_op.f("ix_account_changes_at"), ["at"], unique=False)
