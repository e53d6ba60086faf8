"""Policy drafts, the codes of bits, where decisions came from, facts of other layoff formulas."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "criterion_bits",
        sa.Column("bit", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("bit"),
    )
    op.create_table(
        "policy_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("based_on_year", sa.SmallInteger(), nullable=False),
        sa.Column("based_on_version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "returned",
                "in_force",
                "discarded",
                name="draftstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("simulated_revision", sa.Integer(), nullable=True),
        sa.Column("maker", sa.String(length=80), nullable=False),
        sa.Column("maker_name", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer", sa.String(length=80), nullable=True),
        sa.Column("reviewer_name", sa.String(length=100), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("state <> 'in_force' OR reviewer IS NOT NULL", name="in_force_by_a_reviewer"),
        sa.CheckConstraint("reviewer <> maker", name="drafter_is_not_reviewer"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("policy_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_drafts_made_at"), ["made_at"], unique=False)

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=45), server_default="", nullable=False))

    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draft_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("maker", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("maker_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("reviewer", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("reviewer_name", sa.String(length=100), nullable=True))
        batch_op.create_foreign_key("policy_of_draft", "policy_drafts", ["draft_id"], ["id"])
        batch_op.create_check_constraint("policy_maker_is_not_reviewer", "reviewer <> maker")
        batch_op.create_check_constraint(
            "policy_of_two_people", "draft_id IS NULL OR (maker IS NOT NULL AND reviewer IS NOT NULL)"
        )

    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "headcount_sum", sa.BigInteger(), nullable=True, comment="over the months of the base year"
            )
        )
        batch_op.add_column(
            sa.Column(
                "months_insured",
                sa.SmallInteger(),
                nullable=True,
                comment="months of the base year that a file has",
            )
        )
        batch_op.add_column(
            sa.Column("new_recipients", sa.Integer(), nullable=True, comment="NULL: no file says how many")
        )

    _keep_bits(op.get_bind())


def _keep_bits(connection: sa.Connection) -> None:
    """Let every bit keep the code that it has in the policies that are in force."""
    policies = sa.table("policies", sa.column("body", sa.JSON))
    bits = sa.table("criterion_bits", sa.column("bit"), sa.column("code"))
    bodies = connection.execute(sa.select(policies.c.body)).scalars()
    codes = {each["bit"]: each["code"] for body in bodies for each in body["criteria"]}
    if codes:
        rows = [{"bit": bit, "code": code} for bit, code in sorted(codes.items())]
        connection.execute(bits.insert(), rows)
