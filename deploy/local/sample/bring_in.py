"""Bring a province in through the gateway, as the clerks of the agency do. Each step notices what is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

from deploy.local.demo.people import Clerk, Employer
from deploy.local.demo.visitor import SaidNo
from deploy.local.sample.files import FilledFile, write_province
from deploy.local.sample.showcase import MAINTAINED_ONLY, THE_EMPLOYER, WITH_ADMINISTRATOR, showcase
from deploy.local.sample.units import Unit
from services.contracts.subsidy.approval import BatchState, BatchView
from services.contracts.subsidy.registry import ImportState
from services.contracts.subsidy.screening import ScreeningState, ScreeningView

COUNTY = "410181"
MAKER, CHECKER, RECEPTION = "li.approver", "zhang.reviewer", "chen.reception"
CLERK_PASSWORD = "Wengang-2023"  # of the clerks that a development house is seeded with
EMPLOYER_PASSWORD = "Song-Shan-2023"


@dataclass
class Agency:
    """The clerks at work, and where they tell how far they are."""

    gateway_url: str
    programme_year: int
    say: Callable[[str], None]
    units: dict[str, Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.maker = Clerk(self.gateway_url).sign_in(MAKER, CLERK_PASSWORD)
        self.checker = Clerk(self.gateway_url).sign_in(CHECKER, CLERK_PASSWORD)
        self.reception = Clerk(self.gateway_url).sign_in(RECEPTION, CLERK_PASSWORD)
        self.units = {shown.unit.unit_no: shown.unit for shown in showcase(self.programme_year)}

    def handler_of(self, unit_no: str) -> Employer:
        """Return the handler of a hand-made unit, not signed in."""
        unit = self.units[unit_no]
        return Employer(self.gateway_url, credit_code=unit.credit_code, unit_name=unit.name, phone=unit.phone)


def bring_in(agency: Agency, *, folder: Path, count: int) -> None:
    """Import, screen, approve the county of the manual's employer, open the accounts of three employers."""
    if _administrator_signs_in(agency):
        agency.say("the sample province is already there")
        return
    files = write_province(folder=folder, programme_year=agency.programme_year, count=count)
    for file in files:
        import_file(agency, file)
    screening = screen(agency)
    approve_county(agency, screening)
    open_accounts(agency)


def import_file(agency: Agency, file: FilledFile) -> None:
    """Upload a file and wait until every line is accounted for."""
    done = agency.maker.wait_for_import(_upload(agency, file))
    if done.state is ImportState.FAILED:
        raise RuntimeError(f"{file.path.name} was not imported: {done.problem}")
    agency.say(f"{file.path.name}: {done.total} lines, {done.accepted} accepted, {done.rejected} rejected")


def _upload(agency: Agency, file: FilledFile) -> UUID:
    try:
        return agency.maker.upload(file.kind, file.path).import_id
    except SaidNo as no:
        if no.code != "import_same":
            raise
        return UUID(no.facts["import_id"])


def screen(agency: Agency) -> ScreeningView:
    """Return the run of the programme, started if there is none."""
    runs = [run for run in agency.maker.screenings() if run.programme_year == agency.programme_year]
    usable = [run for run in runs if run.state is not ScreeningState.FAILED]
    run = usable[0] if usable else agency.maker.start_screening(agency.programme_year)
    done = agency.maker.wait_for_screening(run.screening_id)
    if done.state is ScreeningState.FAILED:
        raise RuntimeError(f"the screening failed: {done.problem}")
    agency.say(
        f"screening: {done.units} units, {done.eligible} eligible, {done.ineligible} ineligible, "
        f"{done.unknown} unknown, {yuan(done.amount)} yuan"
    )
    return done


def approve_county(agency: Agency, screening: ScreeningView) -> BatchView:
    """Make the batch of the county and let another clerk approve it."""
    made = [batch for batch in agency.maker.batches() if batch.screening_id == screening.screening_id]
    county = [batch for batch in made if batch.filter.region == COUNTY]
    batch = county[0] if county else agency.maker.make_batch(screening.screening_id, region=COUNTY)
    batch = agency.checker.wait_for_batch(
        batch.batch_id, BatchState.MADE, BatchState.APPROVING, BatchState.APPROVED
    )
    if batch.state is BatchState.MADE:
        agency.checker.approve(batch)
    batch = agency.checker.wait_for_batch(batch.batch_id, BatchState.APPROVED)
    agency.say(f"batch {batch.number} ({COUNTY}): {batch.count} refunds, {yuan(batch.amount)} yuan, approved")
    return batch


def open_accounts(agency: Agency) -> None:
    """Three employers are maintained at the counter; two open their service; one has set its password."""
    for unit_no in (THE_EMPLOYER, MAINTAINED_ONLY, WITH_ADMINISTRATOR):
        _unless_done(partial(maintain, agency, unit_no), "unit_registered", "maintenance_limit_day")
    for unit_no in (THE_EMPLOYER, WITH_ADMINISTRATOR):
        _unless_done(agency.handler_of(unit_no).register, "already_registered")
    agency.handler_of(WITH_ADMINISTRATOR).become_administrator(EMPLOYER_PASSWORD)
    agency.say("three employers can use the portal")


def maintain(agency: Agency, unit_no: str) -> None:
    """Tie a unit's credit code to its handler at the counter."""
    unit = agency.units[unit_no]
    agency.reception.enter_maintenance(
        credit_code=unit.credit_code,
        unit_no=unit.unit_no,
        unit_name=unit.name,
        handler_name=unit.contact,
        handler_phone=unit.phone,
    )


def yuan(fen: int) -> str:
    """Return an amount as people read it: 237,137.15."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _administrator_signs_in(agency: Agency) -> bool:
    """The last step of all: if its password is good, everything before it is done."""
    try:
        agency.handler_of(WITH_ADMINISTRATOR).sign_in(EMPLOYER_PASSWORD)
    except SaidNo as no:
        if no.code != "sign_in_failed":
            raise
        return False
    return True


def _unless_done(act: Callable[[], None], *codes: str) -> None:
    try:
        act()
    except SaidNo as no:
        if no.code not in codes:
            raise
