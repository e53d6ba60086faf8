"""What the authorities have revoked: fetched, checked, kept fresh; and what happens when they are silent."""

import base64
from datetime import timedelta

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from deploy.local.uk import pki
from services.contracts.identity.certificates import Freshness
from services.identity.certificates.domain.revocation import LAST_RETRY, LATEST, LEASE
from services.identity.certificates.jobs import sweep_challenges
from services.identity.certificates.store import revocations
from services.identity.certificates.store.revocations import answers, lists, revoked
from services.identity.certificates.views import still_counts
from tests.people import CODE
from tests.services.certificates import LIST, RESPONDER, ROOT_LIST, Office, Publications, key

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
GRACE = 24 * HOUR


@pytest.fixture
def net(monkeypatch):
    return Publications().serve(monkeypatch)


@pytest.fixture
def office(world, net):
    return Office(world, net, "p256").open()


@pytest.fixture(params=pki.ALGORITHMS)
def asking(request, world, net):
    """An office whose issuing authority answers for each certificate (OCSP) and has no lists."""
    office = Office(world, net, request.param)
    office.publish()
    office.trust(office.root, crl_urls=(ROOT_LIST,))
    office.trust(office.middle, ocsp_url=RESPONDER)
    office.refresh()
    return office


def says(office, status, **options):
    """Have the responder say this about every certificate."""
    office.net.answer = lambda serial: pki.make_ocsp(
        office.middle, serial, office.world.now, status=status, **options
    )


def counts(office, holder):
    """Would a session that this certificate has opened live on?"""
    with office.world.job("identity").read() as uow:
        authority_id = office.authority(office.middle).authority_id
        return still_counts(uow, authority_id=authority_id, serial=f"{holder.serial:x}")


def row_of(office, table=lists):
    [row] = [
        row
        for row in office.world.rows("identity", table)
        if row.authority_id == office.authority(office.middle).authority_id
    ]
    return row


# ---- lists


def test_before_the_first_list_has_come_the_person_is_asked_to_wait(world, net):
    office = Office(world, net, "p256")
    office.publish()
    office.trust(office.root, crl_urls=(ROOT_LIST,))
    office.trust(office.middle, crl_urls=(LIST,))
    refusal = office.refusal(office.proof(office.employer()))
    assert (refusal.code, refusal.facts) == ("certificate_status_pending", {"retry_after_seconds": 3})
    office.refresh()
    assert office.use(office.proof(office.employer())).credit_code == CODE


def test_a_list_is_fetched_again_when_it_is_due(office):
    asked = len(office.net.asked)
    office.refresh()
    assert len(office.net.asked) == asked
    office.world.now += LATEST
    office.refresh()
    assert len(office.net.asked) == asked + 2


def test_a_session_ends_when_its_certificate_is_revoked_and_lives_on_when_released(office):
    employer = office.employer()
    assert counts(office, employer)
    office.publish(employer)
    office.world.now += LATEST
    office.refresh()
    assert not counts(office, employer)
    assert counts(office, office.employer())
    office.world.now += LATEST
    office.publish()
    office.refresh()
    assert counts(office, employer)
    assert office.use(office.proof(employer)).credit_code == CODE


def test_a_session_ends_when_its_authority_is_revoked(office):
    office.publish(office.middle)
    office.world.now += LATEST
    office.refresh()
    assert not counts(office, office.employer())


def test_a_silent_authority_counts_for_the_grace_period_then_nobody_comes_in(office):
    office.net.lists.clear()
    office.world.now += DAY
    office.refresh()
    assert office.use(office.proof(office.employer())).credit_code == CODE
    office.world.now += MINUTE
    view = office.authority(office.middle)
    assert (view.freshness, view.problem) == (Freshness.STALE, "revocation_unreachable")
    assert office.use(office.proof(office.employer(valid=pki.validity(office.world.now)))).credit_code == CODE
    office.world.now += GRACE - MINUTE
    assert office.use(office.proof(office.employer(valid=pki.validity(office.world.now)))).credit_code == CODE
    office.world.now += MINUTE
    assert (
        office.use(office.proof(office.employer(valid=pki.validity(office.world.now))))
        == "revocation_unknown"
    )
    assert office.authority(office.middle).freshness is Freshness.UNKNOWN
    office.publish()
    office.world.now += LAST_RETRY
    office.refresh()
    view = office.authority(office.middle)
    assert (view.freshness, view.problem) == (Freshness.FRESH, None)
    assert office.use(office.proof(office.employer())).credit_code == CODE


