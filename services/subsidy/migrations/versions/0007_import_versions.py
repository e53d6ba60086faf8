"""Import versions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "import_changes",
        sa.Column("comparison", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=18), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("added", "removed", "changed", name="changekind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("mask", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("comparison", "key"),
    )
    with op.batch_alter_table("import_changes", schema=None) as batch_op:
        batch_op.create_index("changes_of_kind", ["comparison", "kind", "key"], unique=False)

    op.create_table(
        "import_checks",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "done", name="qualitystate", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_table(
        "import_diffs",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("against", sa.Uuid(), nullable=False),
        sa.Column("comparison", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("first", "waiting", "done", name="diffstate", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "against"),
    )
    op.create_table(
        "month_changes",
        sa.Column("comparison", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("comparison", "unit_no", "month", "field"),
    )
    op.create_table(
        "quality_findings",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "no_account",
                "no_account_name",
                "no_bank",
                "no_size",
                "no_contact",
                "no_phone",
                "size_differs",
                "shared_code",
                "shared_account",
                "shared_phone",
                "shared_name",
                "headcount_jump",
                "other_region",
                name="findingkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("check_id", "unit_no", "kind"),
    )
    with op.batch_alter_table("quality_findings", schema=None) as batch_op:
        batch_op.create_index("findings_of_kind", ["check_id", "kind", "unit_no"], unique=False)

    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("employees", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revenue", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("assets", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "size_from",
                sa.Enum("file", "standard", name="sizefrom", native_enum=False, length=30),
                nullable=True,
            )
        )
