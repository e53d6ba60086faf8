"""Policies: rows that are added and never changed. Drafts: rows on their way to become one.

Three rules are the database's own: nobody puts in force what it drafted, a draft in force has been reviewed,
and a bit has one code in all versions of all programmes.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict, Missing, Refused
from services.contracts.subsidy.policy import DraftState
from services.contracts.values import DraftId, Year
from services.subsidy.policy.domain import Policy, PolicyDraft, PolicyFault, PolicyInForce
from services.subsidy.policy.domain.formulas import LayoffFormula
from services.subsidy.schema import metadata, words

policy_drafts = sa.Table(
    "policy_drafts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("programme_year", sa.SmallInteger, nullable=False),
    sa.Column("version", sa.SmallInteger, nullable=False),
    sa.Column("based_on_year", sa.SmallInteger, nullable=False),
    sa.Column("based_on_version", sa.SmallInteger, nullable=False),
    sa.Column("state", words(DraftState), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("simulated_revision", sa.Integer),
    sa.Column("maker", sa.String(80), nullable=False),
    sa.Column("maker_name", sa.String(100), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False, index=True),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("reviewer", sa.String(80)),
    sa.Column("reviewer_name", sa.String(100)),
    sa.Column("reviewed_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.CheckConstraint("reviewer <> maker", name="drafter_is_not_reviewer"),
    sa.CheckConstraint("state <> 'in_force' OR reviewer IS NOT NULL", name="in_force_by_a_reviewer"),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("programme_year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("in_force_at", UtcDateTime, nullable=False),
    sa.Column("draft_id", sa.ForeignKey(policy_drafts.c.id, name="policy_of_draft")),
    sa.Column("maker", sa.String(80)),
    sa.Column("maker_name", sa.String(100)),
    sa.Column("reviewer", sa.String(80)),
    sa.Column("reviewer_name", sa.String(100)),
    sa.CheckConstraint("reviewer <> maker", name="policy_maker_is_not_reviewer"),
    sa.CheckConstraint(
        "draft_id IS NULL OR (maker IS NOT NULL AND reviewer IS NOT NULL)", name="policy_of_two_people"
    ),
)

criterion_bits = sa.Table(
    "criterion_bits",
    metadata,
    sa.Column("bit", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(40), nullable=False),
)

_POLICY = TypeAdapter(Policy)
_FORMULAS = TypeAdapter(list[LayoffFormula])


def _read_formulas() -> tuple[LayoffFormula, ...]:
    """Read the formulas that lie beside the code as JSON, by the names of their files."""
    files = sorted((Path(__file__).parent / "layoff_formulas").glob("*.json"))
    return tuple(_FORMULAS.validate_python([json.loads(file.read_text("utf-8")) for file in files]))


LAYOFF_FORMULAS = _read_formulas()


def put_in_force(uow: UnitOfWork, policy: Policy, draft: PolicyDraft | None = None) -> None:
    """Put a version in force from now on. The same again changes nothing; another text is a Conflict."""
    key = {"programme_year": policy.programme_year, "version": policy.version}
    policy.check()
    digest = digest_of(policy)
    row = {**key, "digest": digest, "body": policy.to_data(), "in_force_at": uow.now, **_people(draft)}
    if insert_if_new(uow.connection, policies, **row):
        _keep_bits(uow, policy)
        return
    if draft is not None:
        year, version = policy.programme_year, policy.version
        raise Conflict(
            "policy_superseded", "another version came in force meanwhile", year=year, version=version
        )
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


def latest_version(uow: UnitOfWork, programme_year: Year) -> int:
    """Return the number of the latest version of a programme; 0: there is none."""
    query = sa.select(sa.func.max(policies.c.version)).filter_by(programme_year=programme_year)
    return uow.connection.scalar(query) or 0


def list_versions(uow: UnitOfWork, programme_year: Year, limit: int) -> list[PolicyInForce]:
    """Return the versions of a programme, the latest first."""
    query = sa.select(policies).filter_by(programme_year=programme_year)
    rows = uow.connection.execute(query.order_by(policies.c.version.desc()).limit(limit))
    return [_policy(row, programme_year) for row in rows]


def list_in_force(uow: UnitOfWork, limit: int) -> list[PolicyInForce]:
    """Return the policies in force, the latest programme first."""
    in_force = policies.c.in_force_at <= uow.now
    versions = sa.select(policies.c.programme_year, sa.func.max(policies.c.version).label("version"))
    latest = versions.where(in_force).group_by(policies.c.programme_year).subquery()
    same = (policies.c.programme_year == latest.c.programme_year) & (policies.c.version == latest.c.version)
    query = sa.select(policies).join(latest, same).order_by(policies.c.programme_year.desc()).limit(limit)
    return [_policy(row, row.programme_year) for row in uow.connection.execute(query)]


def codes_of_bits(uow: UnitOfWork) -> dict[int, str]:
    """Return the code that each bit has had in all versions of all programmes."""
    return {row.bit: row.code for row in uow.connection.execute(sa.select(criterion_bits))}


def add_draft(uow: UnitOfWork, draft: PolicyDraft) -> None:
    """Add a draft."""
    uow.connection.execute(policy_drafts.insert().values(_draft_row(draft)))


def save_draft(uow: UnitOfWork, draft: PolicyDraft) -> None:
    """Save a draft."""
    uow.connection.execute(
        policy_drafts.update().where(policy_drafts.c.id == draft.id).values(_draft_row(draft))
    )


def mark_simulated(uow: UnitOfWork, draft_id: DraftId, revision: int) -> None:
    """Note that the effect of this revision was computed; nothing happens when there is a later one."""
    this = (policy_drafts.c.id == draft_id) & (policy_drafts.c.revision == revision)
    uow.connection.execute(policy_drafts.update().where(this).values(simulated_revision=revision))


def get_draft(uow: UnitOfWork, draft_id: DraftId, *, alone: bool = False) -> PolicyDraft:
    """Return a draft; `alone`: nobody else can change it until we commit."""
    query = sa.select(policy_drafts).where(policy_drafts.c.id == draft_id)
    row = uow.connection.execute(query.with_for_update() if alone else query).one_or_none()
    if row is None:
        raise Missing("draft_missing", "there is no such draft")
    return _draft(row)


def list_drafts(uow: UnitOfWork, limit: int) -> list[PolicyDraft]:
    """Return the latest drafts."""
    latest = policy_drafts.c.made_at.desc(), policy_drafts.c.id.desc()
    query = sa.select(policy_drafts).order_by(*latest).limit(limit)
    return [_draft(row) for row in uow.connection.execute(query)]


def read_policy(body: Any) -> Policy:
    """Return the policy that these data mean, faults and all; a ValueError says what has no shape."""
    return _POLICY.validate_python(body)


def parse_policy(body: Any) -> Policy:
    """Return the policy that these data mean; a ValueError (pydantic's too) says what is wrong."""
    policy = read_policy(body)
    policy.check()
    return policy


def digest_of(policy: Policy) -> str:
    """Return the sha256 of the canonical JSON of a policy: no other text has it."""
    canonical = json.dumps(policy.to_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _keep_bits(uow: UnitOfWork, policy: Policy) -> None:
    """Two versions at once that give one bit two meanings: the second waits here, and is refused."""
    for each in sorted(policy.criteria, key=lambda criterion: criterion.bit):
        insert_if_new(uow.connection, criterion_bits, bit=each.bit, code=each.code)
    try:
        policy.check_bits(codes_of_bits(uow))
    except PolicyFault as fault:
        raise Refused(fault.code, "a bit keeps its code", **fault.facts) from None


def _people(draft: PolicyDraft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    names = ("maker", "maker_name", "reviewer", "reviewer_name")
    return {"draft_id": draft.id, **{name: getattr(draft, name) for name in names}}


def _policy(row: sa.Row[Any] | None, programme_year: Year) -> PolicyInForce:
    if row is None:
        raise Missing("policy_missing", "no policy is in force for this programme", year=programme_year)
    policy = parse_policy(row.body)
    if digest_of(policy) != row.digest:
        raise RuntimeError(f"the policy of {programme_year} is not the one that was put in force")
    return PolicyInForce(
        policy=policy,
        digest=row.digest,
        in_force_at=row.in_force_at,
        draft_id=row.draft_id,
        maker=row.maker_name,
        reviewer=row.reviewer_name,
    )


def _draft_row(draft: PolicyDraft) -> dict[str, Any]:
    values = {**vars(draft), "body": draft.policy.to_data()}
    policy = values.pop("policy")
    return {**values, "programme_year": policy.programme_year, "version": policy.version}


def _draft(row: sa.Row[Any]) -> PolicyDraft:
    values = dict(row._mapping)
    policy = read_policy(values.pop("body"))
    if digest_of(policy) != row.digest:
        raise RuntimeError(f"draft {row.id} is not the text that was saved")
    del values["programme_year"], values["version"]
    return PolicyDraft(policy=policy, **values)
