"""What authorities have said about what they have revoked: the latest list of each, taken apart, and answers
about single certificates."""

import functools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, batched, bulk_insert, upsert_rows
from services.chassis.unit_of_work import UnitOfWork
from services.identity.certificates.domain.proofs import Link
from services.identity.certificates.domain.revocation import Answer, ListWord
from services.identity.certificates.store.authorities import Edition, authorities
from services.identity.schema import metadata


def _word_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("due_at", UtcDateTime, nullable=False, index=True),
        sa.Column("this_update", UtcDateTime),
        sa.Column("next_update", UtcDateTime),
        sa.Column("fetched_at", UtcDateTime),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("problem", sa.String(60)),
    ]


lists = sa.Table(
    "revocation_lists",
    metadata,
    sa.Column("authority_id", sa.ForeignKey(authorities.c.id), primary_key=True),
    *_word_columns(),
    sa.Column(
        "number", sa.String(49), comment="decimal; up to 20 octets, more than any integer column holds"
    ),
    sa.Column("sha256", sa.String(64)),
)

revoked = sa.Table(
    "revoked_certificates",
    metadata,
    sa.Column("authority_id", sa.ForeignKey(authorities.c.id), primary_key=True),
    sa.Column("serial", sa.String(40), primary_key=True, comment="hex"),
)

answers = sa.Table(
    "certificate_answers",
    metadata,
    sa.Column("authority_id", sa.ForeignKey(authorities.c.id), primary_key=True),
    sa.Column("serial", sa.String(40), primary_key=True, comment="hex"),
    *_word_columns(),
    sa.Column("verdict", sa.String(10)),
    sa.Column("used_at", UtcDateTime, nullable=False, index=True),
)

FEW = 500  # values in one statement


def get_standing(uow: UnitOfWork) -> tuple[tuple[Edition, ...], dict[UUID, ListWord]]:
    """Return the authorities that count, and the words of those that have lists, at one go."""
    query = (
        sa.select(authorities.c.id, authorities.c.revision, *lists.c)
        .outerjoin(lists, lists.c.authority_id == authorities.c.id)
        .where(authorities.c.retired_at.is_(None))
        .order_by(authorities.c.id)
    )
    rows = uow.connection.execute(query).all()
    words = {row.id: _list_word(row) for row in rows if row.authority_id is not None}
    return tuple((row.id, row.revision) for row in rows), words


def find_list(uow: UnitOfWork, authority_id: UUID) -> ListWord | None:
    """Return the word of an authority to look at."""
    row = uow.connection.execute(sa.select(lists).where(lists.c.authority_id == authority_id)).one_or_none()
    return None if row is None else _list_word(row)


def find_list_alone(uow: UnitOfWork, authority_id: UUID) -> ListWord | None:
    """Return the word of an authority that only we can change until we commit."""
    query = sa.select(lists).where(lists.c.authority_id == authority_id).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else _list_word(row)


def delete_list(uow: UnitOfWork, authority_id: UUID) -> None:
    """Forget the word of an authority that tells by lists no more."""
    uow.connection.execute(lists.delete().where(lists.c.authority_id == authority_id))
    uow.connection.execute(revoked.delete().where(revoked.c.authority_id == authority_id))


def put_list(uow: UnitOfWork, word: ListWord) -> None:
    """Save the word of an authority."""
    row = {**vars(word), "number": None if word.number is None else str(word.number)}
    upsert_rows(uow.connection, lists, [row], key=["authority_id"], update=list(row))


def claim_due_list(uow: UnitOfWork) -> ListWord | None:
    """Return a list that is due, of an authority that counts; nobody else gets it meanwhile."""
    query = (
        sa.select(lists)
        .join(authorities, authorities.c.id == lists.c.authority_id)
        .where(lists.c.due_at <= uow.now, authorities.c.retired_at.is_(None))
        .order_by(lists.c.due_at)
        .limit(1)
    )
    row = uow.connection.execute(query.with_for_update(of=lists, skip_locked=True)).one_or_none()
    return None if row is None else _list_word(row)


def replace_revoked(uow: UnitOfWork, authority_id: UUID, serials: Iterable[str]) -> None:
    """Make this what the authority has revoked: what is new comes, what is no more in the list goes."""
    of_authority = revoked.c.authority_id == authority_id
    known = set(uow.connection.scalars(sa.select(revoked.c.serial).where(of_authority)))
    listed = set(serials)
    rows = ((authority_id, serial) for serial in sorted(listed - known))
    bulk_insert(uow.connection, revoked, ["authority_id", "serial"], rows)
    for gone in batched(known - listed, FEW):
        uow.connection.execute(revoked.delete().where(of_authority, revoked.c.serial.in_(gone)))


