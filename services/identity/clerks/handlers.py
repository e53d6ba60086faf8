"""Make clerk accounts. No door yet: the seed and the operators' command line call it."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict
from services.contracts.values import Post
from services.identity.clerks import domain, store
from services.identity.clerks.domain import Clerk
from services.identity.passwords.adapters.hashing import hash_password
from services.identity.passwords.domain import require_good_password


def add_clerk(
    uow: UnitOfWork, *, account: str, name: str, posts: frozenset[Post], region: str, password: str
) -> Clerk:
    """Make a clerk account, the first administrator's too. Conflict: `clerk_exists`."""
    account = domain.plain_account(account)
    domain.require_good_clerk(account=account, name=name, posts=posts, region=region)
    require_good_password(password=password, account=account)
    clerk = Clerk(
        account=account,
        name=name,
        posts=posts,
        region=region,
        password_hash=hash_password(uow.settings, password),
        created_at=uow.now,
    )
    if not store.add_clerk(uow, clerk):
        raise Conflict("clerk_exists", "there is such an account already", account=account)
    return clerk
