"""Who is trusted, how fresh their word is, and whether a certificate that was good still is."""

from datetime import timedelta
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.certificates import (
    AuthoritiesView,
    AuthorityView,
    Freshness,
    ListAuthorities,
)
from services.contracts.values import AuthorityId, Post
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import Link
from services.identity.certificates.domain.revocation import Word
from services.identity.certificates.store import authorities, revocations


def list_authorities(uow: UnitOfWork, query: ListAuthorities) -> AuthoritiesView:
    """Show all authorities, those that count first."""
    uow.actor.require_post(Post.ADMINISTRATOR, Post.AUDITOR)
    found = authorities.list_authorities(uow)
    return AuthoritiesView(authorities=tuple(authority_view(uow, authority) for authority in found))


def still_counts(uow: UnitOfWork, *, authority_id: UUID, serial: str) -> bool:
    """Is the CA of a certificate trusted as before, and neither it nor one above it known to be revoked?"""
    above = authorities.get_ancestors(uow, authority_id)
    if above is None:
        return False
    links = [Link(authority_id=authority_id, serial=serial), *above]
    if revocations.find_revoked(uow, links):
        return False
    return all(answer.verdict != "revoked" for answer in revocations.get_answers(uow, links).values())


def authority_view(uow: UnitOfWork, authority: Authority) -> AuthorityView:
    """Return an authority with what was last heard of it."""
    word, problem = _last_word(uow, authority)
    grace = timedelta(hours=uow.settings.revocation_grace_hours)
    printed = authority.printed
    return AuthorityView(
        authority_id=AuthorityId(authority.id),
        subject=printed.subject,
        issuer=printed.issuer,
        algorithm=printed.algorithm,
        sha256=printed.sha256,
        not_before=printed.not_before,
        not_after=printed.not_after,
        is_root=printed.is_root,
        crl_urls=authority.crl_urls,
        ocsp_url=authority.ocsp_url,
        extractors=authority.places,
        freshness=word.freshness(at=uow.now, grace=grace) if word else Freshness.UNKNOWN,
        list_until=word.next_update if word and authority.has_list else None,
        fetched_at=word and word.fetched_at,
        problem=problem,
        added_by=authority.added_by,
        added_at=authority.added_at,
        retired_at=authority.retired_at,
    )


def _last_word(uow: UnitOfWork, authority: Authority) -> tuple[Word | None, str | None]:
    """Return what came last from an authority, and why the latest try failed, if it did."""
    if authority.has_list:
        word = revocations.find_list(uow, authority.id)
        return word, word.problem if word else None
    heard, failed = revocations.find_latest_answers(uow, authority.id)
    return heard, failed.problem if failed else None
