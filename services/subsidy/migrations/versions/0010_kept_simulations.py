"""Where the facts of a chunk lie (earlier chunks kept none), and the simulations kept with drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "kept_simulations",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=True, comment="NULL: no run could serve"),
        sa.Column("view", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_drafts.id"]),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"]),
        sa.PrimaryKeyConstraint("draft_id", "revision"),
    )
    with op.batch_alter_table("screening_chunks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "facts",
                sa.JSON(none_as_null=True),
                nullable=True,
                comment="where its facts lie; NULL: not kept",
            )
        )
