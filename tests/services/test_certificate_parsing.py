"""Hostile bytes: every one of them a clean answer, soon, in bounded memory; and an oracle for paths."""

import base64
import os
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import repeat
from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from OpenSSL import crypto

from deploy.local.uk import pki
from services.contracts.errors import Refused
from services.contracts.identity.certificates import CertificateProof
from services.identity.certificates.adapters.certificates import print_authority
from services.identity.certificates.adapters.der import Malformed, require_shape
from services.identity.certificates.adapters.http import Unusable
from services.identity.certificates.adapters.lists import read_list
from services.identity.certificates.adapters.proofs import verify
from services.identity.certificates.adapters.responders import read_answer
from services.identity.certificates.adapters.trust import Trust
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import Shown
from tests.people import CODE
from tests.services.certificates import UNIT_NAME, key
from tests.services.conftest import NOW

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
bounded = settings(max_examples=EXAMPLES, deadline=None)
TEXT = "wengang sign-in v1\nhttp://127.0.0.1:8000\nid\nnonce"
VALID = pki.validity(NOW, days=100)


def people(algorithm):
    root = pki.make_root(algorithm, "根", VALID, key=key(algorithm, 1))
    middle = pki.make_intermediate(root, "中", VALID, key=key(algorithm, 2))
    return root, middle, pki.make_employer(middle, CODE, UNIT_NAME, VALID, key=key(algorithm, 3))


PEOPLE = {algorithm: people(algorithm) for algorithm in ("p256", "sm2")}


def trusting(*holders):
    """Return a trust in these authorities; each is under the one before it whose name it gives."""
    ids = {
        holder.certificate.subject.native["common_name"] + holder.key.algorithm: uuid4() for holder in holders
    }
    return Trust(_authority(holder, ids) for holder in holders)


def _authority(holder, ids):
    subject, issuer = (
        name.native["common_name"] + holder.key.algorithm
        for name in (holder.certificate.subject, holder.certificate.issuer)
    )
    printed = print_authority(PEOPLE["p256"][0].der)
    return Authority(
        id=ids[subject],
        certificate=holder.der,
        issuer_id=None if subject == issuer else ids[issuer],
        printed=replace(printed, is_root=subject == issuer),
        crl_urls=(),
        ocsp_url=None,
        extractors=(),
        added_by="",
        added_at=NOW,
    )


TRUST = trusting(*(holder for each in PEOPLE.values() for holder in each[:2]))


def come(signature, certificate=None):
    """Come with any bytes; return the code of the refusal, None if they are right."""
    verified = verify(_proof(signature, certificate), TEXT, TRUST, NOW)
    return verified.code if isinstance(verified, Refused) else None


def _proof(signature, certificate=None):
    """Return a proof as a caller could send it past the contract."""
    return CertificateProof.model_construct(
        form="cms" if certificate is None else "p1",
        signature=base64.b64encode(signature).decode(),
        certificate=None if certificate is None else base64.b64encode(certificate).decode(),
    )


def signed(algorithm, **form):
    return pki.make_cms(TEXT.encode(), PEOPLE[algorithm][2], pki.Form(**form, signing_time=NOW))


SIGNED = [signed("p256"), signed("sm2"), signed("sm2", gm=True), signed("p256", is_detached=False)]

LIST = pki.make_crl(PEOPLE["p256"][1], [7], NOW)
ANSWER = pki.make_ocsp(PEOPLE["p256"][1], PEOPLE["p256"][2].serial, NOW)


def nested(depth, tag=b"\x30"):
    """Return sequences within sequences, with right lengths."""
    content = b"\x05\x00"
    for _ in range(depth):
        size = len(content)
        length = bytes([size]) if size < 128 else b"\x84" + size.to_bytes(4, "big")
        content = tag + length + content
    return content


# ---- any bytes


@bounded
@given(st.binary(max_size=400))
@example(b"")
@example(b"\x30\x80" * 100_000)
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30\x83\x0f\xff\xff" + bytes(0xFFFFF))
@example(nested(30_000))
@example(nested(31))
@example(b"\x24\x80" * 1000 + b"\x00\x00" * 1000)
@example(b"\x1f" + b"\x81" * 1000)
@example(b"\x02\x82\xff\xff" + b"\x7f" * 0xFFFF)
def test_any_bytes_are_refused(content):
    assert come(content) == "signature_form"
    assert come(b"", content) in ("signature_form", "certificate_algorithm", "certificate_wrong_use")


@bounded
@given(st.data())
def test_a_signature_with_other_bytes_in_it_is_refused_or_says_the_same(data):
    original = data.draw(st.sampled_from(SIGNED[:3]))
    content = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(content) - 1))
        change = data.draw(st.sampled_from(["flip", "cut", "put", "repeat"]))
        if change == "flip":
            content[where] ^= data.draw(st.integers(1, 255))
        elif change == "cut":
            del content[where : where + data.draw(st.integers(1, 40))]
        elif change == "put":
            content[where:where] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            content[where:where] = content[where : where + data.draw(st.integers(1, 200))]
        if not content:
            break
    code = come(bytes(content))
    assert code is None or code.startswith(("signature_", "certificate_"))


@bounded
@given(st.data())
def test_a_certificate_list_or_answer_with_other_bytes_in_it_is_refused(data):
    root, middle, employer = PEOPLE["p256"]
    serial = f"{employer.serial:x}"
    kinds = {
        "list": (LIST, lambda content: read_list(content, middle.der, NOW)),
        "answer": (ANSWER, lambda content: read_answer(content, middle.der, serial, NOW)),
        "authority": (root.der, print_authority),
    }
    original, read = kinds[data.draw(st.sampled_from(sorted(kinds)))]
    content = bytearray(original)
    where = data.draw(st.integers(0, len(content) - 1))
    content[where] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    try:
        read(bytes(content))
    except (Unusable, Refused):
        pass
    else:  # where nothing rests on it, in what is not signed
        assert bytes(content) != original


