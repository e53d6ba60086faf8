"""One function per message. Nobody finds out by trying who is registered: answer and work are the same."""

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.fields import DoneView
from services.contracts.identity.persons import (
    ChangePersonPhone,
    PersonView,
    RegisterPerson,
    RequestPersonCode,
)
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import mask_citizen_id, mask_phone
from services.identity.audit.steps import record
from services.identity.passwords.adapters.hashing import hash_password
from services.identity.passwords.domain import require_good_password
from services.identity.persons import domain, steps, store
from services.identity.persons.domain import Person
from services.identity.persons.views import person_view
from services.identity.verification import steps as verification


def request_person_code(uow: UnitOfWork, command: RequestPersonCode) -> SmsCodeView:
    """Send a code to a phone; for a reset only if it is the account's, which the answer does not tell."""
    if command.purpose == domain.CHANGE_PHONE:
        person = steps.get_signed_in_alone(uow, uow.actor.require_person())
        account, id_number, send = str(person.person_id), person.id_number, True
    else:
        account = id_number = _require_id_number(command)
        found = store.find_by_id_number(uow, id_number)
        resets = found is not None and found.may_reset_password(phone=command.phone)
        send = resets or command.purpose == domain.REGISTER
    seconds = verification.issue_sms_code(
        uow, purpose=command.purpose, account=account, phone=command.phone, send=send
    )
    record(
        uow,
        Act.CODE_SENT,
        subject=mask_citizen_id(id_number),
        key=id_number,
        purpose=command.purpose,
        phone=mask_phone(command.phone),
        sent="yes" if send else "no",
    )
    return SmsCodeView(resend_after_seconds=seconds)


def register_person(uow: UnitOfWork, command: RegisterPerson) -> DoneView | Refused:
    """Open an account. If there is one, it stays as it is, its owner is told, and the answer is the same."""
    require_good_password(password=command.password, account=command.id_number)
    right = verification.use_sms_code(
        uow,
        purpose=domain.REGISTER,
        account=command.id_number,
        phone=command.phone,
        code=command.sms_code,
    )
    if not right:
        _record(uow, Act.PERSON_REGISTRATION_FAILED, command, reason="sms_code_wrong")
        return Refused("sms_code_wrong", "ask for a new code")
    person = _new_person(uow, command)
    if store.add_person(uow, person):
        _record(uow, Act.PERSON_REGISTERED, command, agreement=command.agreement)
        return DoneView(done=True)
    _record(uow, Act.REGISTRATION_REPEATED, command)
    owner = store.find_by_id_number(uow, command.id_number)
    if owner:
        steps.tell(uow, owner, "registration_repeated")
    return DoneView(done=True)


def change_person_phone(uow: UnitOfWork, command: ChangePersonPhone) -> PersonView | Refused:
    """Set a new phone of whoever is signed in; the old one is told."""
    person = steps.get_signed_in_alone(uow, uow.actor.require_person())
    problem = steps.check_password(uow, person, command.password, Act.PHONE_CHANGE_FAILED)
    if problem:
        return problem
    right = verification.use_sms_code(
        uow,
        purpose=domain.CHANGE_PHONE,
        account=str(person.person_id),
        phone=command.phone,
        code=command.sms_code,
    )
    phones = {"before": mask_phone(person.phone), "after": mask_phone(command.phone)}
    subject = {"subject": person.masked(), "key": person.id_number}
    if not right:
        record(uow, Act.PHONE_CHANGE_FAILED, **subject, **phones, reason="sms_code_wrong")
        return Refused("sms_code_wrong", "ask for a new code")
    changed = person.with_phone(command.phone)
    store.save_person(uow, changed)
    record(uow, Act.PHONE_CHANGED, **subject, **phones)
    if person.phone != command.phone:
        steps.tell(uow, person, "phone_changed")
    return person_view(changed)


def _require_id_number(command: RequestPersonCode) -> str:
    if command.id_number is None:
        fields = {"id_number": "Field required"}
        raise Refused("invalid_message", f"{command.name}: {fields}", fields=fields)
    return command.id_number


def _new_person(uow: UnitOfWork, command: RegisterPerson) -> Person:
    return Person(
        person_id=new_id(),
        **command.model_dump(include={"id_number", "full_name", "phone", "agreement"}),
        password_hash=hash_password(uow.settings, command.password),
        agreed_at=uow.now,
        registered_at=uow.now,
        password_changed_at=uow.now,
    )


def _record(uow: UnitOfWork, act: Act, command: RegisterPerson, **facts: str) -> None:
    facts |= {"phone": mask_phone(command.phone)}
    record(uow, act, subject=mask_citizen_id(command.id_number), key=command.id_number, **facts)