def test_a_session_lives_on_while_the_authority_is_silent(office):
    office.net.lists.clear()
    office.world.now += 10 * DAY
    office.refresh()
    assert counts(office, office.employer())


def test_failures_are_tried_again_less_and_less_often(office):
    office.net.lists.clear()
    waits = []
    for _ in range(8):
        office.world.now = max(row_of(office).due_at, office.world.now)
        office.refresh()
        waits.append(row_of(office).due_at - office.world.now)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=30), LAST_RETRY)


def test_an_older_list_changes_nothing(office):
    employer = office.employer()
    old = dict(office.net.lists)
    office.world.now += LATEST
    office.publish(employer)
    office.refresh()
    office.net.lists = old
    office.world.now += LATEST
    office.refresh()
    assert office.use(office.proof(employer)) == "certificate_revoked"
    assert office.authority(office.middle).problem == "revocation_older"


@pytest.mark.parametrize("options", [{"number": 1}, {"number": None}])
def test_a_list_with_a_lower_number_or_none_is_older_whatever_its_date(office, options):
    office.world.now += LATEST
    office.publish(**options)
    office.refresh()
    assert office.authority(office.middle).problem == "revocation_older"


def test_the_same_list_again_is_good_news(office):
    fetched = office.authority(office.middle).fetched_at
    office.world.now += LATEST
    office.refresh()
    view = office.authority(office.middle)
    assert view.fetched_at == fetched + LATEST and view.problem is None


def wrong_lists(office):
    """Yield (a list in which something is wrong, the problem); made at the moment when it is asked for."""

    def listing(holder=office.middle, serials=(), ahead=LATEST, **options):
        return pki.make_crl(holder, serials, office.world.now + ahead, number=1000, **options)

    delta = pki.extension("2.5.29.27", core.Integer(1).dump(), critical=True)
    quiet_delta = pki.extension("2.5.29.27", core.Integer(1).dump())
    of_persons_only = pki.extension("2.5.29.28", bytes.fromhex("30038101ff"), critical=True)
    of_another = pki.extension("2.5.29.29", bytes.fromhex("3000"), critical=True)
    yield listing(pki.Holder(office.middle.certificate, key("p256", 8))), "revocation_forged"
    yield listing()[:-1] + b"!", "revocation_forged"
    yield listing(office.root), "revocation_other_issuer"
    for partial in (delta, quiet_delta, of_persons_only):
        yield listing(extensions=[partial]), "revocation_partial"
    yield listing(serials=[7], entry_extensions=[of_another]), "revocation_partial"
    yield listing(ahead=LATEST + 6 * MINUTE), "revocation_from_the_future"
    for unreadable in (listing()[:-10], listing() + b"\0", b"", b"<html>404</html>", b"\x30\x80" * 5000):
        yield unreadable, "revocation_unreadable"


def test_a_list_that_is_not_what_it_should_be_changes_nothing_and_is_told(office):
    for content, problem in wrong_lists(office):
        office.net.lists[LIST] = content
        office.world.now += LATEST
        office.refresh()
        view = office.authority(office.middle)
        assert (view.problem, view.freshness) == (problem, Freshness.FRESH)
        office.publish()
        office.world.now += LAST_RETRY
        office.refresh()
        assert office.authority(office.middle).problem is None