def test_the_unchanged_ones_are_right():
    assert [come(content) for content in SIGNED] == [None, None, None, "signature_form"]
    assert read_list(LIST, PEOPLE["p256"][1].der, NOW).serials == {"7"}


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x30\x80" * 500_000,
        nested(100_000),
        nested(100_000, b"\x24"),
        b"\x30\x83\x0f\xff\xfb" + b"\x05\x00" * (0xFFFFB // 2) + b"\x05",
        b"\x30\x83\x0f\xff\xfb" + b"\x30\x00" * (0xFFFFB // 2) + b"\x30",
        b"\x30\x83\x0f\xff\xfb\x0c\x83\x0f\xff\xf6" + b"A" * 0xFFFF6,
    ],
)
def test_a_bomb_of_a_mebibyte_costs_little_time_and_memory(bomb):
    assert len(bomb) <= 1024 * 1024 + 700_000
    tracemalloc.start()
    began = time.process_time()
    assert come(bomb[: 1024 * 1024]) == "signature_form"
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 5
    assert peak < 16 * 1024 * 1024


def test_a_large_name_in_a_certificate_costs_little():
    large = pki.make_employer(PEOPLE["p256"][1], CODE, "企" * 200_000, VALID, key=key("p256", 3))
    assert come(pki.make_cms(TEXT.encode(), large)) == "signature_form"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x30", b"\x30\x01", b"\x05\x00\x05\x00", b"\x04\x80\x00\x00", b"\x1f\x81\x00", nested(33)],
)
def test_what_has_not_the_shape_of_der_is_malformed(content):
    with pytest.raises(Malformed):
        require_shape(content)


@given(st.recursive(st.binary(max_size=10), lambda inner: st.lists(inner, max_size=4), max_leaves=30))
def test_what_is_encoded_right_has_the_shape_of_der(value):
    def encode(part):
        if isinstance(part, bytes):
            return b"\x04" + bytes([len(part)]) + part
        inside = b"".join(map(encode, part))
        return b"\x30\x82" + len(inside).to_bytes(2, "big") + inside

    def encode_endless(part):
        if isinstance(part, bytes):
            return encode(part)
        return b"\x30\x80" + b"".join(map(encode_endless, part)) + b"\x00\x00"

    for content in (encode(value), encode_endless(value)):
        require_shape(content)
        for wrong in (content + b"\0", content[:-1]):
            with pytest.raises(Malformed):
                require_shape(wrong)


# ---- paths


@pytest.mark.parametrize("algorithm", pki.ALGORITHMS)
def test_openssl_finds_the_same_paths(algorithm):
    root, middle, employer = people(algorithm)
    old = pki.Validity(NOW - timedelta(days=9), NOW - timedelta(days=1))
    named = pki.make_intermediate(root, "中", VALID, key=key(algorithm, 5))
    no_authority = pki.make_end(root, pki.name(common_name="非"), VALID, key=key(algorithm, 6))
    short = pki.make_intermediate(root, "短", VALID, key=key(algorithm, 7), path_length=0)
    below = pki.make_intermediate(short, "下", VALID, key=key(algorithm, 8))
    cases = [
        (employer, [middle], True),
        (employer, [named], False),
        (employer, [], False),
        (pki.make_employer(root, CODE, UNIT_NAME, VALID, key=key(algorithm, 3)), [], True),
        (pki.make_employer(middle, CODE, UNIT_NAME, old, key=key(algorithm, 3)), [middle], False),
        (
            pki.make_employer(no_authority, CODE, UNIT_NAME, VALID, key=key(algorithm, 3)),
            [no_authority],
            False,
        ),
        (pki.make_employer(below, CODE, UNIT_NAME, VALID, key=key(algorithm, 3)), [short, below], False),
        (pki.make_employer(short, CODE, UNIT_NAME, VALID, key=key(algorithm, 3)), [short], True),
    ]
    for number, (holder, between, expected) in enumerate(cases):
        assert (_openssl_accepts(root, between, holder), number) == (expected, number)
        assert (_we_accept(root, between, holder), number) == (expected, number)


def _openssl_accepts(root, between, holder):
    load = [crypto.load_certificate(crypto.FILETYPE_ASN1, each.der) for each in (root, holder, *between)]
    store = crypto.X509Store()
    store.add_cert(load[0])
    store.set_time(NOW)
    try:
        crypto.X509StoreContext(store, load[1], load[2:]).verify_certificate()
    except crypto.X509StoreContextError:
        return False
    return True


def _we_accept(root, between, holder):
    try:
        trusting(root, *between).path_of(holder.certificate, at=NOW)
    except Refused:
        return False
    return True


def test_many_threads_verify_with_the_same_authorities():
    root, middle, _ = people("p256")
    proofs = [_proof(signed("p256")) for _ in range(8)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            for _ in range(10):
                trust = trusting(root, middle)  # new to all of them
                answers = threads.map(verify, proofs * 2, repeat(TEXT), repeat(trust), repeat(NOW))
                assert {type(answer) for answer in answers} == {tuple}
    finally:
        sys.setswitchinterval(interval)


def test_what_is_shown_names_every_certificate_of_the_path_but_the_root():
    root, middle, employer = PEOPLE["sm2"]
    _, shown = verify(_proof(signed("sm2")), TEXT, TRUST, NOW)
    assert isinstance(shown, Shown)
    assert [link.serial for link in shown.links] == [f"{holder.serial:x}" for holder in (employer, middle)]
    assert root.serial not in [link.serial for link in shown.links]
