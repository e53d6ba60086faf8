"""What sessions do with a certificate whose proof was good; the proofs have tests of their own."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.certificates import CertificateProof, RetireAuthority
from services.contracts.identity.sessions import ListSessions, SignInCertificate
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.certificates import steps, views
from services.identity.certificates.domain import Certified
from services.identity.sessions.store.sessions import sessions
from tests.people import CODE
from tests.services.attempts import refusal, together
from tests.services.certificates import ADMINISTRATOR, Office, Publications
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


# ---- with a real signature


@pytest.fixture
def office(world, monkeypatch):
    """An authority with fresh lists."""
    return Office(world, Publications().serve(monkeypatch), "p256").open()


def sign_in(world, proof, agreement=None):
    return world.ask(SignInCertificate(id=new_id(), proof=proof, agreement=agreement))


def test_a_signed_challenge_opens_the_account_once_it_is_agreed_to(world, office):
    proof = office.proof(office.employer())
    assert refusal(sign_in, world, proof)[1] == "agreement_missing"
    view = sign_in(world, proof, "2023-01")
    assert (view.actor.employer, view.actor.certificate) == (CODE, True)
    assert refusal(sign_in, world, proof)[1] == "challenge_expired"
    assert sign_in(world, office.proof(office.employer())).actor.session != view.actor.session


def test_who_came_by_an_authority_that_is_retired_is_out_with_the_token(world, portal, office):
    view = portal.renew(sign_in(world, office.proof(office.employer()), "2023-01").token)
    authority_id = office.authority(office.middle).authority_id
    world.ask(RetireAuthority(id=new_id(), authority_id=authority_id), by=ADMINISTRATOR)
    assert refusal(portal.renew, view.token)[:2] == (Forbidden, "session_over")
    assert refusal(sign_in, world, office.proof(office.employer()))[1] == "certificate_untrusted"


def test_a_challenge_signed_at_the_same_moment_lets_in_once(world, office):
    sign_in(world, office.proof(office.employer()), "2023-01")
    proof = office.proof(office.employer())
    answers = together(4, lambda _: sign_in(world, proof))
    assert answers == [""] + ["challenge_expired"] * 3


def test_two_first_sign_ins_at_the_same_moment_open_one_account(world, office):
    proofs = [office.proof(office.employer()) for _ in range(4)]
    assert together(4, lambda number: sign_in(world, proofs[number], "2023-01")) == [""] * 4
    assert len(world.rows("identity", employers)) == 1
