"""The development CA: what it issues, what it revokes, how it tells; what a house has of it and of UKs."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import crl, ocsp, pem, x509

from deploy.local.nodes import free_port, wait_until
from deploy.local.uk.authority import Authority
from deploy.local.uk.authority_books import Books
from deploy.local.uk.pki import ALGORITHMS, certificate_id
from deploy.local.uk.provision import SIGNING, UK_PIN, provision, uk_units
from deploy.local.uk.token import SoftwareToken
from services.chassis.clock import utc_now
from services.chassis.ids import new_id
from services.contracts.identity.certificates import AddAuthority
from tests.deploy.conftest import CA_URL
from tests.deploy.uk import is_signed_by, serving

AUTHORITIES = [name for algorithm in ALGORITHMS for name in (f"{algorithm}-root", algorithm)]


@pytest.fixture
def books(uk_folder) -> Books:
    return Books(uk_folder / "authority")


@pytest.fixture
def url(books):
    with serving(Authority(0, books=books, clock=utc_now)) as authority:
        yield f"http://127.0.0.1:{authority.server_port}"


def uk(folder, algorithm) -> x509.Certificate:
    """Return the certificate of a provisioned UK."""
    return SoftwareToken.load(folder / "tokens" / algorithm).certificates()[SIGNING]


def revoked_list(url: str, authority: str) -> crl.CertificateList:
    with urllib.request.urlopen(f"{url}/{authority}.crl", timeout=20) as answer:
        return crl.CertificateList.load(answer.read(), strict=True)


def serials(revoked: crl.CertificateList) -> list[int]:
    return [entry["user_certificate"].native for entry in revoked["tbs_cert_list"]["revoked_certificates"]]


def ask(url: str, books: Books, authority: str, serial: int) -> ocsp.BasicOCSPResponse:
    """Ask by OCSP; return the signed answer."""
    asked = [{"req_cert": certificate_id(books.holder(authority), serial)}]
    request = ocsp.OCSPRequest({"tbs_request": {"request_list": asked}}).dump()
    with urllib.request.urlopen(f"{url}/ocsp/{authority}", data=request, timeout=20) as answer:
        told = ocsp.OCSPResponse.load(answer.read(), strict=True)
    assert told["response_status"].native == "successful"
    return told["response_bytes"]["response"].parsed


def status(answer: ocsp.BasicOCSPResponse) -> str:
    return answer["tbs_response_data"]["responses"][0]["cert_status"].name


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_kind_has_a_root_an_intermediate_and_a_uk(provisioned, algorithm):
    books = Books(provisioned / "authority")
    root, middle = (books.holder(name).certificate for name in (f"{algorithm}-root", algorithm))
    chain = (root, middle, uk(provisioned, algorithm))
    for issuer, issued in zip((root, *chain), chain, strict=False):
        assert issued.issuer == issuer.subject
        signed, signature = issued["tbs_certificate"].dump(), issued["signature_value"].native
        assert is_signed_by(issuer, signed, signature)
    assert all("开发测试" in authority.subject.native["common_name"] for authority in (root, middle))


def test_each_kind_writes_the_credit_code_into_another_place(provisioned):
    codes = {algorithm: unit.credit_code for algorithm, unit in uk_units().items()}
    rsa, p256 = (uk(provisioned, algorithm).subject.native for algorithm in ("rsa", "p256"))
    assert rsa["common_name"] == f"041@N{codes['rsa']}@{rsa['organization_name']}@00000001"
    assert p256["organizational_unit_name"] == codes["p256"]
    extensions = {
        item["extn_id"].dotted: item["extn_value"].native
        for item in uk(provisioned, "sm2")["tbs_certificate"]["extensions"]
    }
    assert codes["sm2"].encode() in extensions["1.2.156.10260.4.1.4"]


# ---- what is revoked


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_a_list_is_signed_fresh_and_good_for_a_day(url, books, authority):
    told = revoked_list(url, authority)
    content = told["tbs_cert_list"]
    assert is_signed_by(books.holder(authority).certificate, content.dump(), told["signature"].native)
    assert serials(told) == []
    since, until = content["this_update"].native, content["next_update"].native
    assert since <= datetime.now(UTC) <= since + timedelta(minutes=5)
    assert until - since == timedelta(days=1)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_revoked_certificate_is_in_the_list_of_its_issuer_and_in_its_answers(
    url, books, uk_folder, algorithm
):
    serial = uk(uk_folder, algorithm).serial_number
    before = ask(url, books, algorithm, serial)
    issuer = books.holder(algorithm).certificate
    signed, signature = before["tbs_response_data"].dump(), before["signature"].native
    assert is_signed_by(issuer, signed, signature)
    assert status(before) == "good"
    books.revoke(serial)
    assert status(ask(url, books, algorithm, serial)) == "revoked"
    assert serials(revoked_list(url, algorithm)) == [serial]
    assert serials(revoked_list(url, f"{algorithm}-root")) == []


def test_an_intermediate_is_revoked_in_the_list_of_its_root(url, books):
    serial = books.holder("sm2").serial
    books.revoke(serial)
    assert serials(revoked_list(url, "sm2-root")) == [serial]


def test_of_what_was_never_issued_nothing_is_known(url, books):
    assert status(ask(url, books, "rsa", 4711)) == "unknown"
    with pytest.raises(KeyError):
        books.revoke(4711)


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/other.crl", None, 404),
        ("/../rsa.json", None, 404),
        ("/ocsp/other", b"x", 404),
        ("/ocsp/rsa", b"", 400),
        ("/ocsp/rsa", b"\x30\x80\x00", 400),
        ("/ocsp/rsa", b"0" * 65537, 413),
    ],
)
def test_what_is_no_question_is_refused(url, path, body, answer):
    with pytest.raises(urllib.error.HTTPError) as no:
        urllib.request.urlopen(url + path, data=body, timeout=20)
    no.value.close()
    assert no.value.code == answer


# ---- in a house


def test_provisioning_again_changes_nothing(uk_folder):
    def everything() -> dict[str, bytes]:
        files = [path for path in uk_folder.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in files}

    before = everything()
    provision(uk_folder, ca_url=CA_URL)
    assert everything() == before


def test_a_uk_that_was_half_made_is_made_anew(uk_folder):
    (uk_folder / "tokens/rsa/token.json").unlink()
    provision(uk_folder, ca_url=CA_URL)
    SoftwareToken.load(uk_folder / "tokens/rsa").unlock(SIGNING, UK_PIN)


def test_who_is_to_be_trusted_is_told_in_the_form_of_the_command_roots_first(uk_folder):
    files = provision(uk_folder, ca_url="http://127.0.0.1:8002")
    orders = [AddAuthority(id=new_id(), **json.loads(file.read_text())) for file in files]
    told = [x509.Certificate.load(pem.unarmor(order.certificate.encode())[2]) for order in orders]
    assert [bool(one.self_issued) for one in told] == [True, False] * 3
    assert orders[1].crl_urls == ("http://127.0.0.1:8002/rsa.crl",)
    assert orders[1].ocsp_url == "http://127.0.0.1:8002/ocsp/rsa"
    places = {extractor.key for order in orders for extractor in order.extractors}
    assert places == {"common_name", "organizational_unit_name", "1.2.156.10260.4.1.4"}


def test_private_keys_are_readable_by_their_owner_only(provisioned):
    secret = [*provisioned.glob("authority/*.json"), *provisioned.glob("tokens/*/*.key.json")]
    assert len(secret) == 9
    assert all(path.stat().st_mode & 0o077 == 0 for path in secret)
    assert not [path for path in provisioned.glob("tokens/*/*") if b"PRIVATE" in path.read_bytes()]


@pytest.mark.parametrize(("module", "setting"), [("agent", "UK_AGENT_PORT"), ("authority", "CA_PORT")])
def test_as_processes_they_answer_until_sigterm(uk_folder, module, setting):
    port = free_port()
    folders = {"UK_TOKENS": str(uk_folder / "tokens"), "UK_AUTHORITY": str(uk_folder / "authority")}
    command = [sys.executable, "-m", f"deploy.local.uk.{module}"]
    with subprocess.Popen(command, env={**os.environ, **folders, setting: str(port)}) as process:
        try:
            assert wait_until(lambda: _is_ready(port), 30)
        finally:
            process.terminate()
        assert process.wait(20) == 0


def test_a_certificate_is_revoked_by_a_command(uk_folder, books):
    serial = uk(uk_folder, "p256").serial_number
    environment = {**os.environ, "UK_AUTHORITY": str(books.folder)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.local.uk.authority", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    assert f"{serial:x}\tp256\tgood\t" in run("list").stdout
    assert run("revoke", f"{serial:X}").returncode == 0
    assert f"{serial:x}\tp256\trevoked\t" in run("list").stdout
    assert "no serial number" in run("revoke", "4711").stderr


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
