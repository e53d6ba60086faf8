"""One function per message: load → decide → save. Chance enters here."""

import secrets

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.identity.audit import Act
from services.contracts.identity.certificates import (
    AddAuthority,
    AuthorityView,
    ChallengeView,
    IssueChallenge,
    ReleaseCertificate,
    RetireAuthority,
)
from services.contracts.identity.fields import DoneView
from services.contracts.values import ChallengeId, Post
from services.identity.audit import steps as audit
from services.identity.certificates import steps
from services.identity.certificates.domain.challenges import NONCE, make_challenge
from services.identity.certificates.store import authorities, challenges
from services.identity.certificates.views import authority_view
from services.identity.credit_codes import store as credit_codes


def issue_challenge(uow: UnitOfWork, command: IssueChallenge) -> ChallengeView:
    """Make a challenge that only this browser may answer, once."""
    challenge = make_challenge(
        id=new_id(),
        origin=command.origin,
        binding=command.binding,
        nonce=secrets.token_bytes(NONCE),
        at=uow.now,
    )
    challenges.add_challenge(uow, challenge)
    return ChallengeView(
        challenge_id=ChallengeId(challenge.id), text=challenge.text, expires_at=challenge.expires_at
    )


def add_authority(uow: UnitOfWork, command: AddAuthority) -> AuthorityView:
    """An administrator trusts a CA."""
    uow.actor.require_post(Post.ADMINISTRATOR)
    authority = steps.trust_authority(uow, command, added_by=uow.actor.name or uow.actor.id)
    return authority_view(uow, authority)


def retire_authority(uow: UnitOfWork, command: RetireAuthority) -> AuthorityView:
    """An administrator trusts a CA no more."""
    uow.actor.require_post(Post.ADMINISTRATOR)
    authority = authorities.find_authority_alone(uow, command.authority_id)
    if authority is None:
        raise Missing("authority_unknown", "there is no such authority")
    return authority_view(uow, steps.retire_authority(uow, authority))


def release_certificate(uow: UnitOfWork, command: ReleaseCertificate) -> DoneView:
    """The reception post lets an employer of its region come with a certificate of another CA."""
    latest = credit_codes.find_latest(uow, command.credit_code)
    uow.actor.require_post(Post.RECEPTION, region=latest.unit_no[:6] if latest else "")
    binding = authorities.take_binding(uow, command.credit_code)
    if binding is None:
        raise Missing("certificate_not_bound", "the employer has come with no certificate yet")
    subject, issuer = command.credit_code, binding.authority_name
    audit.record(uow, Act.CERTIFICATE_RELEASED, subject=subject, issuer=issuer)
    return DoneView(done=True)
