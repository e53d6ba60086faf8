"""What a file is, which column is which, and the previews of files that wait for a clerk."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

LIVE = sa.text("state != 'failed' AND state != 'discarded'")
FORMATS = sa.Enum("csv", "xlsx", "parquet", name="fileformat", native_enum=False, length=30)


def upgrade() -> None:
    op.create_table(
        "import_previews",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
        sa.PrimaryKeyConstraint("import_id"),
    )
    with op.batch_alter_table("import_previews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_previews_header_key"), ["header_key"], unique=False)

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index("same_bytes_once")
        batch_op.add_column(sa.Column("preview", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("mapping", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("format", FORMATS, nullable=True))
        batch_op.add_column(sa.Column("encoding", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("rejected_lines", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "same_bytes_once",
        "imports",
        ["kind", "sha256"],
        unique=True,
        postgresql_where=LIVE,
        sqlite_where=LIVE,
    )
