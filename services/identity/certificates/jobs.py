"""Keeping the word of the authorities fresh: claim what is due, fetch it outside any transaction, check it,
save it. A failure is kept as a problem that administrators see, and tried again."""

import logging

from services.chassis.off_hub import off_the_hub
from services.chassis.unit_of_work import Job
from services.identity.certificates.adapters import http, lists, responders
from services.identity.certificates.adapters.http import Unusable
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.challenges import GOOD_FOR
from services.identity.certificates.domain.proofs import Link
from services.identity.certificates.domain.revocation import KEPT_FOR, Answer, RevocationList, Said
from services.identity.certificates.store import authorities, challenges, revocations

log = logging.getLogger(__name__)

SWEEP = 500
ANSWERS, LISTS = 50, 5  # at a time: people wait for answers, so they have their turn again soon


def refresh_revocations(job: Job) -> None:
    """Ask about the certificates that people wait for, then fetch lists that are due."""
    for refresh, limit in ((refresh_next_answer, ANSWERS), (refresh_next_list, LISTS)):
        for _ in range(limit):
            if not refresh(job):
                break


def sweep_challenges(job: Job) -> None:
    """Delete challenges that have expired, and answers about certificates that nobody uses any more."""
    deleted = SWEEP
    while deleted >= SWEEP:
        with job.unit_of_work() as uow:
            deleted = challenges.delete_challenges(uow, issued_before=uow.now - GOOD_FOR, limit=SWEEP)
    with job.unit_of_work() as uow:
        revocations.delete_answers(uow, unused_since=uow.now - KEPT_FOR)


def refresh_next_list(job: Job) -> bool:
    """Fetch a list that is due; False when none is."""
    with job.unit_of_work() as uow:
        word = revocations.claim_due_list(uow)
        if word is None:
            return False
        revocations.put_list(uow, word.lease(at=uow.now))
        [authority] = authorities.list_authorities(uow, [word.authority_id])
    try:
        _save_list(job, authority, _fetch_list(job, authority))
    except Unusable as error:
        _fail_list(job, authority, error.problem)
    return True


def refresh_next_answer(job: Job) -> bool:
    """Ask about a certificate that is due; False when none is."""
    with job.unit_of_work() as uow:
        answer = revocations.claim_due_answer(uow)
        if answer is None:
            return False
        revocations.put_answer(uow, answer.lease(at=uow.now))
        [authority] = authorities.list_authorities(uow, [answer.authority_id])
    link = Link(authority_id=answer.authority_id, serial=answer.serial)
    try:
        _save_answer(job, link, _ask(job, authority, answer))
    except Unusable as error:
        _fail_answer(job, link, error.problem)
    return True


def _fetch_list(job: Job, authority: Authority) -> RevocationList:
    """Return the list from the first of its places that has a good one."""
    for place, url in enumerate(authority.crl_urls, start=1):
        try:
            content = http.fetch_list(url)
            return off_the_hub(lists.read_list, content, authority.certificate, job.clock())
        except Unusable:
            if place == len(authority.crl_urls):
                raise
    raise Unusable(problem="revocation_unreachable")


def _save_list(job: Job, authority: Authority, found: RevocationList) -> None:
    """Take the list in place of the last one, all at once; an older one changes nothing."""
    with job.unit_of_work() as uow:
        word = revocations.find_list_alone(uow, authority.id)
        if word is None:
            return
        if word.is_older(number=found.number, this_update=found.this_update):
            raise Unusable(problem="revocation_older")
        if word.sha256 != found.sha256:
            revocations.replace_revoked(uow, authority.id, found.serials)
        revocations.put_list(uow, word.take(found, at=uow.now))


def _fail_list(job: Job, authority: Authority, problem: str) -> None:
    log.warning("the list of authority %s: %s", authority.id, problem)
    with job.unit_of_work() as uow:
        word = revocations.find_list_alone(uow, authority.id)
        if word is not None:
            revocations.put_list(uow, word.fail(problem, at=uow.now))


def _ask(job: Job, authority: Authority, answer: Answer) -> Said:
    if authority.ocsp_url is None:  # it tells by lists by now
        raise Unusable(problem="revocation_unreachable")
    request = responders.make_request(authority.certificate, answer.serial)
    content = http.ask_responder(authority.ocsp_url, request)
    return off_the_hub(responders.read_answer, content, authority.certificate, answer.serial, job.clock())


def _save_answer(job: Job, link: Link, said: Said) -> None:
    with job.unit_of_work() as uow:
        answer = revocations.find_answer_alone(uow, link)
        if answer is None:
            return
        if answer.this_update is not None and said.this_update < answer.this_update:
            raise Unusable(problem="revocation_older")
        revocations.put_answer(uow, answer.take(said, at=uow.now))


def _fail_answer(job: Job, link: Link, problem: str) -> None:
    log.warning("the responder of authority %s: %s", link.authority_id, problem)
    with job.unit_of_work() as uow:
        answer = revocations.find_answer_alone(uow, link)
        if answer is not None:
            revocations.put_answer(uow, answer.fail(problem, at=uow.now))