def test_a_list_in_pem_counts(office):
    office.world.now += LATEST
    office.publish(office.employer())
    der = office.net.lists[LIST]
    body = base64.encodebytes(der)
    office.net.lists[LIST] = b"-----BEGIN X509 CRL-----\n" + body + b"-----END X509 CRL-----\n"
    office.refresh()
    assert office.authority(office.middle).problem is None
    assert len(office.world.rows("identity", revoked)) == 2  # the root's list names it too


def test_the_second_place_of_a_list_is_asked_when_the_first_is_silent(world, net):
    office = Office(world, net, "p256")
    office.publish()
    office.trust(office.root, crl_urls=("http://silent.test/a.crl", ROOT_LIST))
    office.refresh()
    assert office.authority(office.root).freshness is Freshness.FRESH


def long_list(office, serials):
    """Return a list like those of `pki`, made a hundred times faster: its entries are what counts here."""
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=x509.load_der_x509_certificate(office.middle.der).subject,
        last_update=office.world.now,
        next_update=office.world.now + DAY,
        extensions=[x509.Extension(x509.CRLNumber.oid, False, x509.CRLNumber(office.number))],
        revoked_certificates=[
            x509.RevokedCertificateBuilder(serial, office.world.now).build() for serial in serials
        ],
    )
    private = serialization.load_der_private_key(office.middle.key.private, None)
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_twenty_thousand_revoked_certificates_are_taken_at_once(office):
    employer, many = office.employer(), range(1 << 100, (1 << 100) + 20_000)
    for serials, known in (([employer.serial, *many], "certificate_revoked"), (many[:10_000], None)):
        office.world.now += LATEST
        office.publish()
        office.net.lists[LIST] = long_list(office, serials)
        office.refresh()
        view = office.authority(office.middle)
        assert view.problem is None
        held = [row for row in office.world.rows("identity", revoked)]
        assert {row.serial for row in held} == {f"{serial:x}" for serial in serials}
        assert len(held) == len(serials)
        used = office.use(office.proof(employer))
        assert used == known or (known is None and used.credit_code == CODE)


def test_a_list_that_somebody_fetches_is_not_fetched_by_another(office):
    office.world.now += LATEST
    job = office.world.job("identity")
    for _ in range(2):
        with job.unit_of_work() as uow:
            word = revocations.claim_due_list(uow)
            revocations.put_list(uow, word.lease(at=uow.now))
    with job.unit_of_work() as uow:
        assert revocations.claim_due_list(uow) is None
    office.world.now += LEASE  # whoever it was has died
    with job.unit_of_work() as uow:
        assert revocations.claim_due_list(uow) is not None


# ---- answers


def test_an_unknown_certificate_waits_for_the_answer_about_it(asking):
    employer = asking.employer()
    says(asking, "good")
    refusal = asking.refusal(asking.proof(employer))
    assert (refusal.code, refusal.facts) == ("certificate_status_pending", {"retry_after_seconds": 3})
    asking.refresh()
    assert asking.use(asking.proof(employer)).credit_code == CODE


def test_an_answer_is_kept_fresh_while_the_certificate_is_in_use(asking):
    employer = asking.employer()
    says(asking, "good")
    asking.use(asking.proof(employer))
    asking.refresh()
    assert asking.use(asking.proof(employer)).credit_code == CODE
    asking.world.now += 15 * MINUTE
    says(asking, "revoked")
    asking.refresh()
    assert asking.use(asking.proof(employer)) == "certificate_revoked"
    assert not counts(asking, employer)
    assert asking.authority(asking.middle).freshness is Freshness.FRESH


def test_a_responder_that_does_not_know_the_certificate_lets_nobody_in(asking):
    says(asking, "unknown")
    asking.use(asking.proof(asking.employer()))
    asking.refresh()
    assert asking.use(asking.proof(asking.employer())) == "certificate_status_pending"  # a new serial number
    employer = asking.employer(serial=77)
    asking.use(asking.proof(employer))
    asking.refresh()
    assert asking.use(asking.proof(employer)) == "revocation_unknown"


