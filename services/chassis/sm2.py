"""SM2 signatures with SM3 (GM/T 0003.2, encoded as GM/T 0009 says) by OpenSSL's libcrypto: no Python package
has them. Keys are bytes: a private one of 32 (the scalar), a public one of 65 (04 ‖ x ‖ y). Thread-safe.
"""

import ctypes
import ctypes.util
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p
from typing import Any

DEFAULT_USER_ID = b"1234567812345678"  # GM/T 0009: the one of whoever has agreed on no other
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
PRIVATE_LENGTH, PUBLIC_LENGTH, LONGEST_SIGNATURE = 32, 65, 72
PUBLIC_KEY, KEY_PAIR = 0x86, 0x87  # EVP_PKEY_PUBLIC_KEY, EVP_PKEY_KEYPAIR
UNSIGNED_INTEGER, UTF8_STRING, OCTET_STRING = 2, 4, 5  # OSSL_PARAM_…


class Unusable(RuntimeError):
    """There is no libcrypto here, or it has no SM2 (before 1.1.1, or built without)."""


class _Parameter(ctypes.Structure):
    """OSSL_PARAM."""

    _fields_ = [
        ("key", c_char_p),
        ("data_type", c_uint),
        ("data", c_void_p),
        ("data_size", c_size_t),
        ("return_size", c_size_t),
    ]


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_fromdata_init": (c_int, [c_void_p]),
    "EVP_PKEY_fromdata": (c_int, [c_void_p, POINTER(c_void_p), c_int, POINTER(_Parameter)]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_get_bn_param": (c_int, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "EVP_PKEY_get_octet_string_param": (c_int, [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "BN_bn2binpad": (c_int, [c_void_p, c_char_p, c_int]),
    "BN_clear_free": (None, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_sm3": (c_void_p, []),
    "EVP_DigestVerifyInit": (c_int, [c_void_p] * 5),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_DigestSignInit": (c_int, [c_void_p] * 5),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "ERR_clear_error": (None, []),
}


def verify(public_key: bytes, message: bytes, signature: bytes, user_id: bytes = DEFAULT_USER_ID) -> bool:
    """Is this the signature (DER) of the message by the holder of the key?

    False as well for a point off the curve, r or s out of range, and any encoding but the one of DER.
    """
    if not _is_point(public_key) or not 8 <= len(signature) <= LONGEST_SIGNATURE:
        return False
    lib = _library()
    with _key(public_key) as key:
        if key is None:
            return False
        with _digest_context(key, user_id) as context:
            _require(lib.EVP_DigestVerifyInit(context, None, lib.EVP_sm3(), None, key), "verify")
            right = lib.EVP_DigestVerify(context, signature, len(signature), message, len(message))
            return bool(right == 1)


def sign(private_key: bytes, public_key: bytes, message: bytes, user_id: bytes = DEFAULT_USER_ID) -> bytes:
    """Return the signature (DER). ValueError when the keys are not two halves of a pair."""
    if len(private_key) != PRIVATE_LENGTH or not 1 <= int.from_bytes(private_key) <= ORDER - 2:
        raise ValueError("not a private key of SM2")
    lib = _library()
    with _key(public_key, private_key) as key:
        if key is None:
            raise ValueError("not a public key of SM2")
        with _digest_context(key, user_id) as context:
            _require(lib.EVP_DigestSignInit(context, None, lib.EVP_sm3(), None, key), "sign")
            length, room = c_size_t(LONGEST_SIGNATURE), ctypes.create_string_buffer(LONGEST_SIGNATURE)
            _require(lib.EVP_DigestSign(context, room, byref(length), message, len(message)), "sign")
            signature = room.raw[: length.value]
    if not verify(public_key, message, signature, user_id):
        raise ValueError("the private key does not belong to the public key")
    return signature


def generate() -> tuple[bytes, bytes]:
    """Return a new pair: (private key, public key)."""
    lib = _library()
    with _key_context() as context, _owned("EVP_PKEY_free") as key:
        _require(lib.EVP_PKEY_keygen_init(context), "generate")
        _require(lib.EVP_PKEY_generate(context, byref(key)), "generate")
        with _owned("BN_clear_free") as number:
            _require(lib.EVP_PKEY_get_bn_param(key, b"priv", byref(number)), "generate")
            private = ctypes.create_string_buffer(PRIVATE_LENGTH)
            _require(lib.BN_bn2binpad(number, private, PRIVATE_LENGTH) == PRIVATE_LENGTH, "generate")
        public, length = ctypes.create_string_buffer(PUBLIC_LENGTH), c_size_t()
        read = lib.EVP_PKEY_get_octet_string_param(key, b"pub", public, PUBLIC_LENGTH, byref(length))
        _require(read and length.value == PUBLIC_LENGTH, "generate")
        return private.raw, public.raw


def _is_point(public_key: bytes) -> bool:
    """Has it the form of an uncompressed point? Whether it is on the curve is libcrypto's to say."""
    return len(public_key) == PUBLIC_LENGTH and public_key[0] == 4


@contextmanager
def _key(public_key: bytes, private_key: bytes | None = None) -> Iterator[c_void_p | None]:
    """An EVP_PKEY for a while; None when the point is not on the curve."""
    lib = _library()
    parts = [
        (b"group", UTF8_STRING, b"SM2"),
        (b"pub", OCTET_STRING, public_key),
    ]
    if private_key is not None:
        parts.append((b"priv", UNSIGNED_INTEGER, _native(private_key)))
    parameters = (_Parameter * (len(parts) + 1))()
    for parameter, (name, kind, value) in zip(parameters, parts, strict=False):
        parameter.key, parameter.data_type, parameter.data_size = name, kind, len(value)
        parameter.data = ctypes.cast(c_char_p(value), c_void_p)  # `parts` keeps the bytes alive
    with _key_context() as context, _owned("EVP_PKEY_free") as key:
        _require(lib.EVP_PKEY_fromdata_init(context), "load a key")
        selection = PUBLIC_KEY if private_key is None else KEY_PAIR
        made = _is_point(public_key) and lib.EVP_PKEY_fromdata(context, byref(key), selection, parameters)
        yield key if made == 1 else None


@contextmanager
def _key_context() -> Iterator[int]:
    lib = _library()
    context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    try:
        yield _require(context, "make a context")
    finally:
        lib.EVP_PKEY_CTX_free(context)
        lib.ERR_clear_error()  # of this thread: it would be taken for the fault of the next user


@contextmanager
def _digest_context(key: c_void_p, user_id: bytes) -> Iterator[int]:
    """An EVP_MD_CTX with the user id of the signer set, ready for …Init."""
    lib = _library()
    digest, context = lib.EVP_MD_CTX_new(), lib.EVP_PKEY_CTX_new(key, None)
    try:
        _require(digest and context, "make a context")
        _require(lib.EVP_PKEY_CTX_set1_id(context, user_id, len(user_id)), "set the user id")
        lib.EVP_MD_CTX_set_pkey_ctx(digest, context)
        yield digest
    finally:
        lib.EVP_MD_CTX_free(digest)  # first: it still points to the other
        lib.EVP_PKEY_CTX_free(context)


@contextmanager
def _owned(free: str) -> Iterator[c_void_p]:
    """A pointer that a function fills, freed at the end."""
    pointer = c_void_p()
    try:
        yield pointer
    finally:
        getattr(_library(), free)(pointer)


def _native(number: bytes) -> bytes:
    """Return an integer of OSSL_PARAM: in the byte order of the machine."""
    return int.from_bytes(number).to_bytes(len(number), sys.byteorder)


def _require(result: Any, aim: str) -> Any:
    """Return a result that is not 0; Unusable otherwise: the arguments have been checked."""
    if not result or (isinstance(result, int) and result < 0):
        raise Unusable(f"libcrypto cannot {aim} with SM2")
    return result


@functools.cache
def _library() -> Any:
    """Load libcrypto once, with the types of what is called."""
    for name in ("libcrypto.so.3", ctypes.util.find_library("crypto")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None and all(hasattr(library, function) for function in _SIGNATURES):
            return _typed(library)
    raise Unusable("SM2 needs OpenSSL 3 (libcrypto.so.3, Debian: libssl3); none was found")


def _typed(library: Any) -> Any:
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
