"""Policies: rows that are added and never changed."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict, Missing
from services.contracts.values import Year
from services.subsidy.policy.domain import Policy, PolicyInForce
from services.subsidy.schema import metadata

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("programme_year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("in_force_at", UtcDateTime, nullable=False),
)

_POLICY = TypeAdapter(Policy)


def put_in_force(uow: UnitOfWork, policy: Policy) -> None:
    """Put a version in force from now on. The same again changes nothing; another text is a Conflict."""
    key = {"programme_year": policy.programme_year, "version": policy.version}
    policy.check()
    digest = digest_of(policy)
    row = {**key, "digest": digest, "body": policy.to_data(), "in_force_at": uow.now}
    if insert_if_new(uow.connection, policies, **row):
        return
    stored = uow.connection.execute(sa.select(policies.c.digest).filter_by(**key)).scalar_one()
    if stored != digest:
        raise Conflict("policy_in_force", "this version is in force with another text", **key)


def get_in_force(uow: UnitOfWork, programme_year: Year) -> PolicyInForce:
    """Return the policy in force of a programme: its latest version."""
    mine = policies.c.programme_year == programme_year
    query = sa.select(policies).where(mine, policies.c.in_force_at <= uow.now)
    row = uow.connection.execute(query.order_by(policies.c.version.desc()).limit(1)).one_or_none()
    return _policy(row, programme_year)


def get_version(uow: UnitOfWork, programme_year: Year, version: int) -> PolicyInForce:
    """Return one version, in force or superseded: what was decided by it is explained by it."""
    query = sa.select(policies).filter_by(programme_year=programme_year, version=version)
    return _policy(uow.connection.execute(query).one_or_none(), programme_year)


def list_in_force(uow: UnitOfWork, limit: int) -> list[PolicyInForce]:
    """Return the policies in force, the latest programme first."""
    in_force = policies.c.in_force_at <= uow.now
    versions = sa.select(policies.c.programme_year, sa.func.max(policies.c.version).label("version"))
    latest = versions.where(in_force).group_by(policies.c.programme_year).subquery()
    same = (policies.c.programme_year == latest.c.programme_year) & (policies.c.version == latest.c.version)
    query = sa.select(policies).join(latest, same).order_by(policies.c.programme_year.desc()).limit(limit)
    return [_policy(row, row.programme_year) for row in uow.connection.execute(query)]


def parse_policy(body: Any) -> Policy:
    """Return the policy that these data mean; a ValueError (pydantic's too) says what is wrong."""
    policy = _POLICY.validate_python(body)
    policy.check()
    return policy


def digest_of(policy: Policy) -> str:
    """Return the sha256 of the canonical JSON of a policy: no other text has it."""
    canonical = json.dumps(policy.to_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _policy(row: sa.Row[Any] | None, programme_year: Year) -> PolicyInForce:
    if row is None:
        raise Missing("policy_missing", "no policy is in force for this programme", year=programme_year)
    policy = parse_policy(row.body)
    if digest_of(policy) != row.digest:
        raise RuntimeError(f"the policy of {programme_year} is not the one that was put in force")
    return PolicyInForce(policy=policy, digest=row.digest, in_force_at=row.in_force_at)