def find_revoked(uow: UnitOfWork, links: Sequence[Link]) -> set[Link]:
    """Return which of these certificates stand in the lists."""
    found = uow.connection.execute(_by_links(revoked, len(links)), _values(links))
    return {Link(authority_id=row.authority_id, serial=row.serial) for row in found}


def get_answers(uow: UnitOfWork, links: Sequence[Link]) -> dict[Link, Answer]:
    """Return what was said about these certificates alone."""
    found = uow.connection.execute(_by_links(answers, len(links)), _values(links))
    each = (Answer(**row._mapping) for row in found)
    return {Link(authority_id=answer.authority_id, serial=answer.serial): answer for answer in each}


def find_latest_answers(uow: UnitOfWork, authority_id: UUID) -> tuple[Answer | None, Answer | None]:
    """Return the answer that came last, and the latest try that failed."""
    query = sa.select(answers).where(answers.c.authority_id == authority_id).limit(1)
    heard = query.where(answers.c.fetched_at.is_not(None)).order_by(answers.c.fetched_at.desc())
    failed = query.where(answers.c.failures > 0).order_by(answers.c.due_at.desc())
    found = [uow.connection.execute(each).one_or_none() for each in (heard, failed)]
    last, failure = (None if row is None else Answer(**row._mapping) for row in found)
    return last, failure


def put_answer(uow: UnitOfWork, answer: Answer) -> None:
    """Save what was said about a certificate."""
    row = vars(answer)
    upsert_rows(uow.connection, answers, [row], key=["authority_id", "serial"], update=list(row))


def want_answer(uow: UnitOfWork, answer: Answer) -> None:
    """Add a wish to hear about a certificate; one that is there stays as it is."""
    upsert_rows(uow.connection, answers, [vars(answer)], key=["authority_id", "serial"], update=[])


def save_used(uow: UnitOfWork, answer: Answer) -> None:
    """Remember that a certificate is in use, and nothing else."""
    one = (answers.c.authority_id == answer.authority_id) & (answers.c.serial == answer.serial)
    uow.connection.execute(answers.update().where(one).values(used_at=uow.now))


def find_answer_alone(uow: UnitOfWork, link: Link) -> Answer | None:
    """Return what was said about a certificate; only we can change it until we commit."""
    query = _by_links(answers, 1).with_for_update()
    row = uow.connection.execute(query, _values([link])).one_or_none()
    return None if row is None else Answer(**row._mapping)


def claim_due_answer(uow: UnitOfWork) -> Answer | None:
    """Return a certificate that is to be asked about, those that people wait for first."""
    query = (
        sa.select(answers)
        .join(authorities, authorities.c.id == answers.c.authority_id)
        .where(answers.c.due_at <= uow.now, authorities.c.retired_at.is_(None))
        .order_by(answers.c.fetched_at.is_not(None), answers.c.due_at)
        .limit(1)
    )
    row = uow.connection.execute(query.with_for_update(of=answers, skip_locked=True)).one_or_none()
    return None if row is None else Answer(**row._mapping)


def delete_answers(uow: UnitOfWork, *, unused_since: datetime) -> None:
    """Forget certificates that nobody has used for long."""
    uow.connection.execute(answers.delete().where(answers.c.used_at <= unused_since))


@functools.cache
def _by_links(table: sa.Table, count: int) -> sa.Select[Any]:
    """Return the query for so many links, made once: a path has two or three, at every sign-in."""
    authority_id, serial = table.c.authority_id, table.c.serial
    pairs = [
        (authority_id == sa.bindparam(f"authority_{number}")) & (serial == sa.bindparam(f"serial_{number}"))
        for number in range(count)
    ]
    return sa.select(table).where(sa.or_(sa.false(), *pairs))


def _values(links: Sequence[Link]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, link in enumerate(links):
        values |= {f"authority_{number}": link.authority_id, f"serial_{number}": link.serial}
    return values


def _list_word(row: sa.Row[Any]) -> ListWord:
    values = {name: getattr(row, name) for name in lists.c.keys()}
    return ListWord(**{**values, "number": None if row.number is None else int(row.number)})
