"""Authorities, and the employers tied to them. An authority that is retired stays on record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict
from services.contracts.identity.certificates import ExtractorView
from services.identity.certificates.domain.authorities import Authority, Binding, Printed
from services.identity.certificates.domain.proofs import Link
from services.identity.schema import metadata

authorities = sa.Table(
    "authorities",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("certificate", sa.LargeBinary, nullable=False, comment="DER"),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("issuer_id", sa.ForeignKey("authorities.id")),
    sa.Column("serial", sa.String(40), nullable=False),
    sa.Column("printed", sa.JSON, nullable=False),
    sa.Column("crl_urls", sa.JSON, nullable=False),
    sa.Column("ocsp_url", sa.String(310)),
    sa.Column("extractors", sa.JSON, nullable=False),
    sa.Column("added_by", sa.String(200), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("retired_at", UtcDateTime),
)

bindings = sa.Table(
    "certificate_bindings",
    metadata,
    sa.Column("credit_code", sa.String(18), primary_key=True),
    sa.Column("authority_id", sa.ForeignKey(authorities.c.id), nullable=False),
    sa.Column("name_key", sa.String(64), nullable=False),
    sa.Column("authority_name", sa.String(300), nullable=False),
    sa.Column("serial", sa.String(40), nullable=False),
    sa.Column("bound_at", UtcDateTime, nullable=False),
)

Edition = tuple[UUID, int]  # an authority, and its revision


def list_editions(uow: UnitOfWork) -> tuple[Edition, ...]:
    """Return the authorities that count, in few bytes: what has been parsed once need not be read again."""
    columns = (authorities.c.id, authorities.c.revision)
    query = sa.select(*columns).where(authorities.c.retired_at.is_(None)).order_by(authorities.c.id)
    return tuple((row.id, row.revision) for row in uow.connection.execute(query))


def list_authorities(uow: UnitOfWork, ids: Iterable[UUID] | None = None) -> list[Authority]:
    """Return authorities, those that count first; all of them, or these."""
    query = sa.select(authorities).order_by(authorities.c.retired_at.is_not(None), authorities.c.added_at)
    if ids is not None:
        query = query.where(authorities.c.id.in_(list(ids)))
    return [_authority(row) for row in uow.connection.execute(query)]


def get_ancestors(uow: UnitOfWork, authority_id: UUID) -> list[Link] | None:
    """Return an authority's own certificate and those above it but the root's, as links; None: one of them
    counts no more."""
    columns = (authorities.c.id, authorities.c.issuer_id, authorities.c.serial)
    counting = sa.select(*columns).where(authorities.c.retired_at.is_(None))
    rows = {row.id: row for row in uow.connection.execute(counting)}
    links: list[Link] = []
    while row := rows.get(authority_id):
        if row.issuer_id is None:
            return links
        links.append(Link(authority_id=row.issuer_id, serial=row.serial))
        authority_id = row.issuer_id
    return None


def find_authority_alone(uow: UnitOfWork, authority_id: UUID) -> Authority | None:
    """Return an authority that only we can change until we commit."""
    return _find_alone(uow, authorities.c.id == authority_id)


def find_by_digest_alone(uow: UnitOfWork, sha256: str) -> Authority | None:
    """Return the authority with this certificate."""
    return _find_alone(uow, authorities.c.sha256 == sha256)


def put_authority(uow: UnitOfWork, authority: Authority) -> None:
    """Add an authority, or save it if it is there."""
    row = _row(authority)
    if not insert_if_new(uow.connection, authorities, **row):
        same = authorities.c.id == authority.id
        if not uow.connection.execute(authorities.update().where(same).values(row)).rowcount:
            raise Conflict("authority_changed", "somebody else has just added this certificate")


def bind(uow: UnitOfWork, binding: Binding) -> Binding:
    """Tie an employer to an authority unless it is tied already; return what holds now."""
    known = find_binding(uow, binding.credit_code)
    if known is None and insert_if_new(uow.connection, bindings, **vars(binding)):
        return binding
    return known or _get_binding(uow, binding.credit_code)


def find_binding(uow: UnitOfWork, credit_code: str) -> Binding | None:
    """Return what an employer is tied to."""
    query = sa.select(bindings).where(bindings.c.credit_code == credit_code)
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else Binding(**row._mapping)


def _get_binding(uow: UnitOfWork, credit_code: str) -> Binding:
    """Return what somebody else has just tied an employer to."""
    query = sa.select(bindings).where(bindings.c.credit_code == credit_code)
    return Binding(**uow.connection.execute(query).one()._mapping)


def take_binding(uow: UnitOfWork, credit_code: str) -> Binding | None:
    """Untie an employer and return what it was tied to."""
    taken = bindings.delete().where(bindings.c.credit_code == credit_code).returning(*bindings.c)
    row = uow.connection.execute(taken).one_or_none()
    return None if row is None else Binding(**row._mapping)


def _find_alone(uow: UnitOfWork, condition: sa.ColumnElement[bool]) -> Authority | None:
    row = uow.connection.execute(sa.select(authorities).where(condition).with_for_update()).one_or_none()
    return None if row is None else _authority(row)


def _authority(row: sa.Row[Any]) -> Authority:
    values = dict(row._mapping)
    printed = {**values.pop("printed"), "sha256": values.pop("sha256"), "serial": values.pop("serial")}
    for name in ("not_before", "not_after"):
        printed[name] = datetime.fromisoformat(printed[name])
    values["extractors"] = tuple(ExtractorView.model_validate(item) for item in values["extractors"])
    return Authority(**{**values, "crl_urls": tuple(row.crl_urls), "printed": Printed(**printed)})


def _row(authority: Authority) -> dict[str, Any]:
    printed = dict(vars(authority.printed))
    for name in ("not_before", "not_after"):
        printed[name] = printed[name].isoformat()
    return {
        **vars(authority),
        "sha256": printed.pop("sha256"),
        "serial": printed.pop("serial"),
        "printed": printed,
        "crl_urls": list(authority.crl_urls),
        "extractors": [extractor.to_wire() for extractor in authority.extractors],
    }
