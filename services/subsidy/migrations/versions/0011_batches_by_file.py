"""Batches by file, remarks on lines, runs that are released to employers: finished ones are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "batch_lines",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "taken",
                "left_out",
                "held",
                "filtered",
                "nothing",
                "ineligible",
                "unknown",
                "not_in_run",
                "outside_region",
                "no_number",
                "repeated",
                name="lineoutcome",
                native_enum=False,
                length=30,
            ),
            nullable=True,
            comment="NULL: waits until the batch is filled",
        ),
        sa.Column(
            "held_by",
            sa.String(length=20),
            nullable=True,
            comment="the number of the batch that had the unit",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batches.id"],
        ),
        sa.PrimaryKeyConstraint("batch_id", "line"),
    )
    with op.batch_alter_table("batch_lines", schema=None) as batch_op:
        batch_op.create_index("lines_by_outcome", ["batch_id", "outcome", "line"], unique=False)

    with op.batch_alter_table("batch_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remark", sa.String(length=200), nullable=True))
        batch_op.create_index(
            "items_remarked",
            ["batch_id", "unit_no"],
            unique=False,
            postgresql_where=sa.text("remark IS NOT NULL"),
            sqlite_where=sa.text("remark IS NOT NULL"),
        )

        batch_op.create_index(
            "items_left_out",
            ["batch_id", "unit_no"],
            unique=False,
            postgresql_where=sa.text("missing != ''"),
            sqlite_where=sa.text("missing != ''"),
        )

    incomplete = "account IS NULL OR account_name IS NULL OR bank IS NULL OR contact IS NULL OR phone IS NULL"
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(
            "units_incomplete",
            ["import_id", "unit_no"],
            unique=False,
            postgresql_where=sa.text(incomplete),
            sqlite_where=sa.text(incomplete),
        )

    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "units", sa.JSON(none_as_null=True), nullable=True, comment="the file of units it was made of"
            )
        )
        batch_op.add_column(sa.Column("outcomes", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("remarks", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("released_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("released_by_name", sa.String(length=100), nullable=True))

    # Until now employers saw each finished run.
    op.execute(
        "UPDATE screenings SET released_at = COALESCE(finished_at, started_at), "
        "released_by = \"by\", released_by_name = by_name WHERE state = 'done'"
    )
