"""What signing in does with a person's account, within its own unit of work."""

from uuid import UUID

from services.chassis.sealing import seal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.persons import ChangePersonPassword, ResetPersonPassword
from services.contracts.identity.verification import SecurityNoticeDue
from services.contracts.values import mask_citizen_id
from services.identity.audit.steps import record
from services.identity.locks.steps import attempt
from services.identity.passwords.adapters.hashing import hash_password, is_password
from services.identity.passwords.domain import require_good_password
from services.identity.persons import domain, store
from services.identity.persons.domain import Person
from services.identity.verification import steps as verification


def reset_password(uow: UnitOfWork, command: ResetPersonPassword) -> Refused | None:
    """Set a new password, or return why not: the same for a wrong code as for an account and a phone that do
    not belong together."""
    require_good_password(password=command.password, account=command.id_number)
    right = verification.use_sms_code(
        uow,
        purpose=domain.RESET,
        account=command.id_number,
        phone=command.phone,
        code=command.sms_code,
    )
    person = store.find_by_id_number_alone(uow, command.id_number)
    subject = {"subject": mask_citizen_id(command.id_number), "key": command.id_number}
    if not (right and person and person.may_reset_password(phone=command.phone)):
        record(uow, Act.PASSWORD_RESET_FAILED, **subject)
        return Refused("sms_code_wrong", "ask for a new code")
    _save_password(uow, person, command.password)
    record(uow, Act.PASSWORD_RESET, **subject, by=person.actor())
    tell(uow, person, "password_reset", portal="个人网厅")
    return None


def change_password(uow: UnitOfWork, account: str, command: ChangePersonPassword) -> Refused | None:
    """Set the new password of who is signed in, or return why not; failures are counted."""
    person = get_signed_in_alone(uow, UUID(account))
    require_good_password(password=command.password, account=person.id_number)
    problem = check_password(uow, person, command.old_password, Act.PASSWORD_CHANGE_FAILED)
    if problem:
        return problem
    _save_password(uow, person, command.password)
    record(uow, Act.PASSWORD_CHANGED, subject=person.masked(), key=person.id_number)
    return None


def check_password(uow: UnitOfWork, person: Person, password: str, failed: Act) -> Refused | None:
    """Check the password of who is signed in; a session left open is no leave to try passwords."""
    wrong = Refused("password_wrong", "this is not the password")
    problem = attempt(
        uow,
        f"password:person:{person.person_id}",
        lambda: is_password(uow.settings, password, person.password_hash),
        wrong=wrong,
    )
    if problem:
        act = failed if problem is wrong else Act.LOCKED
        record(uow, act, subject=person.masked(), key=person.id_number, reason=problem.code)
    return problem


def get_signed_in_alone(uow: UnitOfWork, person_id: UUID) -> Person:
    """Return who is signed in, whom only we can change until we commit; Forbidden: not any more."""
    person = store.find_person_alone(uow, person_id)
    if person is None or person.disabled_at:
        raise Forbidden("session_over", "sign in again")
    return person


def tell(uow: UnitOfWork, person: Person, template: str, **facts: str) -> None:
    """Tell the owner of an account by SMS what was done with it."""
    uow.publish(SecurityNoticeDue(at=uow.now, phone=seal(person.phone), template=template, facts=facts))


def _save_password(uow: UnitOfWork, person: Person, password: str) -> None:
    hashed = hash_password(uow.settings, password)
    store.save_person(uow, person.with_password(password_hash=hashed, at=uow.now))
