"""Who is trusted, by whom, and which employer belongs to which CA."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from deploy.local.uk import pki
from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Problem, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.certificates import (
    AddAuthority,
    ExtractorView,
    IssueChallenge,
    ListAuthorities,
    ReleaseCertificate,
    RetireAuthority,
)
from services.contracts.values import Post
from services.identity import operations
from services.identity.audit.store import audit_entries
from services.identity.certificates.domain.challenges import GOOD_FOR
from services.identity.certificates.jobs import sweep_challenges
from services.identity.certificates.store.authorities import authorities
from services.identity.certificates.store.challenges import challenges
from services.identity.certificates.views import still_counts
from tests.people import AUDITOR, CODE, EMPLOYER, RECEPTION, clerk
from tests.services.certificates import (
    ADMINISTRATOR,
    BINDING,
    LIST,
    ORIGIN,
    RESPONDER,
    ROOT_LIST,
    UNIT_NAME,
    Office,
    Publications,
    key,
)
from tests.services.portal import Portal

OTHER_CODE = "91410100MA9K5T3R8R"


@pytest.fixture
def net(monkeypatch):
    return Publications().serve(monkeypatch)


@pytest.fixture
def office(world, net):
    return Office(world, net, "p256").open()


def refused(action, *arguments, **options):
    with pytest.raises(Problem) as problem:
        action(*arguments, **options)
    return problem.value.code


def trail(office, act):
    """Return (subject, facts) of the lines of the trail, the latest first."""
    rows = reversed(office.world.rows("identity", audit_entries))
    return [(row.subject, row.facts) for row in rows if row.act == act]


def second(office):
    """Open another CA beside this one."""
    valid = pki.validity(office.world.now, days=3650)
    root = pki.make_root("p256", "另一根证书", valid, key=key("p256", 21))
    office.net.lists["http://other.test/a.crl"] = pki.make_crl(root, [], office.world.now)
    office.trust(root, crl_urls=("http://other.test/a.crl",))
    office.refresh()
    return root


# ---- challenges


def test_a_challenge_names_its_purpose_its_origin_and_itself(office):
    views = [office.challenge() for _ in range(3)]
    for view in views:
        tag, origin, challenge_id, nonce = view.text.split("\n")
        assert (tag, origin, challenge_id) == ("wengang sign-in v1", ORIGIN, str(view.challenge_id))
        assert len(bytes.fromhex(nonce)) == 32
        assert view.expires_at == office.world.now + GOOD_FOR
    assert len({view.text.split("\n")[3] for view in views}) == 3


def test_a_challenge_is_used_once_however_many_answer_at_the_same_moment(office):
    proof = office.proof(office.employer())
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: office.use(proof), range(6)))
    assert answers.count("challenge_expired") == 5


def test_challenges_that_nobody_answered_are_swept_away(office):
    office.challenge()
    office.world.now += GOOD_FOR
    fresh = office.challenge()
    office.world.sweep("identity", sweep_challenges)
    assert [row.id for row in office.world.rows("identity", challenges)] == [fresh.challenge_id]


def test_the_origin_of_a_challenge_is_one(office):
    for origin in ("ftp://x", "http://a/b", "http://a\nb", ""):
        with pytest.raises(ValueError):
            IssueChallenge(id=new_id(), origin=origin, binding=BINDING)


# ---- authorities


def test_only_an_administrator_adds_and_retires_and_an_auditor_looks_on(office):
    for other in (AUDITOR, RECEPTION, EMPLOYER):
        with pytest.raises(Forbidden):
            office.trust(office.root, by=other, crl_urls=(ROOT_LIST,))
        with pytest.raises(Forbidden):
            office.world.ask(RetireAuthority(id=new_id(), authority_id=new_id()), by=other)
    with pytest.raises(Forbidden):
        office.world.ask(ListAuthorities(), by=RECEPTION)
    assert len(office.world.ask(ListAuthorities(), by=AUDITOR).authorities) == 2
    with pytest.raises(Missing):
        office.world.ask(RetireAuthority(id=new_id(), authority_id=new_id()), by=ADMINISTRATOR)


@pytest.mark.parametrize("algorithm", pki.ALGORITHMS)
def test_an_authority_is_shown_with_what_stands_in_it(world, net, algorithm):
    office = Office(world, net, algorithm).open()
    root, middle = office.authority(office.root), office.authority(office.middle)
    assert (root.is_root, middle.is_root) == (True, False)
    assert root.algorithm == middle.algorithm == algorithm
    assert "示例根证书" in root.subject and root.subject == middle.issuer
    assert middle.list_until == world.now + timedelta(days=1)
    assert middle.added_by == ADMINISTRATOR.name
    assert len(trail(office, Act.AUTHORITY_ADDED)) == 2


def test_der_as_base64_is_a_certificate_too(world, net):
    office = Office(world, net, "p256")
    text = base64.b64encode(office.root.der).decode()
    wanted = AddAuthority(id=new_id(), certificate=text, crl_urls=(ROOT_LIST,))
    assert office.world.ask(wanted, by=ADMINISTRATOR).is_root


def test_what_may_be_no_authority_is_refused_with_the_reason(world, net):
    office = Office(world, net, "p256")
    valid, now = pki.validity(world.now), world.now
    lists = {"crl_urls": (ROOT_LIST,)}

    def root(**options):
        return pki.make_root("p256", "根", options.pop("valid", valid), **{"key": key("p256", 30), **options})

    forged = pki.Holder(
        pki.make_certificate(
            office.root.certificate.subject, key("p256", 31), office.root, valid, is_authority=True
        ),
        key("p256", 31),
    )
    short = root(key=pki.generate_key("rsa", bits=1024))
    old = root(valid=pki.Validity(now - timedelta(days=9), now - timedelta(days=1)))
    cases = [
        (office.root, {}, "authority_without_revocation"),
        (office.middle, lists, "authority_not_rooted"),
        (root(is_authority=False), lists, "authority_wrong_use"),
        (root(key_usage={"crl_sign"}), lists, "authority_wrong_use"),
        (root(key_usage=()), lists, "authority_wrong_use"),
        (forged, lists, "authority_forged"),
        (root(outer_algorithm={"algorithm": "sha384_ecdsa"}), lists, "authority_forged"),
        (short, lists, "authority_algorithm"),
        (old, lists, "authority_expired"),
    ]
    for holder, options, code in cases:
        assert refused(office.trust, holder, **options) == code
    for text in ("x", "AAAA", office.root.pem + office.middle.pem, "-----BEGIN CERTIFICATE-----\n"):
        wanted = AddAuthority(id=new_id(), certificate=text, **lists)
        assert refused(world.ask, wanted, by=ADMINISTRATOR) == "authority_unreadable"
    assert world.rows("identity", authorities) == []


@pytest.mark.parametrize(
    ("place", "name"), [("extension", "common_name"), ("subject", "1.2.3"), ("subject", "x")]
)
def test_a_place_that_cannot_be_in_a_certificate_is_refused(office, place, name):
    extractor = ExtractorView(place=place, key=name)
    options = {"crl_urls": (LIST,), "extractors": (extractor,)}
    assert refused(office.trust, office.middle, **options) == "extractor_unknown"


def test_a_retired_authority_lets_nobody_in_at_once_and_its_sessions_end(office):
    employer = office.employer()
    certified = office.use(office.proof(employer))
    middle = office.authority(office.middle)
    retire = RetireAuthority(id=new_id(), authority_id=middle.authority_id)
    assert office.world.ask(retire, by=ADMINISTRATOR).retired_at == office.world.now
    assert office.use(office.proof(employer)) == "certificate_untrusted"
    with office.world.job("identity").read() as uow:
        assert not still_counts(uow, authority_id=certified.authority_id, serial=certified.serial)
    again = RetireAuthority(id=new_id(), authority_id=middle.authority_id)
    assert refused(office.world.ask, again, by=ADMINISTRATOR) == "authority_retired"
    office.trust(office.middle, crl_urls=(LIST,))
    assert office.use(office.proof(employer)).credit_code == CODE
    assert [facts["sha256"] for _, facts in trail(office, Act.AUTHORITY_RETIRED)] == [middle.sha256]


def test_nothing_counts_under_a_root_that_is_retired(office):
    certified = office.use(office.proof(office.employer()))
    root = office.authority(office.root)
    office.world.ask(RetireAuthority(id=new_id(), authority_id=root.authority_id), by=ADMINISTRATOR)
    assert office.use(office.proof(office.employer())) == "certificate_untrusted"
    with office.world.job("identity").read() as uow:
        assert not still_counts(uow, authority_id=certified.authority_id, serial=certified.serial)


def test_nothing_counts_under_a_root_that_has_expired(world, net):
    office = Office(world, net, "p256")
    valid = pki.validity(world.now, days=1)
    office.root = pki.make_root("p256", "短", valid, key=key("p256", 40))
    office.middle = pki.make_intermediate(office.root, "长", pki.validity(world.now), key=key("p256", 41))
    office.open()
    assert office.use(office.proof(office.employer())).credit_code == CODE
    office.world.now += timedelta(days=1, minutes=6)
    assert office.use(office.proof(office.employer())) == "certificate_untrusted"


def test_adding_an_authority_again_changes_its_places(office):
    before = office.authority(office.middle)
    extractor = ExtractorView(place="subject", key="serial_number")
    view = office.trust(office.middle, ocsp_url=RESPONDER, extractors=(extractor,))
    assert view.authority_id == before.authority_id
    assert (view.ocsp_url, view.crl_urls, view.extractors) == (RESPONDER, (), (extractor,))
    assert office.use(office.proof(office.employer())) == "certificate_without_code"


def test_the_same_authority_twice_at_once_is_one(world, net):
    office = Office(world, net, "p256")
    world.database("identity")

    def add(_):
        try:
            return office.trust(office.root, crl_urls=(ROOT_LIST,)).sha256
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(add, range(4)))
    assert answers <= {office.root.certificate.sha256.hex(), "authority_changed"}
    assert len(world.rows("identity", authorities)) == 1


def test_a_file_is_trusted_by_the_operation_and_the_second_time_changes_nothing(world, net, tmp_path):
    office = Office(world, net, "p256")
    file = tmp_path / "ca.json"
    file.write_text(json.dumps({"certificate": office.root.pem, "crl_urls": [ROOT_LIST]}))
    for _ in range(2):
        assert "示例根证书" in operations.trust_authority(world.job("identity"), file)
    [row] = world.rows("identity", authorities)
    assert (row.revision, row.added_by) == (1, "operations")
    assert len(trail(office, Act.AUTHORITY_ADDED)) == 1


# ---- which employer belongs to which CA


def test_the_first_certificate_ties_the_employer_to_its_ca(office):
    employer = office.employer()
    office.use(office.proof(employer))
    other = second(office)
    rival = office.employer(issuer=other)
    refusal = office.refusal(office.proof(rival))
    assert refusal.code == "certificate_other_issuer"
    assert "示例签发证书" in refusal.facts["issuer"]
    assert office.use(office.proof(office.employer(number=5))).credit_code == CODE  # renewed by the same CA
    assert [subject for subject, _ in trail(office, Act.CERTIFICATE_BOUND)] == [CODE]
    assert trail(office, Act.CERTIFICATE_REFUSED)[0] == (
        CODE,
        {"code": "certificate_other_issuer", "issuer": refusal.facts["issuer"]},
    )


def test_the_reception_post_releases_an_employer_from_its_ca(office):
    office.use(office.proof(office.employer()))
    rival = office.employer(issuer=second(office))
    release = ReleaseCertificate(id=new_id(), credit_code=CODE)
    assert refused(office.world.ask, release, by=ADMINISTRATOR) == "post_required"
    assert office.world.ask(release, by=RECEPTION).done
    assert office.use(office.proof(rival)).credit_code == CODE
    assert office.use(office.proof(office.employer())) == "certificate_other_issuer"
    assert [subject for subject, _ in trail(office, Act.CERTIFICATE_RELEASED)] == [CODE]
    nothing = ReleaseCertificate(id=new_id(), credit_code=OTHER_CODE)
    assert refused(office.world.ask, nothing, by=RECEPTION) == "certificate_not_bound"


def test_an_authority_that_renews_its_own_certificate_stays_the_same(office):
    office.use(office.proof(office.employer()))
    valid = pki.validity(office.world.now, days=3650)
    renewed = pki.make_intermediate(office.root, "示例签发证书", valid, key=key("p256", 50))
    office.net.lists["http://ca.test/new.crl"] = pki.make_crl(renewed, [], office.world.now)
    office.trust(renewed, crl_urls=("http://ca.test/new.crl",))
    office.refresh()
    assert office.use(office.proof(office.employer(issuer=renewed))).credit_code == CODE


def test_two_cas_at_the_same_moment_tie_an_employer_once(office):
    other = second(office)
    proofs = [office.proof(office.employer(issuer=issuer)) for issuer in (office.middle, other) * 3]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(office.use, proofs))
    certified = {answer.authority_id for answer in answers if not isinstance(answer, str)}
    assert len(certified) == 1
    assert answers.count("certificate_other_issuer") == 3


def test_refusals_are_on_the_trail_with_their_reason(office):
    office.use(office.proof(office.employer(key_usage=pki.ENCRYPTION_USAGE)))
    assert trail(office, Act.CERTIFICATE_REFUSED) == [("", {"code": "certificate_wrong_use"})]


def test_a_unit_name_and_code_in_the_common_name_are_enough(office):
    subject = pki.name(common_name=f"041@N{CODE}@{UNIT_NAME}@00000001")
    holder = pki.make_end(office.middle, subject, pki.validity(office.world.now), key=key("p256", 3))
    certified = office.use(office.proof(holder))
    assert (certified.credit_code, certified.unit_name) == (CODE, UNIT_NAME)


def test_a_clerk_of_another_region_releases_nobody(office):
    office.use(office.proof(office.employer()))
    Portal(office.world).maintain()
    elsewhere = clerk(Post.RECEPTION, region="410300")
    release = ReleaseCertificate(id=new_id(), credit_code=CODE)
    assert refused(office.world.ask, release, by=elsewhere) == "not_your_region"


def test_a_refusal_is_no_exception(office):
    assert isinstance(office.refusal(office.proof(office.employer(OTHER_CODE[:-1] + "9"))), Refused)
