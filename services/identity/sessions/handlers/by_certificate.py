"""Coming in with a certificate: nothing else is asked for."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Problem, Refused
from services.contracts.identity.sessions import SessionView, SignInCertificate
from services.identity.accounts import steps as accounts
from services.identity.certificates import steps as certificates
from services.identity.sessions.steps import candidates
from services.identity.sessions.steps.entering import enter


def sign_in_certificate(uow: UnitOfWork, command: SignInCertificate) -> SessionView | Problem:
    """An employer comes in with its certificate. `agreement_missing` is raised, so that the challenge is not
    used up; any other refusal is on the trail already, and stays there."""
    certified = certificates.use_proof(uow, command.proof)
    if isinstance(certified, Refused):
        return certified
    employer = accounts.come_with_certificate(uow, certified, command.agreement)
    candidate = candidates.employer(employer.credit_code)
    return enter(uow, candidate, way=f"certificate:{certified.algorithm}", certified=certified)
