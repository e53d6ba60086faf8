"""The policies to begin with: the programme of 2023, and by the same rules that of the current year."""

from services.chassis.unit_of_work import Job
from services.contracts.values import SHANGHAI
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import put_in_force


def seed(job: Job) -> None:
    """Put them in force. What is in force stays as it is."""
    programme = read_programme("henan_2023")
    year = job.clock().astimezone(SHANGHAI).year
    with job.unit_of_work() as uow:
        for programme_year in sorted({programme.programme_year, year}):
            put_in_force(uow, programme.for_year(programme_year))
