"""What operators do with identity from the command line."""

from services.chassis.unit_of_work import Job
from services.contracts.values import Post
from services.identity.clerks import steps
from services.identity.passwords.steps import make_initial_password


def add_administrator(job: Job, *, account: str, name: str, region: str) -> str:
    """Make an administrator and return its first password, which nobody can show again.

    Conflict `clerk_exists`, Refused `clerk_invalid`. Who has lost everything makes another account.
    """
    password = make_initial_password()
    with job.unit_of_work() as uow:
        posts = frozenset({Post.ADMINISTRATOR})
        steps.make_clerk(uow, account=account, name=name, posts=posts, region=region, password=password)
    return password
