"""What sessions need to know of certificates."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork


def still_counts(uow: UnitOfWork, *, authority_id: UUID, serial: str) -> bool:
    """Is it good?"""
    return False