def test_a_silent_responder_counts_for_the_grace_period(asking):
    employer = asking.employer(valid=pki.validity(asking.world.now, days=30))
    asking.use(asking.proof(employer))
    asking.refresh()  # silent from the start
    assert asking.use(asking.proof(employer)) == "revocation_unknown"
    assert asking.authority(asking.middle).problem == "revocation_unreachable"
    says(asking, "good")
    asking.world.now += MINUTE
    asking.refresh()
    assert asking.use(asking.proof(employer)).credit_code == CODE
    asking.net.answer = None
    asking.world.now += HOUR + GRACE
    asking.publish()
    asking.refresh()
    assert asking.use(asking.proof(employer)).credit_code == CODE
    asking.world.now += MINUTE
    assert asking.use(asking.proof(employer)) == "revocation_unknown"


def responder_of(office, **options):
    options = {"extended_key_usage": {"ocsp_signing"}, **options}
    issuer = options.pop("issuer", office.middle)
    valid = options.pop("valid", pki.validity(office.world.now))
    subject = pki.name(common_name="应答")
    return pki.make_end(issuer, subject, valid, key=key(office.algorithm, 6), **options)


def test_a_responder_may_sign_for_the_authority_if_that_has_certified_it_for_this(asking):
    employer = asking.employer()
    asking.use(asking.proof(employer))
    says(asking, "good", responder=responder_of(asking))
    asking.refresh()
    assert asking.use(asking.proof(employer)).credit_code == CODE


@pytest.mark.parametrize("wrong", ["use", "issuer", "time", "key"])
def test_anothers_word_about_a_certificate_does_not_count(asking, wrong):
    old = pki.Validity(asking.world.now - DAY, asking.world.now - HOUR)
    responder = {
        "use": responder_of(asking, extended_key_usage=()),
        "issuer": responder_of(asking, issuer=asking.root),
        "time": responder_of(asking, valid=old),
        "key": pki.Holder(responder_of(asking).certificate, key(asking.algorithm, 7)),
    }[wrong]
    employer = asking.employer()
    asking.use(asking.proof(employer))
    says(asking, "good", responder=responder)
    asking.refresh()
    assert asking.use(asking.proof(employer)) == "revocation_unknown"
    assert asking.authority(asking.middle).problem == "revocation_forged"


def test_an_answer_about_another_certificate_or_from_another_time_does_not_count(asking):
    now = asking.world.now
    wrong = {
        "revocation_unreadable": lambda serial: pki.make_ocsp(asking.middle, serial + 1, now),
        "revocation_from_the_future": lambda serial: pki.make_ocsp(asking.middle, serial, now + DAY),
        "revocation_outdated": lambda serial: pki.make_ocsp(
            asking.middle, serial, now - DAY, next_update=now - HOUR
        ),
    }
    for number, (problem, answer) in enumerate(wrong.items()):
        employer = asking.employer(serial=1000 + number)
        asking.use(asking.proof(employer))
        asking.net.answer = answer
        asking.refresh()
        assert asking.use(asking.proof(employer)) == "revocation_unknown"
        problems = {row.problem for row in asking.world.rows("identity", answers)}
        assert problem in problems


def test_an_older_answer_does_not_undo_a_newer_one(asking):
    employer, early = asking.employer(), asking.world.now
    asking.use(asking.proof(employer))
    asking.world.now += MINUTE
    says(asking, "revoked")
    asking.refresh()
    asking.world.now += 15 * MINUTE
    asking.net.answer = lambda serial: pki.make_ocsp(asking.middle, serial, early)
    asking.refresh()
    assert asking.use(asking.proof(employer)) == "certificate_revoked"
    assert asking.authority(asking.middle).problem == "revocation_older"


def test_certificates_that_nobody_uses_are_asked_about_no_more(asking):
    says(asking, "good")
    asking.use(asking.proof(asking.employer()))
    asking.world.now += timedelta(days=30)
    asking.world.sweep("identity", sweep_challenges)
    assert asking.world.rows("identity", answers) == []
