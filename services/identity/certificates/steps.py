"""What signing in and the operations do with certificates, within their own unit of work."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.off_hub import off_the_hub
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.certificates import AddAuthority, CertificateProof
from services.identity.audit import steps as audit
from services.identity.certificates.adapters.certificates import (
    find_issuer,
    print_authority,
    read_pem_or_base64,
)
from services.identity.certificates.adapters.proofs import verify
from services.identity.certificates.adapters.trust import trust_of
from services.identity.certificates.domain import Certified
from services.identity.certificates.domain.authorities import (
    Authority,
    Binding,
    require_place,
    trust_anew,
)
from services.identity.certificates.domain.challenges import judge_challenge
from services.identity.certificates.domain.credit_codes import find_code, require_extractors
from services.identity.certificates.domain.proofs import Link, Shown
from services.identity.certificates.domain.revocation import USED_ANEW, ListWord, wait_for_list, want, worst
from services.identity.certificates.store import authorities, challenges, revocations


def use_proof(uow: UnitOfWork, proof: CertificateProof) -> Certified | Refused:
    """Use the challenge up and return who has signed it, or why that does not count. An employer's first
    certificate ties it to its CA. The caller must let a refusal stay: it is on the trail, and asks the CA."""
    challenge = challenges.take_challenge(uow, proof.challenge_id)
    expired = judge_challenge(challenge, binding=proof.binding, at=uow.now)
    if challenge is None or isinstance(expired, Refused):
        return _refuse(uow, expired or Refused("challenge_expired"))
    editions, words = revocations.get_standing(uow)
    trust = trust_of(editions, lambda: authorities.list_authorities(uow, [id for id, _ in editions]))
    verified = off_the_hub(verify, proof, challenge.text, trust, uow.now)
    if isinstance(verified, Refused):
        return _refuse(uow, verified)
    return _certify(uow, *verified, words)


def trust_authority(uow: UnitOfWork, wanted: AddAuthority, *, added_by: str) -> Authority:
    """Trust a CA certificate, or change where its revocations and credit codes are found. The same again
    changes nothing."""
    require_extractors(wanted.extractors)
    require_place(crl_urls=wanted.crl_urls, ocsp_url=wanted.ocsp_url)
    authority = _read_authority(uow, wanted, added_by)
    known = authorities.find_by_digest_alone(uow, authority.printed.sha256)
    authority = trust_anew(known, authority)
    if authority == known:
        return authority
    authorities.put_authority(uow, authority)
    if not authority.has_list:
        revocations.delete_list(uow, authority.id)
    elif revocations.find_list_alone(uow, authority.id) is None:
        revocations.put_list(uow, wait_for_list(authority_id=authority.id, at=uow.now))
    _tell(uow, Act.AUTHORITY_ADDED, authority)
    return authority


def retire_authority(uow: UnitOfWork, authority: Authority) -> Authority:
    """Trust an authority no more."""
    retired = authority.retire(at=uow.now)
    authorities.put_authority(uow, retired)
    _tell(uow, Act.AUTHORITY_RETIRED, retired)
    return retired


def _certify(
    uow: UnitOfWork, authority: Authority, shown: Shown, words: Mapping[UUID, ListWord]
) -> Certified | Refused:
    """Return the employer whose code stands in the certificate, if that is not revoked and of its CA."""
    code = find_code(shown.texts, authority.places)
    if isinstance(code, Refused):
        return _refuse(uow, code)
    if revoked := _judge_links(uow, shown.links, words):
        return _refuse(uow, revoked, code)
    wanted = Binding(
        credit_code=code,
        authority_id=authority.id,
        name_key=authority.printed.name_key,
        authority_name=authority.printed.subject,
        serial=shown.links[0].serial,
        bound_at=uow.now,
    )
    binding = authorities.bind(uow, wanted)
    if binding is wanted:
        audit.record(uow, Act.CERTIFICATE_BOUND, subject=code, issuer=binding.authority_name)
    elif other := binding.judge(authority):
        return _refuse(uow, other, code)
    return Certified(
        credit_code=code,
        unit_name=shown.unit_name or code,
        authority_id=authority.id,
        serial=shown.links[0].serial,
        algorithm=shown.algorithm,
    )


def _judge_links(uow: UnitOfWork, links: Sequence[Link], words: Mapping[UUID, ListWord]) -> Refused | None:
    """Say whether a certificate of the path is revoked, or nobody knows. An authority that has lists is
    judged by them; one that has none is asked, which takes a moment the first time."""
    grace = timedelta(hours=uow.settings.revocation_grace_hours)
    by_list = [link for link in links if link.authority_id in words]
    listed = revocations.find_revoked(uow, by_list) if by_list else set()
    refusals = [
        words[link.authority_id].judge(is_revoked=link in listed, at=uow.now, grace=grace) for link in by_list
    ]
    by_answer = [link for link in links if link.authority_id not in words]
    return worst([*refusals, *_judge_answers(uow, by_answer, grace)])


def _judge_answers(uow: UnitOfWork, links: Sequence[Link], grace: timedelta) -> list[Refused | None]:
    answers = revocations.get_answers(uow, links) if links else {}
    for link in links:
        if link not in answers:
            answers[link] = want(authority_id=link.authority_id, serial=link.serial, at=uow.now)
            revocations.want_answer(uow, answers[link])
        elif answers[link].used_at <= uow.now - USED_ANEW:
            revocations.save_used(uow, answers[link])
    return [answers[link].judge_certificate(at=uow.now, grace=grace) for link in links]


def _read_authority(uow: UnitOfWork, wanted: AddAuthority, added_by: str) -> Authority:
    """Return what is wanted as an authority; Refused unless it is a root, or a trusted one has signed it."""
    try:
        content = read_pem_or_base64(wanted.certificate)
    except ValueError as error:
        raise Refused("authority_unreadable", "this is not one certificate, PEM or DER as base64") from error
    printed = print_authority(content)
    if not printed.is_valid(at=uow.now):
        raise Refused("authority_expired", "outside its time", not_after=printed.not_after.isoformat())
    issuer = None
    if not printed.is_root:
        editions = authorities.list_editions(uow)
        issuer = find_issuer(content, authorities.list_authorities(uow, [id for id, _ in editions]))
        if issuer is None:
            raise Refused("authority_not_rooted", "add the authority above it first", issuer=printed.issuer)
    return Authority(
        id=new_id(),
        certificate=content,
        issuer_id=issuer.id if issuer else None,
        printed=printed,
        added_by=added_by,
        added_at=uow.now,
        **dict(wanted.model_dump(include={"crl_urls", "ocsp_url"}), extractors=wanted.extractors),
    )


def _refuse(uow: UnitOfWork, refusal: Refused, subject: str = "") -> Refused:
    """Put a refusal on the trail and return it, so that the line stays."""
    facts = {name: str(value) for name, value in refusal.facts.items()}
    audit.record(uow, Act.CERTIFICATE_REFUSED, subject=subject, key="", by=None, code=refusal.code, **facts)
    return refusal


def _tell(uow: UnitOfWork, act: Act, authority: Authority) -> None:
    printed = authority.printed
    audit.record(uow, act, subject=printed.subject[:100], sha256=printed.sha256)
