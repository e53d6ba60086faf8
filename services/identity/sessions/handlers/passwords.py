"""Set or change a password; other sign-ins end with the old one."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Problem, Refused
from services.contracts.identity.accounts import ChangeEmployerPassword, ResetEmployerPassword
from services.contracts.identity.audit import Act
from services.contracts.identity.clerks import ChangeClerkPassword
from services.contracts.identity.fields import DoneView
from services.contracts.identity.persons import ChangePersonPassword, ResetPersonPassword
from services.contracts.values import ActorKind, Post
from services.identity.accounts import steps as accounts
from services.identity.clerks import steps as clerks
from services.identity.locks import steps as locks
from services.identity.persons import steps as persons
from services.identity.sessions.domain import Candidate, account_of
from services.identity.sessions.steps import candidates
from services.identity.sessions.steps.entering import refuse
from services.identity.sessions.steps.leaving import end_all, forget_devices


def reset_person_password(uow: UnitOfWork, command: ResetPersonPassword) -> DoneView | Problem:
    """A person sets a new password by its phone; all its sign-ins end."""
    candidate = candidates.person(uow, command.id_number)
    problem = locks.find_address_problem(uow)
    if problem:
        return refuse(uow, candidate, Act.LOCKED, problem)
    return _reset(uow, candidate, persons.reset_password(uow, command))


def reset_employer_password(uow: UnitOfWork, command: ResetEmployerPassword) -> DoneView | Problem:
    """An employer sets a new password by its handler's phone; who came in by certificate stays."""
    candidate = candidates.employer(command.credit_code)
    problem = locks.find_address_problem(uow)
    if problem:
        return refuse(uow, candidate, Act.LOCKED, problem)
    return _reset(uow, candidate, accounts.reset_password(uow, command))


def change_person_password(uow: UnitOfWork, command: ChangePersonPassword) -> DoneView | Problem:
    """A person changes its password; its other sign-ins end."""
    account = str(uow.actor.require_person())
    return _change(uow, ActorKind.PERSON, account, persons.change_password(uow, account, command))


def change_employer_password(uow: UnitOfWork, command: ChangeEmployerPassword) -> DoneView | Problem:
    """An employer changes its password; its other sign-ins end."""
    account = uow.actor.require_employer()
    return _change(uow, ActorKind.EMPLOYER, account, accounts.change_password(uow, account, command))


def change_clerk_password(uow: UnitOfWork, command: ChangeClerkPassword) -> DoneView | Problem:
    """A clerk changes its password; its other sign-ins end."""
    uow.actor.require_post(*Post)
    account = account_of(uow.actor)
    return _change(uow, ActorKind.CLERK, account, clerks.change_password(uow, account, command))


def _reset(uow: UnitOfWork, candidate: Candidate, problem: Refused | None) -> DoneView | Problem:
    """Whoever knew the old password is out, and its browsers are known no more; the failures are forgotten,
    for they may have been another's."""
    if problem:
        return locks.fail_address(uow) or problem
    end_all(uow, candidate, reason="password_reset", keep_certificate=True)
    forget_devices(uow, candidate)
    locks.forget(uow, candidate.name())
    return DoneView(done=True)


def _change(uow: UnitOfWork, kind: ActorKind, account: str, problem: Refused | None) -> DoneView | Problem:
    if problem:
        return problem
    candidate = candidates.of_account(uow, kind, account)
    end_all(uow, candidate, reason="password_changed", keep=uow.actor.session)
    return DoneView(done=True)
