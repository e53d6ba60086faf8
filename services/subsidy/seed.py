"""The policies to begin with: the programmes that come along, and by the rules of 2023 the current year's."""

from services.chassis.unit_of_work import Job
from services.contracts.values import SHANGHAI
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import latest_version, put_in_force


def seed(job: Job) -> None:
    """Put them in force. What is in force stays as it is."""
    programmes = [read_programme("henan_2023"), read_programme("henan_2025")]
    this_year = programmes[0].for_year(job.clock().astimezone(SHANGHAI).year)
    with job.unit_of_work() as uow:
        for programme in (*programmes, this_year):
            if not latest_version(uow, programme.programme_year):
                put_in_force(uow, programme)
