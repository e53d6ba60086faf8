"""UKs behind PKCS#11, with SoftHSM2 for the hardware."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

from deploy.local import softhsm
from deploy.local.uk.agent import find_tokens
from deploy.local.uk.authority_books import ALWAYS, Books
from deploy.local.uk.pkcs11_token import Pkcs11Token
from deploy.local.uk.pki import Form, Key, make_cms, make_end, name, sign_bare
from deploy.local.uk.token import TRIES, Locked, WrongPin
from tests.deploy.uk import is_detached_signature, is_signed_by

MODULE = str(softhsm.find() or "")
PIN, LABEL = "123456", "UK-SOFTHSM"
NAMES = {"rsa": "01", "p256": "02"}

pytestmark = [
    pytest.mark.skipif(not MODULE, reason="deploy/local/setup --tests brings SoftHSM2"),
    pytest.mark.skipif(not importlib.util.find_spec("pkcs11"), reason="python-pkcs11 is needed"),
]


@pytest.fixture(scope="module")
def initialised(tmp_path_factory, provisioned):
    """A SoftHSM2 with one token, in which keys were made and certificates put."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        words = ["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "12345678"]
        util = [softhsm.util_of(Path(MODULE)), "--module", MODULE]
        subprocess.run([*util, *words], check=True, capture_output=True, timeout=60)
        fill(Books(provisioned / "authority"))
        yield folder
        unload()


@pytest.fixture
def token(initialised, tmp_path) -> Pkcs11Token:
    """The token, with all its tries."""
    (found,) = Pkcs11Token.find_all(MODULE, tmp_path / "tries")
    return found


def fill(books: Books) -> None:
    import pkcs11
    from pkcs11 import Attribute, KeyType, ObjectClass
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

    with pkcs11.lib(MODULE).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        on_curve, _ = parameters.generate_keypair(id=b"\2", store=True)
        rsa, _ = session.generate_keypair(KeyType.RSA, 2048, id=b"\1", store=True)
        for algorithm, public in (("rsa", rsa_info(rsa)), ("p256", encode_ec_public_key(on_curve))):
            key = Key(algorithm, b"", public)
            subject = name(common_name="单位", organization_name="单位")
            made = make_end(books.holder(algorithm), subject, ALWAYS, key=key)
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.VALUE: made.der,
                    Attribute.ID: bytes.fromhex(NAMES[algorithm]),
                    Attribute.SUBJECT: made.certificate.subject.dump(),
                }
            )


def rsa_info(public) -> bytes:
    """Return SubjectPublicKeyInfo of an RSA key in a token."""
    from asn1crypto import keys
    from pkcs11.util.rsa import encode_rsa_public_key

    return keys.PublicKeyInfo.wrap(keys.RSAPublicKey.load(encode_rsa_public_key(public)), "rsa").dump()


def unload() -> None:
    import pkcs11

    pkcs11.unload(MODULE)


@pytest.mark.parametrize("algorithm", NAMES)
def test_a_key_signs_and_stays_in_the_token(token, algorithm):
    certificate = token.certificates()[NAMES[algorithm]]
    holder = token.unlock(NAMES[algorithm], PIN)
    assert holder.key.private == b""
    assert is_signed_by(certificate, b"text", sign_bare(b"text", holder))
    assert is_detached_signature(make_cms(b"text", holder, Form()), b"text", certificate)


def test_wrong_pins_lock_it_though_softhsm_would_not(token):
    for left in reversed(range(TRIES)):
        with pytest.raises(WrongPin):
            token.unlock("01", "000000")
        assert token.tries.left() == left
    with pytest.raises(Locked):
        token.unlock("01", PIN)
    with pytest.raises(Locked):
        token.change_pin(PIN, "654321")


def test_the_right_pin_gives_all_tries_back(token):
    with pytest.raises(WrongPin):
        token.unlock("02", "000000")
    token.unlock("02", PIN)
    assert token.tries.left() == TRIES


def test_its_pin_can_be_changed(token):
    token.change_pin(PIN, "654321")
    try:
        with pytest.raises(WrongPin):
            token.unlock("01", PIN)
        token.unlock("01", "654321")
    finally:
        token.change_pin("654321", PIN)


def test_a_name_that_is_not_there_costs_no_try(token):
    with pytest.raises(KeyError):
        token.unlock("03", "000000")
    assert token.tries.left() == TRIES


def test_no_pin_is_ever_told(token):
    assert "pin=" not in repr(token.unlock("01", PIN).key)


def test_certificates_of_a_module_are_listed_beside_those_of_folders(token, provisioned):
    found = find_tokens(provisioned / "tokens", MODULE)
    assert [type(one).__name__ for one in found] == ["SoftwareToken"] * 3 + ["Pkcs11Token"]
