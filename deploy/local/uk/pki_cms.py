"""Signatures as UK middleware makes them: detached SignedData (RFC 5652, or with the names of GM/T 0010), and
bare ones (P1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core

from deploy.local.uk.pki_certificates import Holder
from services.chassis.gm_asn1 import digest


@dataclass(frozen=True)
class Form:
    """How a SignedData is made. As it stands it is the right one; the rest is for tests of who must refuse.

    `certificates`: what comes along, instead of the signer's own. `signature_algorithm`: what is said about
    the signature, instead of the truth.
    """

    gm: bool = False
    is_detached: bool = True
    has_signed_attributes: bool = True
    certificates: tuple[Any, ...] | None = None
    content_type: str | None = None
    message_digest: bytes | None = None
    signature_algorithm: dict[str, str] | None = None
    names_signer_by_key: bool = False
    signing_time: datetime | None = None


RIGHT = Form()


def make_cms(content: bytes, signer: Holder, form: Form = RIGHT) -> bytes:
    """Return a signature over the content as SignedData (DER)."""
    return pack([sign_content(content, signer, form)], content, [signer], form)


def sign_content(content: bytes, signer: Holder, form: Form = RIGHT) -> Any:
    """Return the SignerInfo of one signer."""
    info: dict[str, Any] = {
        "version": "v3" if form.names_signer_by_key else "v1",
        "sid": _signer_identifier(signer, form),
        "digest_algorithm": {"algorithm": signer.key.digest},
        "signature_algorithm": form.signature_algorithm or _signature_algorithm(signer, form),
    }
    if not form.has_signed_attributes:
        return cms.SignerInfo({**info, "signature": signer.key.sign(content)})
    attributes = cms.CMSAttributes(list(_attributes(content, signer, form)))
    signed = core.SetOf.dump(attributes)  # with the tag of a SET, as RFC 5652, 5.4 wants it signed
    return cms.SignerInfo({**info, "signed_attrs": attributes, "signature": signer.key.sign(signed)})


def pack(infos: list[Any], content: bytes, signers: list[Holder], form: Form = RIGHT) -> bytes:
    """Return a SignedData (DER) of any number of signers."""
    encapsulated: dict[str, Any] = {"content_type": "gm_data" if form.gm else "data"}
    if not form.is_detached:
        encapsulated["content"] = content
    own = tuple(signer.certificate for signer in signers)
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": signer.key.digest} for signer in signers],
            "encap_content_info": encapsulated,
            "certificates": list(own if form.certificates is None else form.certificates),
            "signer_infos": infos,
        }
    )
    kind = "gm_signed_data" if form.gm else "signed_data"
    der: bytes = cms.ContentInfo({"content_type": kind, "content": data}).dump()
    return der


def sign_bare(content: bytes, signer: Holder) -> bytes:
    """Return a bare signature (P1) over the content."""
    return signer.key.sign(content)


def _attributes(content: bytes, signer: Holder, form: Form) -> Iterable[Any]:
    kind = form.content_type or ("gm_data" if form.gm else "data")
    moment = (form.signing_time or datetime.now(UTC)).replace(microsecond=0)
    value = form.message_digest or digest(signer.key.digest, content)
    yield cms.CMSAttribute({"type": "content_type", "values": [kind]})
    yield cms.CMSAttribute({"type": "message_digest", "values": [value]})
    yield cms.CMSAttribute({"type": "signing_time", "values": [cms.Time("utc_time", moment)]})


def _signature_algorithm(signer: Holder, form: Form) -> dict[str, str]:
    if signer.key.algorithm == "rsa":
        return {"algorithm": "rsassa_pkcs1v15"}
    is_gm = form.gm and signer.key.algorithm == "sm2"
    return {"algorithm": "sm2_sign"} if is_gm else signer.key.signature_algorithm


def _signer_identifier(signer: Holder, form: Form) -> Any:
    certificate = signer.certificate
    if form.names_signer_by_key:
        return cms.SignerIdentifier("subject_key_identifier", certificate.key_identifier)
    serial = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerIdentifier("issuer_and_serial_number", serial)
