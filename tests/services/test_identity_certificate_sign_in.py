"""What sessions do with a certificate whose proof was good; the proofs have tests of their own."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.certificates import CertificateProof
from services.contracts.identity.sessions import ListSessions, SignInCertificate
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.certificates import steps, views
from services.identity.certificates.domain import Certified
from services.identity.sessions.store.sessions import sessions
from tests.people import CODE
from tests.services.attempts import refusal
from tests.services.portal import UNIT_NAME, Portal

AUTHORITY = new_id()
CERTIFIED = Certified(
    credit_code=CODE, unit_name=UNIT_NAME, authority_id=AUTHORITY, serial="0a1b", algorithm="sm2"
)


@pytest.fixture
def portal(world):
    return Portal(world)


@pytest.fixture
def counts(monkeypatch):
    """Certificates that count: (authority, serial). Every proof shows the one that is there first."""
    counting = {(AUTHORITY, "0a1b")}
    monkeypatch.setattr(steps, "use_proof", lambda uow, proof: CERTIFIED)
    monkeypatch.setattr(
        views, "still_counts", lambda uow, *, authority_id, serial: (authority_id, serial) in counting
    )
    return counting


def come(world, agreement="2023-01"):
    proof = CertificateProof(challenge_id=new_id(), binding="0" * 64, signature="AAAA")
    return world.ask(SignInCertificate(id=new_id(), proof=proof, agreement=agreement))


def test_a_certificate_is_all_that_is_asked_for(world, portal, counts):
    view = come(world)
    assert (view.actor.employer, view.actor.certificate, view.device) == (CODE, True, None)
    [row] = world.rows("identity", sessions)
    assert (row.authority_id, row.serial) == (AUTHORITY, "0a1b")
    [seen] = world.ask(ListSessions(), token=view.token).sessions
    assert seen.certificate and seen.is_this
    line = world.rows("identity", audit_entries)[-1]
    assert (line.act, line.subject, line.facts["way"]) == ("signed_in", CODE, "certificate:sm2")


def test_the_certificate_is_asked_for_at_each_renewal(world, portal, counts):
    view = come(world)
    world.now += timedelta(minutes=1)
    view = portal.renew(view.token)
    assert view.actor.certificate
    counts.clear()
    assert refusal(portal.renew, view.token)[:2] == (Forbidden, "session_over")


def test_a_first_certificate_login_without_agreement_leaves_no_trace(world, portal, counts):
    assert refusal(come, world, None)[1] == "agreement_missing"
    for table in (employers, sessions, audit_entries):
        assert not world.rows("identity", table)
    assert come(world) and come(world, None), "it is agreed to once"


def test_a_refused_proof_is_the_answer(world, portal, counts, monkeypatch):
    monkeypatch.setattr(steps, "use_proof", lambda uow, proof: Refused("certificate_revoked"))
    assert refusal(come, world)[:2] == (Refused, "certificate_revoked")
    assert not world.rows("identity", sessions)


def test_a_disabled_employer_comes_in_by_no_way(world, portal, counts):
    view = come(world)
    portal.change(employers, disabled_at=world.now)
    assert refusal(portal.renew, view.token)[1] == "session_over"
    assert refusal(come, world)[0] in (Forbidden, Refused)
    assert len(world.rows("identity", sessions)) == 1


def test_the_same_employer_by_password_has_no_certificate(world, portal, counts):
    portal.open()
    assert not portal.sign_in().actor.certificate
    assert come(world, None).actor.certificate
    kinds = sorted(view.certificate for view in world.ask(ListSessions(), token=come(world).token).sessions)
    assert kinds == [False, False, True, True]
