"""数字证书登录: a script has the UK sign a challenge, and this form brings the signature."""

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as Redirect

from gateway.browsers import binding
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.employer.register import AGREEMENT
from gateway.portals.signing_in import enter
from services.contracts.errors import Problem
from services.contracts.identity.certificates import CertificateProof
from services.contracts.identity.sessions import SignInCertificate


def come() -> Response | Redirect:
    """Sign in with the signed challenge. The first time asks for the agreement too, with the same proof."""
    has_agreed, was_asked = "agreement" in request.form, "asked" in request.form
    proof = None
    try:
        proof = filled(CertificateProof, binding=binding(), **_left_out("form", "certificate"))
        if was_asked and not has_agreed:
            raise InvalidForm(["agreement"])
        sign_in = filled(SignInCertificate, proof=proof, agreement=AGREEMENT if has_agreed else None)
        return enter(ask(sign_in))
    except FAULTS as error:
        return show_form(error, proof=proof if _asks_for_agreement(error) else None)


def show_form(error: Exception | None = None, proof: CertificateProof | None = None) -> Response:
    """Show the form; or the proof once more, if only the agreement is wanting: it is still good."""
    binding()  # before the challenge is asked for: the cookie with it goes out with this page
    return show("employer/certificate.html", error, proof=proof)


def _asks_for_agreement(error: Exception) -> bool:
    if isinstance(error, InvalidForm):
        return error.fields == ("agreement",)
    return isinstance(error, Problem) and error.code == "agreement_missing"


def _left_out(*names: str) -> dict[str, Any]:
    """Return the defaults of optional fields that a form has, but empty."""
    fields = CertificateProof.model_fields
    return {name: fields[name].default for name in names if not request.form.get(name)}
