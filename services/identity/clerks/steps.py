"""What happens to clerks' accounts, and how a clerk proves to be one. The doors are the sessions', since most
of this ends sign-ins or shows how many there are."""

from dataclasses import dataclass, field, replace

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ChangeClerkPassword,
    DisableClerk,
    EnableClerk,
    ResetClerk,
)
from services.contracts.values import Post
from services.identity.audit.steps import record
from services.identity.clerks import domain, store
from services.identity.clerks.adapters import totp
from services.identity.clerks.domain import Clerk
from services.identity.locks.steps import attempt
from services.identity.passwords.adapters.hashing import hash_password, is_password
from services.identity.passwords.domain import SHORTEST, require_good_password
from services.identity.passwords.steps import make_initial_password

# ---- what an administrator does


def add_clerk(uow: UnitOfWork, command: AddClerk) -> tuple[Clerk, str]:
    """Make an account and return it with its first password."""
    uow.actor.require_post(Post.ADMINISTRATOR, region=command.region)
    facts = command.model_dump(include={"account", "posts", "region"})
    password = make_initial_password()
    return make_clerk(uow, name=command.full_name, password=password, **facts), password


def make_clerk(
    uow: UnitOfWork, *, account: str, name: str, posts: frozenset[Post], region: str, password: str
) -> Clerk:
    """Make an account, the first administrator's too. Conflict: `clerk_exists`."""
    account = domain.plain_account(account)
    domain.require_good_clerk(account=account, name=name, posts=posts, region=region)
    clerk = Clerk(
        account=account,
        name=name.strip(),
        posts=posts,
        region=region,
        password_hash=hash_password(uow.settings, password),
        created_at=uow.now,
    )
    if not store.add_clerk(uow, clerk):
        raise Conflict("clerk_exists", "there is such an account already", account=account)
    record(uow, Act.CLERK_ADDED, subject=account, posts=_words(clerk), region=region)
    return clerk


def change_clerk(uow: UnitOfWork, command: ChangeClerk) -> Clerk:
    """Give a clerk other posts, another region or name, within the administrator's region."""
    clerk = _get_other_alone(uow, command.account)
    uow.actor.require_post(Post.ADMINISTRATOR, region=command.region)
    changed = replace(clerk, name=command.full_name.strip(), posts=command.posts, region=command.region)
    domain.require_good_clerk(
        account=changed.account, name=changed.name, posts=changed.posts, region=changed.region
    )
    if not changed.is_administrator():
        _require_other_administrator(uow, clerk)
    store.save_clerk(uow, changed)
    facts = {"posts_before": _words(clerk), "posts": _words(changed)}
    facts |= {"region_before": clerk.region, "region": changed.region}
    record(uow, Act.CLERK_CHANGED, subject=clerk.account, **facts)
    return changed


def disable_clerk(uow: UnitOfWork, command: DisableClerk) -> Clerk:
    """Let nobody come in with an account any more. Again changes nothing."""
    clerk = _get_other_alone(uow, command.account)
    if clerk.disabled_at:
        return clerk
    _require_other_administrator(uow, clerk)
    disabled = replace(clerk, disabled_at=uow.now)
    store.save_clerk(uow, disabled)
    record(uow, Act.CLERK_DISABLED, subject=clerk.account)
    return disabled


def enable_clerk(uow: UnitOfWork, command: EnableClerk) -> Clerk:
    """Let an account be used again. Again changes nothing."""
    clerk = _get_other_alone(uow, command.account)
    if clerk.disabled_at is None:
        return clerk
    enabled = replace(clerk, disabled_at=None)
    store.save_clerk(uow, enabled)
    record(uow, Act.CLERK_ENABLED, subject=clerk.account)
    return enabled


def reset_clerk(uow: UnitOfWork, command: ResetClerk) -> tuple[Clerk, str]:
    """Return a clerk with a new first password; its authenticator counts no more."""
    clerk, password = _get_other_alone(uow, command.account), make_initial_password()
    reset = clerk.reset(password_hash=hash_password(uow.settings, password))
    store.save_clerk(uow, reset)
    record(uow, Act.CLERK_RESET, subject=clerk.account)
    return reset, password


