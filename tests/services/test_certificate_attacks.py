"""Whoever comes with a certificate: who is let in, and every known way to get in without being let."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import algos, cms

from deploy.local.uk import pki
from deploy.local.uk.pki import Form, Validity
from services.chassis import sm2
from services.identity.certificates.domain.challenges import GOOD_FOR
from tests.people import CODE
from tests.services.certificates import (
    BINDING,
    ORIGIN,
    UNIT_NAME,
    Office,
    Publications,
    key,
    sealed,
    with_key,
)

OTHER_CODE = "91410100MA9K5T3R8R"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(params=pki.ALGORITHMS)
def office(request, world, monkeypatch):
    return Office(world, Publications().serve(monkeypatch), request.param).open()


# ---- who is let in


@pytest.mark.parametrize("form", [{}, {"names_signer_by_key": True}, {"gm": True}])
def test_a_right_signature_shows_the_employer(office, form):
    employer = office.employer()
    certified = office.use(office.proof(employer, **form))
    assert (certified.credit_code, certified.unit_name) == (CODE, UNIT_NAME)
    assert certified.algorithm == office.algorithm
    assert certified.serial == f"{employer.serial:x}"
    assert certified.authority_id == office.authority(office.middle).authority_id


def test_a_bare_signature_with_its_certificate_shows_the_employer(office):
    assert office.use(office.bare_proof(office.employer())).credit_code == CODE


def test_a_certificate_right_under_the_root_counts(office):
    assert office.use(office.proof(office.employer(issuer=office.root))).credit_code == CODE


def test_of_two_certificates_that_come_along_the_signers_counts(office):
    mine, victim = office.employer(OTHER_CODE), office.employer(number=4)
    proof = office.proof(mine, certificates=(victim.certificate, mine.certificate))
    assert office.use(proof).credit_code == OTHER_CODE


# ---- challenges


def test_a_proof_is_good_once(office):
    proof = office.proof(office.employer())
    assert office.use(proof).credit_code == CODE
    assert office.use(proof) == "challenge_expired"


def test_an_old_signature_is_no_answer_to_a_new_challenge(office):
    old = office.proof(office.employer())
    challenge = office.challenge()
    assert office.use(old.model_copy(update={"challenge_id": challenge.challenge_id})) == "signature_invalid"
    bare = office.bare_proof(office.employer())
    other = {"challenge_id": office.challenge().challenge_id}
    assert office.use(bare.model_copy(update=other)) == "signature_invalid"


def test_a_challenge_is_good_for_two_minutes(office):
    late, just_in_time = (office.proof(office.employer()) for _ in range(2))
    office.world.now += GOOD_FOR - timedelta(seconds=1)
    assert office.use(just_in_time).credit_code == CODE
    office.world.now += timedelta(seconds=1)
    assert office.use(late) == "challenge_expired"


def test_a_challenge_is_for_one_browser_and_used_up_by_another(office):
    proof = office.proof(office.employer())
    assert office.use(proof.model_copy(update={"binding": "cd" * 32})) == "challenge_elsewhere"
    assert office.use(proof) == "challenge_expired"


def test_what_a_page_of_another_origin_had_signed_does_not_count(office):
    challenge = office.challenge()
    assert f"\n{ORIGIN}\n" in challenge.text
    phished = challenge.text.replace(ORIGIN, "https://phish.example")
    assert office.use(sealed(challenge, pki.make_cms(phished.encode(), office.employer()))) == (
        "signature_invalid"
    )


# ---- signatures


def test_a_signature_that_was_tampered_with_is_invalid(office):
    challenge = office.challenge()
    signature = bytearray(pki.make_cms(challenge.text.encode(), office.employer()))
    signature[-1] ^= 1
    assert office.use(sealed(challenge, bytes(signature))) == "signature_invalid"
    proof = office.bare_proof(office.employer())
    bare = bytearray(base64.b64decode(proof.signature))
    bare[-1] ^= 1
    forged = proof.model_copy(update={"signature": base64.b64encode(bare).decode()})
    assert office.use(forged) == "signature_invalid"


def test_anothers_key_does_not_go_with_my_certificate(office):
    thief = with_key(office.employer(), key(office.algorithm, 9))
    assert office.use(office.proof(thief)) == "signature_invalid"
    assert office.use(office.bare_proof(thief)) == "signature_invalid"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"is_detached": False}, "attached"),
        ({"is_detached": False, "gm": True}, "attached"),
        ({"has_signed_attributes": False}, "no_signed_attributes"),
        ({"content_type": "signed_data"}, "content_type"),
        ({"certificates": ()}, "certificates"),
    ],
)
def test_another_form_of_signature_does_not_count(office, form, reason):
    refusal = office.refusal(office.proof(office.employer(), **form))
    assert (refusal.code, refusal.facts) == ("signature_form", {"reason": reason})


def test_signed_attributes_over_something_else_are_invalid(office):
    assert office.use(office.proof(office.employer(), message_digest=bytes(32))) == "signature_invalid"


def test_a_signed_attribute_that_stands_twice_does_not_count(office):
    employer, challenge = office.employer(), office.challenge()
    info = pki.sign_content(challenge.text.encode(), employer)
    info["signed_attrs"].append(info["signed_attrs"][0])
    info["signature"] = employer.key.sign(info["signed_attrs"].untag().dump())
    proof = sealed(challenge, pki.pack([info], challenge.text.encode(), [employer]))
    assert office.refusal(proof).facts == {"reason": "signed_attributes"}


def test_two_signers_are_one_too_many(office):
    employer, challenge = office.employer(), office.challenge()
    text = challenge.text.encode()
    infos = [pki.sign_content(text, employer), pki.sign_content(text, employer)]
    proof = sealed(challenge, pki.pack(infos, text, [employer]))
    assert office.refusal(proof).facts == {"reason": "signers"}


def test_an_algorithm_that_does_not_go_with_the_key_does_not_count(office):
    other = {"rsa": "sha256_ecdsa", "p256": "sm2_sign", "sm2": "sha256_ecdsa"}[office.algorithm]
    proof = office.proof(office.employer(), signature_algorithm={"algorithm": other})
    assert office.use(proof) in ("signature_invalid", "signature_form")


def test_a_digest_that_counts_no_more_does_not_count(office):
    weak = {"rsa": "sha1_rsa", "p256": "sha1_ecdsa", "sm2": "sha1_ecdsa"}[office.algorithm]
    proof = office.proof(office.employer(), signature_algorithm={"algorithm": weak})
    assert office.refusal(proof).facts == {"reason": "digest"}


def test_r_and_s_out_of_range_are_invalid(office):
    if office.algorithm == "rsa":
        numbers = [bytes(256), b"\xff" * 256, b"\x01", b"\x00" * 255 + b"\x01"]
    else:
        order = sm2.ORDER if office.algorithm == "sm2" else P256_ORDER
        pairs = [(0, 0), (0, 1), (1, 0), (order, 1), (1, order), (order, order)]
        numbers = [algos.DSASignature({"r": r, "s": s}).dump() for r, s in pairs] + [b"\x01" * 64, b""]
    for number in numbers:
        challenge = office.challenge()
        made = cms.ContentInfo.load(pki.make_cms(challenge.text.encode(), office.employer()))
        made["content"]["signer_infos"][0]["signature"] = number
        assert office.use(sealed(challenge, made.dump(force=True))) == "signature_invalid"


def test_an_sm2_signature_with_another_user_id_is_invalid(office):
    if office.algorithm != "sm2":
        pytest.skip("only SM2 signs the name of its user")
    employer = office.employer()
    other = replace(employer, key=replace(employer.key, user_id=b"ALICE123@YAHOO.COM"))
    assert office.use(office.proof(other)) == "signature_invalid"
    assert office.use(office.bare_proof(other)) == "signature_invalid"


def test_what_is_larger_than_any_signature_is_not_parsed(office):
    proof = office.proof(office.employer())
    large = proof.model_copy(update={"signature": base64.b64encode(bytes(1024 * 1024 + 1)).decode()})
    assert office.refusal(large).facts == {"reason": "too_large"}


# ---- certificates


def test_another_ca_is_not_trusted_even_if_it_comes_along(office):
    valid = pki.validity(office.world.now)
    rogue = pki.make_root(office.algorithm, "示例签发证书", valid, key=key(office.algorithm, 8))
    employer = office.employer(issuer=rogue)
    proof = office.proof(employer, certificates=(employer.certificate, rogue.certificate))
    assert office.use(proof) == "certificate_untrusted"


def test_a_self_signed_certificate_is_not_trusted(office):
    subject = pki.name(common_name=CODE)
    alone = pki.make_certificate(subject, key(office.algorithm, 3), None, pki.validity(office.world.now))
    assert office.use(office.proof(pki.Holder(alone, key(office.algorithm, 3)))) == "certificate_untrusted"


def test_an_intermediate_that_nobody_named_makes_no_path(office):
    valid = pki.validity(office.world.now)
    smuggled = pki.make_intermediate(office.root, "无人登记", valid, key=key(office.algorithm, 7))
    employer = office.employer(issuer=smuggled)
    proof = office.proof(employer, certificates=(employer.certificate, smuggled.certificate))
    refusal = office.refusal(proof)
    assert refusal.code == "certificate_untrusted"
    assert "无人登记" in refusal.facts["issuer"]


def test_an_employers_certificate_issues_nothing(office):
    employer = office.employer()
    child = office.employer(OTHER_CODE, issuer=employer, number=4)
    proof = office.proof(child, certificates=(child.certificate, employer.certificate))
    assert office.use(proof) == "certificate_untrusted"


def test_a_certificate_counts_within_its_time_give_or_take_five_minutes(office):
    now = office.world.now
    day, minute = timedelta(days=1), timedelta(minutes=1)
    cases = {
        "certificate_expired": Validity(now - day, now - 6 * minute),
        "certificate_not_yet_valid": Validity(now + 6 * minute, now + day),
    }
    for code, valid in cases.items():
        assert office.use(office.proof(office.employer(valid=valid))) == code
    for valid in (Validity(now - day, now - 4 * minute), Validity(now + 4 * minute, now + day)):
        assert office.use(office.proof(office.employer(valid=valid))).credit_code == CODE


def test_a_revoked_certificate_does_not_count(office):
    employer = office.employer()
    office.publish(employer)
    office.world.now += timedelta(hours=1)
    office.refresh()
    assert office.use(office.proof(employer)) == "certificate_revoked"


def test_under_a_revoked_intermediate_nothing_counts(office):
    office.publish(office.middle)
    office.world.now += timedelta(hours=1)
    office.refresh()
    assert office.use(office.proof(office.employer())) == "certificate_revoked"


@pytest.mark.parametrize(
    "options",
    [
        {"key_usage": pki.ENCRYPTION_USAGE},
        {"key_usage": {"key_agreement"}},
        {"key_usage": set()},
        {"key_usage": pki.AUTHORITY_USAGE | pki.SIGNING_USAGE, "is_authority": True},
        {"extended_key_usage": {"server_auth"}},
    ],
)
def test_a_certificate_for_something_else_does_not_count(office, options):
    assert office.use(office.proof(office.employer(**options))) == "certificate_wrong_use"


def test_a_certificate_that_says_two_things_about_its_signature_does_not_count(office):
    other = {"algorithm": "sha512_rsa" if office.algorithm == "rsa" else "sha512_ecdsa"}
    for options in ({"inner_algorithm": other}, {"outer_algorithm": other}):
        assert office.use(office.proof(office.employer(**options))) == "certificate_forged"


def test_a_critical_extension_that_nobody_knows_is_refused(office):
    strange = pki.extension("1.2.3.4.5", b"\x05\x00", critical=True)
    assert office.use(office.proof(office.employer(extensions=(strange,)))) == "certificate_untrusted"
    harmless = pki.extension("1.2.3.4.5", b"\x05\x00")
    assert office.use(office.proof(office.employer(extensions=(harmless,)))).credit_code == CODE


def test_a_short_rsa_key_does_not_count(office):
    short = pki.generate_key("rsa", bits=1024)
    assert office.use(office.proof(office.employer(key=short))) == "certificate_algorithm"
    assert office.use(office.bare_proof(office.employer(key=short))) == "certificate_algorithm"


# ---- credit codes


def test_a_code_with_a_wrong_check_digit_is_none(office):
    assert office.use(office.proof(office.employer("914101811705080420"))) == "certificate_without_code"


def test_two_different_codes_are_refused(office):
    subject = pki.name(organization_name=UNIT_NAME, common_name=f"041@N{OTHER_CODE}@{UNIT_NAME}@1")
    holder = pki.make_end(
        office.middle,
        subject,
        pki.validity(office.world.now),
        key=key(office.algorithm, 3),
        extensions=(pki.credit_code_extension(CODE),),
    )
    assert office.use(office.proof(holder)) == "certificate_code_conflict"


def test_a_bare_signature_needs_its_certificate(office):
    proof = office.bare_proof(office.employer()).model_copy(update={"certificate": None})
    assert office.refusal(proof).facts == {"reason": "no_certificate"}


def test_a_form_of_signature_can_be_made_by_hand(office):
    employer, challenge = office.employer(), office.challenge()
    text = challenge.text.encode()
    packed = pki.pack([pki.sign_content(text, employer)], text, [employer], Form())
    assert office.use(sealed(challenge, packed, BINDING)).credit_code == CODE
