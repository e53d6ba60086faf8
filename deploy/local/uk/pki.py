"""The certificate factory, all in one place to import from.

root = make_root("sm2", "示例根证书", validity(now, days=3650))
middle = make_intermediate(root, "示例签发证书", validity(now, days=1825))
employer = make_employer(middle, "91410181170508042W", "巩义市恒远精密制造有限公司", validity(now))
signature = make_cms(challenge_text.encode(), employer, Form(gm=True))
revoked = make_crl(middle, [employer.serial], now)
"""

from deploy.local.uk.pki_certificates import (
    AUTHORITY_USAGE,
    ENCRYPTION_USAGE,
    SIGNING_USAGE,
    Holder,
    Validity,
    credit_code_extension,
    dump_holder,
    extension,
    load_holder,
    make_certificate,
    make_employer,
    make_end,
    make_intermediate,
    make_root,
    name,
    validity,
)
from deploy.local.uk.pki_cms import RIGHT, Form, make_cms, pack, sign_bare, sign_content
from deploy.local.uk.pki_keys import ALGORITHMS, Algorithm, Key, dump_key, generate_key, load_key
from deploy.local.uk.pki_revocation import asked_serial, certificate_id, make_crl, make_ocsp

__all__ = [
    "ALGORITHMS",
    "AUTHORITY_USAGE",
    "ENCRYPTION_USAGE",
    "RIGHT",
    "SIGNING_USAGE",
    "Algorithm",
    "Form",
    "Holder",
    "Key",
    "Validity",
    "asked_serial",
    "certificate_id",
    "credit_code_extension",
    "dump_holder",
    "dump_key",
    "extension",
    "generate_key",
    "load_holder",
    "load_key",
    "make_certificate",
    "make_cms",
    "make_crl",
    "make_employer",
    "make_end",
    "make_intermediate",
    "make_ocsp",
    "make_root",
    "name",
    "pack",
    "sign_bare",
    "sign_content",
    "validity",
]
