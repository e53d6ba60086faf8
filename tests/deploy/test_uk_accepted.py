"""What the provisioned UKs sign, and what their CA tells, is what the identity service accepts."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from deploy.local.uk.agent import find_tokens
from deploy.local.uk.authority_books import Books
from deploy.local.uk.pki import ALGORITHMS, asked_serial
from deploy.local.uk.provision import SIGNING, UK_HOLDERS, UK_PIN, uk_units
from deploy.local.uk.sof import Middleware
from services.contracts.identity.certificates import CertificateProof, ExtractorView
from services.identity.certificates.adapters import lists, responders
from services.identity.certificates.adapters.certificates import (
    find_issuer,
    print_authority,
    read_pem_or_base64,
)
from services.identity.certificates.adapters.proofs import verify
from services.identity.certificates.adapters.trust import Trust
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.credit_codes import find_code

NOW, REHEARSAL = datetime.now(UTC), datetime(2023, 9, 14, 1, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8000"
TEXT = f"wengang sign-in v1\n{ORIGIN}\nid\nnonce"


@pytest.fixture
def authorities(provisioned) -> dict[str, Authority]:
    """The authorities by name, as if they had been added."""
    files = sorted(provisioned.glob("trust/*.json"))
    alone = {
        file.stem: trusted(UUID(int=number), json.loads(file.read_text()))
        for number, file in enumerate(files)
    }
    return {name: under_its_issuer(each, alone.values()) for name, each in alone.items()}


def under_its_issuer(authority: Authority, others: Iterable[Authority]) -> Authority:
    if authority.printed.is_root:
        return authority
    return replace(authority, issuer_id=find_issuer(authority.certificate, others).id)


def trusted(id: UUID, order: dict) -> Authority:
    content = read_pem_or_base64(order["certificate"])
    return Authority(
        id=id,
        certificate=content,
        issuer_id=None,
        printed=print_authority(content),
        crl_urls=tuple(order["crl_urls"]),
        ocsp_url=order["ocsp_url"],
        extractors=tuple(ExtractorView(**extractor) for extractor in order["extractors"]),
        added_by="a test",
        added_at=NOW,
    )


@pytest.mark.parametrize("at", [NOW, REHEARSAL])
@pytest.mark.parametrize("form", ["cms", "p1"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_shows_the_employer(uk_folder, authorities, algorithm, form, at):
    middleware = Middleware(lambda: find_tokens(uk_folder / "tokens", ""), clock=lambda: at)
    whose = {"CertID": f"UK{UK_HOLDERS[algorithm]}/{SIGNING}"}
    middleware.call("SOF_Login", {**whose, "PassWd": UK_PIN}, ORIGIN)
    method = {"cms": "SOF_SignDataByP7", "p1": "SOF_SignData"}[form]
    proof = CertificateProof(
        challenge_id=UUID(int=0),
        binding="0" * 64,
        form=form,
        signature=middleware.call(method, {**whose, "InData": TEXT}, ORIGIN),
        certificate=middleware.call("SOF_ExportUserCert", whose, ORIGIN),
    )
    authority, shown = verify(proof, TEXT, Trust(authorities.values()), at)
    unit = uk_units()[algorithm]
    assert (find_code(shown.texts, authority.places), shown.unit_name) == (unit.credit_code, unit.name)
    assert (authority, shown.algorithm) == (authorities[algorithm], algorithm)


@pytest.mark.parametrize("at", [NOW, REHEARSAL])
def test_what_is_revoked_is_understood(uk_folder, authorities, at):
    books = Books(uk_folder / "authority")
    serial = books.holder("sm2").serial
    books.revoke(serial)
    for name, authority in authorities.items():
        read = lists.read_list(books.revoked_list(name, at), authority.certificate, at)
        assert read.serials == ({f"{serial:x}"} if name == "sm2-root" else frozenset())
    root = authorities["sm2-root"]
    asked = asked_serial(responders.make_request(root.certificate, f"{serial:x}"))
    answer = books.answer("sm2-root", asked, at)
    assert responders.read_answer(answer, root.certificate, f"{serial:x}", at).verdict == "revoked"
