"""Where the credit code stands in a certificate: each CA has places of its own."""

import re
from collections.abc import Iterable

from services.contracts.errors import Refused
from services.contracts.identity.certificates import ExtractorView
from services.contracts.values import is_credit_code
from services.identity.certificates.domain.proofs import Text

OID = re.compile(r"[0-2](\.\d{1,12}){1,20}")
SUBJECT_ATTRIBUTES = frozenset(
    {
        "common_name",
        "organization_name",
        "organizational_unit_name",
        "organization_identifier",
        "serial_number",
        "user_id",
        "description",
        "title",
    }
)
DEFAULT_EXTRACTORS = (
    ExtractorView(place="extension", key="1.2.156.10260.4.1.4"),
    ExtractorView(place="extension", key="1.2.156.10260.4.4"),
    ExtractorView(place="subject", key="common_name"),
    ExtractorView(place="subject", key="organizational_unit_name"),
    ExtractorView(place="subject", key="serial_number"),
)


def require_extractors(extractors: Iterable[ExtractorView]) -> None:
    """Refuse a place that cannot be in a certificate."""
    for extractor in extractors:
        known = OID.fullmatch(extractor.key) if extractor.place == "extension" else _is_known(extractor.key)
        if not known:
            raise Refused("extractor_unknown", "there is no such place", key=extractor.key)


def find_code(texts: Iterable[Text], extractors: Iterable[ExtractorView]) -> str | Refused:
    """Return the one credit code in the named places, or say that there is none, or more than one."""
    places = {(extractor.place, extractor.key) for extractor in extractors}
    codes = {code for text in texts if (text.place, text.key) in places for code in codes_in(text.text)}
    if not codes:
        return Refused("certificate_without_code", "no credit code stands in this certificate")
    if len(codes) > 1:
        return Refused("certificate_code_conflict", "more than one credit code stands in this certificate")
    return codes.pop()


def codes_in(text: str) -> set[str]:
    """Return the credit codes (both check digits right) that stand alone in a text: `91…2W`, `041@N91…2W@…`.

    Never a part of something longer: one in 341 pieces of a long number would look like a code.
    """
    words = re.split(r"[^0-9A-Za-z]+", text)
    words += [word[1:] for word in words if len(word) == 19 and word[0] == "N"]
    return {word for word in words if is_credit_code(word)}


def _is_known(attribute: str) -> bool:
    return attribute in SUBJECT_ATTRIBUTES
