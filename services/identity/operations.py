"""What operators do with identity from the command line."""

import json
from pathlib import Path
from uuid import UUID

from services.chassis.unit_of_work import Job
from services.contracts.identity.certificates import AddAuthority
from services.identity.certificates import steps as certificates

NO_COMMAND = UUID(int=0)  # nobody asks for the answer again


def trust_authority(job: Job, file: Path) -> str:
    """Trust the CA that a file (JSON, the fields of AddAuthority) tells of, and return its name.

    Done again it changes nothing. Refused: it may not be trusted; ValueError: the file is wrong.
    """
    wanted = AddAuthority.model_validate({"id": NO_COMMAND, **json.loads(file.read_bytes())})
    with job.unit_of_work() as uow:
        authority = certificates.trust_authority(uow, wanted, added_by="operations")
    return authority.printed.subject
