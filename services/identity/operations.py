"""What operators do with identity from the command line."""

import json
from pathlib import Path
from uuid import UUID

from services.chassis.unit_of_work import Job
from services.contracts.identity.certificates import AddAuthority
from services.contracts.values import Post
from services.identity.certificates import steps as certificates
from services.identity.clerks import steps as clerks
from services.identity.passwords.steps import make_initial_password

NO_COMMAND = UUID(int=0)  # nobody asks for the answer again


def add_administrator(job: Job, *, account: str, name: str, region: str) -> str:
    """Make an administrator and return its first password, which nobody can show again.

    Conflict `clerk_exists`, Refused `clerk_invalid`. Who has lost everything makes another account.
    """
    password = make_initial_password()
    with job.unit_of_work() as uow:
        posts = frozenset({Post.ADMINISTRATOR})
        clerks.make_clerk(uow, account=account, name=name, posts=posts, region=region, password=password)
    return password


def trust_authority(job: Job, file: Path) -> str:
    """Trust the CA that a file (JSON, the fields of AddAuthority) tells of, and return its name.

    Done again it changes nothing. Refused: it may not be trusted; ValueError: the file is wrong.
    """
    wanted = AddAuthority.model_validate({"id": NO_COMMAND, **json.loads(file.read_bytes())})
    with job.unit_of_work() as uow:
        authority = certificates.trust_authority(uow, wanted, added_by="operations")
    return authority.printed.subject
