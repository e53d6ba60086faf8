"""Initial."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "handler"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_at"), ["at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("routing_key", sa.String(length=120), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("trace", sa.String(length=64), server_default="", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("message_id"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "outbox_unsent",
            ["seq"],
            unique=False,
            postgresql_where=sa.text("sent_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "employers",
                "contributions",
                "dishonest",
                "zombie",
                name="importkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.String(length=201), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received", "loading", "done", "failed", name="importstate", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("rejects", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("problem_facts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_received_at"), ["received_at"], unique=False)
        batch_op.create_index(
            "same_bytes_once",
            ["kind", "sha256"],
            unique=True,
            postgresql_where=sa.text("state != 'failed'"),
            sqlite_where=sa.text("state != 'failed'"),
        )

    op.create_table(
        "list_entries",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "credit_code"),
    )
    op.create_table(
        "policies",
        sa.Column("programme_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme_year", "version"),
    )
    op.create_table(
        "units",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column(
            "unit_type",
            sa.Enum(
                "enterprise",
                "social_organisation",
                "foundation",
                "social_service",
                "law_firm",
                "accounting_firm",
                "individual_business",
                "government",
                "institution",
                name="unittype",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "size_class",
            sa.Enum("large", "medium", "small", "micro", name="sizeclass", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("industry", sa.String(length=100), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("labour_dispatch", sa.Boolean(), nullable=False),
        sa.Column("audit_findings", sa.Boolean(), nullable=False),
        sa.Column("account_name", sa.String(length=100), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("bank", sa.String(length=100), nullable=True),
        sa.Column("contact", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "unit_no"),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index("units_of_employer", ["import_id", "credit_code"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("eligible", "ineligible", "unknown", name="outcome", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("reasons", sa.Integer(), nullable=False, comment="bits of the criteria that fail"),
        sa.Column(
            "unknowns", sa.Integer(), nullable=False, comment="bits of the criteria whose data are missing"
        ),
        sa.Column("layoff_rate", sa.Integer(), nullable=True, comment="basis points; NULL: unknown"),
        sa.Column("ratio", sa.Integer(), nullable=False, comment="basis points; 0: unknown"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen; 0 unless eligible"),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column(
            "unit_type",
            sa.Enum(
                "enterprise",
                "social_organisation",
                "foundation",
                "social_service",
                "law_firm",
                "accounting_firm",
                "individual_business",
                "government",
                "institution",
                name="unittype",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "size_class",
            sa.Enum("large", "medium", "small", "micro", name="sizeclass", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("labour_dispatch", sa.SmallInteger(), nullable=True),
        sa.Column("audit_findings", sa.SmallInteger(), nullable=True),
        sa.Column("dishonest", sa.SmallInteger(), nullable=True),
        sa.Column("zombie", sa.SmallInteger(), nullable=True),
        sa.Column("headcount_now", sa.Integer(), nullable=True),
        sa.Column("headcount_start", sa.Integer(), nullable=True),
        sa.Column("headcount_end", sa.Integer(), nullable=True),
        sa.Column("exempt", sa.Integer(), nullable=True),
        sa.Column("months_full", sa.SmallInteger(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=False, comment="fen: premiums paid for the base year"),
        sa.PrimaryKeyConstraint("screening_id", "unit_no"),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index("verdicts_by_outcome", ["screening_id", "outcome", "unit_no"], unique=False)

    op.create_table(
        "import_parts",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=201), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
        ),
        sa.PrimaryKeyConstraint("import_id", "partition"),
    )
    op.create_table(
        "screenings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_year", sa.SmallInteger(), nullable=False),
        sa.Column("policy_version", sa.SmallInteger(), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "freezing", "running", "done", "failed", name="screeningstate", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("snapshot", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("employers_import_id", sa.Uuid(), nullable=True),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("chunks_done", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("ineligible", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["employers_import_id"],
            ["imports.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("screenings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screenings_started_at"), ["started_at"], unique=False)

    op.create_table(
        "screening_chunks",
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("chunk", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("ineligible", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["screening_id"],
            ["screenings.id"],
        ),
        sa.PrimaryKeyConstraint("screening_id", "chunk"),
    )
