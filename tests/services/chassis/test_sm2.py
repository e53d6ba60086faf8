"""SM2 with SM3 against two independent implementations, and the example of the standard."""

import os
from concurrent.futures import ThreadPoolExecutor

import gmalg
import gmssl.sm2
import pytest
from asn1crypto.algos import DSASignature
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import sm2

# GM/T 0003.5, A.2
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
MESSAGES = st.binary(max_size=300)
few = settings(max_examples=12, deadline=None)  # 30 ms each for the pure implementations


def der(r: int, s: int) -> bytes:
    return DSASignature({"r": r, "s": s}).dump()


def numbers(signature: bytes) -> tuple[bytes, bytes]:
    parsed = DSASignature.load(signature, strict=True)
    return parsed["r"].native.to_bytes(32, "big"), parsed["s"].native.to_bytes(32, "big")


def gmssl_key(public: bytes, private: bytes = b"") -> gmssl.sm2.CryptSM2:
    key = gmssl.sm2.CryptSM2(private_key=private.hex(), public_key="")
    key.public_key = public[1:].hex()  # the constructor strips leading zeros and fours
    return key


def test_the_example_of_the_standard_is_right():
    assert sm2.verify(PUBLIC, b"message digest", der(R, S))
    assert not sm2.verify(PUBLIC, b"message digest.", der(R, S))


@few
@given(MESSAGES)
def test_gmalg_and_gmssl_take_what_we_sign(message):
    private, public = sm2.generate()
    r, s = numbers(sm2.sign(private, public, message))
    assert gmalg.SM2(uid=sm2.DEFAULT_USER_ID, pk=public).verify(message, r, s)
    assert gmssl_key(public).verify_with_sm3((r + s).hex(), message)


@few
@given(MESSAGES)
def test_we_take_what_gmalg_signs_with_any_user_id(message):
    private, public = sm2.generate()
    r, s = gmalg.SM2(sk=private, uid=b"ALICE123@YAHOO.COM", pk=public).sign(message)
    signature = der(int.from_bytes(r), int.from_bytes(s))
    assert sm2.verify(public, message, signature, b"ALICE123@YAHOO.COM")
    assert not sm2.verify(public, message, signature)


@few
@given(MESSAGES)
def test_we_take_what_gmssl_signs(message):
    private, public = sm2.generate()
    signed = bytes.fromhex(gmssl_key(public, private).sign_with_sm3(message))
    assert sm2.verify(public, message, der(int.from_bytes(signed[:32]), int.from_bytes(signed[32:])))


@few
@given(MESSAGES, st.integers(min_value=0))
def test_any_other_bit_is_wrong(message, where):
    signature = bytearray(sm2.sign(PRIVATE, PUBLIC, message))
    signature[where // 8 % len(signature)] ^= 1 << where % 8
    assert not sm2.verify(PUBLIC, message, bytes(signature))
    public = bytearray(PUBLIC)
    public[where // 8 % len(public)] ^= 1 << where % 8
    assert not sm2.verify(bytes(public), b"message digest", der(R, S))


@pytest.mark.parametrize("r", [0, 1, sm2.ORDER - 1, sm2.ORDER, sm2.ORDER + R, -R])
@pytest.mark.parametrize("s", [0, 1, sm2.ORDER - 1, sm2.ORDER, S, -S])
def test_r_and_s_out_of_range_are_wrong(r, s):
    assert not sm2.verify(PUBLIC, b"message digest", der(r, s))


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        bytes(64),
        R.to_bytes(32, "big") + S.to_bytes(32, "big"),
        der(R, S) + b"\0",
        der(R, S)[:-1],
        b"\x30\x81" + der(R, S)[1:],  # a long form of a short length
        b"\x30\x80" + der(R, S)[2:] + b"\0\0",  # an indefinite length
        der(R, S).replace(b"\x02\x21\x00\xf5", b"\x02\x22\x00\x00\xf5").replace(b"\x30\x46", b"\x30\x47"),
    ],
)
def test_an_encoding_other_than_der_is_wrong(signature):
    assert not sm2.verify(PUBLIC, b"message digest", signature)


def test_what_is_no_point_of_the_curve_is_wrong():
    compressed = b"\x03" + PUBLIC[1:33]
    for point in (b"", b"\0", compressed, b"\x04" + bytes(64), b"\x04" + b"\xff" * 64, PUBLIC + b"\0"):
        assert not sm2.verify(point, b"message digest", der(R, S))


def test_keys_that_are_no_pair_do_not_sign():
    _, other = sm2.generate()
    with pytest.raises(ValueError, match="does not belong"):
        sm2.sign(PRIVATE, other, b"")
    for private in (bytes(32), bytes(31), sm2.ORDER.to_bytes(32, "big")):
        with pytest.raises(ValueError, match="not a private key"):
            sm2.sign(private, PUBLIC, b"")
    with pytest.raises(ValueError, match="not a public key"):
        sm2.sign(PRIVATE, b"\x04" + bytes(64), b"")


def test_many_threads_sign_and_verify_at_once():
    def work(number: int) -> bool:
        message = os.urandom(number)
        private, public = sm2.generate()
        signature = sm2.sign(private, public, message)
        return sm2.verify(public, message, signature) and not sm2.verify(public, message + b"!", signature)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_a_machine_without_a_usable_libcrypto_is_told_what_is_missing(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    sm2._library.cache_clear()
    with pytest.raises(sm2.Unusable, match="libcrypto.so.3"):
        sm2.generate()
    sm2._library.cache_clear()
