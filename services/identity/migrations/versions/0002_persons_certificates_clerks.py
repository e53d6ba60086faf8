"""Persons, certificates, clerks with a second factor, the audit trail.

What lives for minutes or a day (sign-ins, limits) begins anew; maintenances and accounts are carried over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add_tables()
    begin_anew()
    carry_over()


def add_tables() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("subject_sealed", sa.Text(), nullable=False, comment="unmasked"),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("trace", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("audit_entries_of_actor", ["actor", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_subject_key"), ["subject_key"], unique=False)

    op.create_table(
        "authorities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False, comment="DER"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("crl_urls", sa.JSON(), nullable=False),
        sa.Column("ocsp_url", sa.String(length=310), nullable=True),
        sa.Column("extractors", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issuer_id"],
            ["authorities.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_table(
        "challenges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenges_issued_at"), ["issued_at"], unique=False)

    op.create_table(
        "devices",
        sa.Column("name", sa.String(length=64), nullable=False, comment="fingerprint"),
        sa.Column(
            "kind",
            sa.Enum("employer", "person", "clerk", name="actorkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("account", sa.String(length=64), nullable=False, comment="person id, credit code"),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index("devices_of_account", ["kind", "account"], unique=False)
        batch_op.create_index(batch_op.f("ix_devices_added_at"), ["added_at"], unique=False)

    op.create_table(
        "pending_sign_ins",
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("employer", "person", "clerk", name="actorkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "account", sa.String(length=64), nullable=False, comment="person id, credit code, clerk's account"
        ),
        sa.Column(
            "factor",
            sa.Enum("sms", "totp", "enrolment", name="factor", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True, comment="of the authenticator that is being set up"),
        sa.PrimaryKeyConstraint("sign_in_id"),
    )
    with op.batch_alter_table("pending_sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_sign_ins_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index("pending_sign_ins_of_account", ["kind", "account"], unique=False)

    op.create_table(
        "persons",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "agreement",
            sa.String(length=40),
            nullable=False,
            comment="version that was agreed to, at agreed_at",
        ),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id_number_key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("id_number_key"),
    )
    op.create_table(
        "certificate_answers",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False, comment="hex"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("this_update", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_update", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
        ),
        sa.PrimaryKeyConstraint("authority_id", "serial"),
    )
    with op.batch_alter_table("certificate_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_answers_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_answers_used_at"), ["used_at"], unique=False)

    op.create_table(
        "certificate_bindings",
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("authority_name", sa.String(length=300), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
        ),
        sa.PrimaryKeyConstraint("credit_code"),
    )
    op.create_table(
        "employer_handlers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False, comment="actor; empty: at registration"),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_code"],
            ["employers.credit_code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("employer_handlers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_handlers_credit_code"), ["credit_code"], unique=False)

    op.create_table(
        "revocation_lists",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("this_update", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_update", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column(
            "number",
            sa.String(length=49),
            nullable=True,
            comment="decimal; up to 20 octets, more than any integer column holds",
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
        ),
        sa.PrimaryKeyConstraint("authority_id"),
    )
    with op.batch_alter_table("revocation_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revocation_lists_due_at"), ["due_at"], unique=False)

    op.create_table(
        "revoked_certificates",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False, comment="hex"),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
        ),
        sa.PrimaryKeyConstraint("authority_id", "serial"),
    )


def begin_anew() -> None:
    for table in ("sign_ins", "sms_quotas", "sessions"):
        op.drop_table(table)
    op.create_table(
        "code_quotas",
        sa.Column(
            "name",
            sa.String(length=64),
            nullable=False,
            comment="phone, phone and purpose, or address, fingerprint",
        ),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    with op.batch_alter_table("code_quotas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_quotas_day"), ["day"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("employer", "person", "clerk", name="actorkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "account",
            sa.String(length=64),
            nullable=False,
            comment="person id, credit code, clerk's account",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False, server_default=""),
        sa.Column("agent", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("authority_id", sa.Uuid(), nullable=True, comment="of the certificate it came with"),
        sa.Column("serial", sa.String(length=64), nullable=True, comment="of the certificate, hex"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_renewed_at"), ["renewed_at"], unique=False)
        batch_op.create_index("sessions_of_account", ["kind", "account"], unique=False)


def carry_over() -> None:
    with op.batch_alter_table("clerks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("totp_secret", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("totp_step", sa.BigInteger(), nullable=True, comment="the latest whose code was used")
        )
        batch_op.alter_column(
            "name", existing_type=sa.VARCHAR(length=100), type_=sa.String(length=200), existing_nullable=False
        )

    with op.batch_alter_table("locks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))

    carry_maintenances_over()
    carry_employers_over()


def carry_maintenances_over() -> None:
    """All so far were entered at the counter: accepted at once by who entered them."""
    op.create_table(
        "new_maintenances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_no", sa.String(length=12), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("handler_name", sa.String(length=200), nullable=False),
        sa.Column("handler_phone", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("declared_by", sa.String(length=100), nullable=False),
        sa.Column("declared_by_name", sa.String(length=200), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "insert into new_maintenances (id, unit_no, credit_code, unit_name, handler_name, handler_phone,"
        " state, declared_by, declared_by_name, declared_at, decided_by, decided_by_name, decided_at)"
        " select id, unit_no, credit_code, unit_name, handler_name, handler_phone, 'accepted',"
        " accepted_by, accepted_by, accepted_at, accepted_by, accepted_by, accepted_at from maintenances"
    )
    op.drop_table("maintenances")
    op.rename_table("new_maintenances", "maintenances")
    with op.batch_alter_table("maintenances", schema=None) as batch_op:
        batch_op.create_index("maintenances_in_state", ["state", "id"], unique=False)
        batch_op.create_index("maintenances_of_code", ["credit_code", "id"], unique=False)
        batch_op.create_index("maintenances_of_person", ["declared_by", "id"], unique=False)
        batch_op.create_index("maintenances_of_unit", ["unit_no", "id"], unique=False)
        batch_op.create_index(
            "maintenances_pending",
            ["unit_no", "declared_by"],
            unique=True,
            postgresql_where=sa.text("state = 'declared'"),
            sqlite_where=sa.text("state = 'declared'"),
        )

    with op.batch_alter_table("maintained_units", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("maintenance_id", sa.Uuid(), nullable=True, comment="the one that counts")
        )
    op.execute(
        "update maintained_units set maintenance_id = (select id from maintenances"
        " where maintenances.unit_no = maintained_units.unit_no order by declared_at desc, id desc limit 1)"
    )
    op.execute("delete from maintained_units where maintenance_id is null")
    with op.batch_alter_table("maintained_units", schema=None) as batch_op:
        batch_op.alter_column("maintenance_id", existing_type=sa.Uuid(), nullable=False)


def carry_employers_over() -> None:
    """The handler so far is the one of the maintenance that counts."""
    with op.batch_alter_table("employers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handler_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("handler_phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("unit_no", existing_type=sa.VARCHAR(length=12), nullable=True)
    for column in ("handler_name", "handler_phone"):
        op.execute(
            f"update employers set {column} = (select m.{column} from maintenances m"
            " join maintained_units u on u.maintenance_id = m.id where u.unit_no = employers.unit_no)"
        )
