"""What coming in does with certificates."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.certificates import CertificateProof
from services.identity.certificates.domain import Certified


def use_proof(uow: UnitOfWork, proof: CertificateProof) -> Certified | Refused:
    """Use a challenge up."""
    return Refused("challenge_over", "begin again")