def _get_other_alone(uow: UnitOfWork, account: str) -> Clerk:
    """Return the clerk that an administrator is about to change, alone; administrators first, in their order,
    or two who disable each other would leave nobody."""
    uow.actor.require_post(Post.ADMINISTRATOR)
    account = domain.plain_account(account)
    domain.require_other(uow.actor, account)
    store.list_administrators_alone(uow)
    clerk = store.find_clerk_alone(uow, account)
    if clerk is None:
        raise Missing("clerk_missing", "there is no such account", account=account)
    uow.actor.require_post(Post.ADMINISTRATOR, region=clerk.region)
    return clerk


def _require_other_administrator(uow: UnitOfWork, clerk: Clerk) -> None:
    if clerk.is_administrator():
        others = store.list_administrators_alone(uow)
        domain.require_other_administrator(others, account=clerk.account)


def _words(clerk: Clerk) -> str:
    return " ".join(sorted(clerk.posts))


# ---- what the clerk does


def change_password(uow: UnitOfWork, account: str, command: ChangeClerkPassword) -> Refused | None:
    """Set the new password of who is signed in, or return why not; failures are counted."""
    clerk = store.find_clerk_alone(uow, account)
    if clerk is None or clerk.disabled_at:
        raise Forbidden("session_over", "sign in again")
    require_good_password(password=command.password, account=account)
    _require_another(is_same=command.password == command.old_password)
    problem = attempt(
        uow,
        f"password:clerk:{account}",
        lambda: is_password(uow.settings, command.old_password, clerk.password_hash),
        wrong=Refused("password_wrong", "this is not the password"),
    )
    if problem:
        act = Act.PASSWORD_CHANGE_FAILED if problem.code == "password_wrong" else Act.LOCKED
        record(uow, act, subject=account, reason=problem.code)
        return problem
    store.save_clerk(uow, replace(clerk, password_hash=hash_password(uow.settings, command.password)))
    record(uow, Act.PASSWORD_CHANGED, subject=account)
    return None


@dataclass(frozen=True)
class Enrolment:
    """A new authenticator: its secret, what it scans (otpauth://), and the code that it shows now."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    code: str = field(repr=False)


def begin_enrolment(uow: UnitOfWork, account: str) -> Enrolment:
    """Return a new authenticator to be set up."""
    secret = totp.make_secret()
    code = totp.code_of(secret, domain.step_of(uow.now))
    return Enrolment(secret, totp.enrolment_uri(secret, account), code)


def enrol(uow: UnitOfWork, account: str, *, password: str, secret: str, code: str) -> bool | None:
    """Give a clerk its own password and authenticator. False: the code is wrong. None: there is nothing to
    enrol any more."""
    clerk = store.find_clerk_alone(uow, account)
    if clerk is None or clerk.disabled_at or clerk.totp_secret is not None:
        return None
    require_good_password(password=password, account=account)
    _require_another(is_same=is_password(uow.settings, password, clerk.password_hash))
    step = totp.find_step(secret, code, clerk.acceptable_steps(at=uow.now))
    if step is None:
        return False
    hashed = hash_password(uow.settings, password)
    store.save_clerk(uow, clerk.enrol(password_hash=hashed, totp_secret=secret, totp_step=step))
    record(uow, Act.CLERK_ENROLLED, subject=account, by=clerk.actor())
    return True


def give_authenticator(uow: UnitOfWork, account: str) -> None:
    """Enrol a clerk without asking, for development: the code of the moment is told there."""
    clerk = store.find_clerk_alone(uow, account)
    assert clerk
    store.save_clerk(uow, replace(clerk, totp_secret=totp.make_secret()))


def use_code(uow: UnitOfWork, account: str, code: str) -> bool:
    """Try a code of the authenticator; it, and all before it, is used up when it was right."""
    clerk = store.find_clerk_alone(uow, account)
    if clerk is None or clerk.totp_secret is None:
        return False
    step = totp.find_step(clerk.totp_secret, code, clerk.acceptable_steps(at=uow.now))
    if step is None:
        return False
    store.save_clerk(uow, replace(clerk, totp_step=step))
    return True


def find_present_code(uow: UnitOfWork, account: str) -> str | None:
    """Return the code that the authenticator shows, or will show next; None: these two are used up."""
    clerk = store.find_clerk(uow, account)
    if clerk is None or clerk.totp_secret is None:
        return None
    now = domain.step_of(uow.now)
    steps = [step for step in clerk.acceptable_steps(at=uow.now) if step >= now]
    return totp.code_of(clerk.totp_secret, steps[0]) if steps else None


def _require_another(*, is_same: bool) -> None:
    if is_same:
        raise Refused("password_weak", "choose another password", rule="same", shortest=SHORTEST)
