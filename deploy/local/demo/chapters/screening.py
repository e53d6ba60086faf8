"""From the clerks' files to an approved batch: versions, a policy of two people, a killed run, hold-outs."""

import os
import signal
import tempfile
from functools import partial
from pathlib import Path

from deploy.local.demo.corrections import WITHOUT_SIZE, corrected_employers
from deploy.local.demo.importing import import_and_check
from deploy.local.demo.officers import Officer
from deploy.local.demo.telling import Differs, expect, expect_refused, heading, tell
from deploy.local.demo.visitor import wait_for
from deploy.local.house import House
from deploy.local.sample.bring_in import CHECKER, CLERK_PASSWORD, COUNTY, MAKER, yuan
from deploy.local.sample.files import FilledFile, write_province
from deploy.local.sample.showcase import THE_EMPLOYER
from services.contracts.subsidy.approval import BatchState
from services.contracts.subsidy.policy import DraftState, PolicyDraftView
from services.contracts.subsidy.registry import ImportView
from services.contracts.subsidy.screening import Outcome, ScreeningState, ScreeningView
from services.contracts.subsidy.simulation import EffectKind, SimulationView
from services.contracts.subsidy.versions import ChangeKind, DiffState, ImportDiffView

YEAR = 2023
UNITS = 2000
SETTINGS = {"SUBSIDY_UNITS_PER_CHUNK": "100"}  # so that a small province has a middle to be killed in
HOLDER_OF_BOTH_POSTS = "zhao.head"
AT_SIX_PERCENT = "410181000414"
ONE_OF_EACH = {  # unit: outcome, what its explanation has to name
    THE_EMPLOYER: (Outcome.ELIGIBLE, ""),
    "410181000422": (Outcome.INELIGIBLE, "months"),
    "410181000431": (Outcome.INELIGIBLE, "dishonest"),
    "410181000432": (Outcome.INELIGIBLE, "zombie"),
    "410181000433": (Outcome.INELIGIBLE, "headcount_drop"),
    "410181000435": (Outcome.INELIGIBLE, "audit_findings"),
    "410181000436": (Outcome.INELIGIBLE, "labour_dispatch"),
    "410181000437": (Outcome.INELIGIBLE, "unit_type"),
    "410181000412": (Outcome.INELIGIBLE, "layoff_rate"),
    "410181000442": (Outcome.UNKNOWN, "layoff_rate"),
    "410181000444": (Outcome.UNKNOWN, "headcount_drop"),
}


def play(house: House) -> None:
    """Play it; raises Differs at the first thing that is not as promised."""
    head = Officer(house.gateway_url).sign_in(HOLDER_OF_BOTH_POSTS, CLERK_PASSWORD)
    maker = Officer(house.gateway_url).sign_in(MAKER, CLERK_PASSWORD)
    checker = Officer(house.gateway_url).sign_in(CHECKER, CLERK_PASSWORD)
    with tempfile.TemporaryDirectory() as folder:
        first = import_province(maker, Path(folder))
        correct(maker, first)
    trial = try_out(maker)
    draft, effect = draft_policy(head, trial)
    review(head, checker, draft, effect)
    run = screen_and_kill(house, maker, effect)
    explain(maker, run)
    approve(head, checker, run)


# ---- 1, 2 the registry


def import_province(maker: Officer, folder: Path) -> tuple[FilledFile, ImportView]:
    """Every planted fault is found, with its line."""
    heading("1  导入 Import: four files with planted faults, each found with its line")
    files = write_province(folder=folder, programme_year=YEAR, count=UNITS)
    imports = [import_and_check(maker, file) for file in files]
    expect_refused("the same file again", "import_same", maker.upload, "employers", files[0].path)
    return files[0], imports[0]


def correct(maker: Officer, first: tuple[FilledFile, ImportView]) -> None:
    """A correction is a new version, and says what is different."""
    heading("2  更正 Correction: a new version with its differences")
    file, before = first
    correction = corrected_employers(file)
    after = import_and_check(maker, correction.file)
    diff = wait_for("the differences", partial(_compared, maker, after))
    expect("held against", diff.against and diff.against.import_id == before.import_id, True)
    counts = (diff.added, diff.changed, diff.removed, diff.unchanged)
    changed = len(correction.changed) + len(correction.removed)
    promised = (len(correction.added), len(correction.changed), 1, file.accepted - changed)
    expect("units added, changed, removed, unchanged", counts, promised)
    changes = maker.changes(after)
    for change in changes:
        fields = ", ".join(f"{one.field} {one.before} → {one.after}" for one in change.fields)
        tell(f"{change.kind.value:8}{change.key} {change.unit_name or ''} {fields}")
    found = tuple(tuple(one.key for one in changes if one.kind is kind) for kind in ChangeKind)
    expect(
        "which: added, removed, changed", found, (correction.added, correction.removed, correction.changed)
    )


def _compared(maker: Officer, after: ImportView) -> ImportDiffView | None:
    diff = maker.diff(after)
    return diff if diff.state is DiffState.DONE else None


# ---- 3, 4 the policy


def try_out(maker: Officer) -> ScreeningView:
    """A run by the rules in force: what-if starts from its snapshot."""
    heading("3  试算 Trial run by the rules in force")
    run = maker.wait_for_screening(maker.start_screening(YEAR).screening_id)
    expect("state, policy version", (run.state, run.policy_version), (ScreeningState.DONE, 1))
    tell(f"{run.eligible} eligible, {run.ineligible} ineligible, {run.unknown} unknown")
    tell(f"{yuan(run.amount)} yuan")
    return run


def draft_policy(head: Officer, trial: ScreeningView) -> tuple[PolicyDraftView, SimulationView]:
    """A draft with another limit is compared and simulated: cost, who comes in, who goes out, by name."""
    heading("4  政策起草与测算 A draft policy: the layoff limit from 5.5 % to 6 %")
    in_force = head.policy(YEAR)
    draft = head.draft_policy(YEAR, based_on=in_force)
    parameters = {**draft.body.parameters, "max_layoff_rate": 600}
    draft = head.change_draft(draft, parameters=parameters)
    differences = [(one.path, one.before, one.after) for one in head.compare(draft)]
    expect("what differs", differences, [("parameters.max_layoff_rate", 550, 600)])
    effect = head.simulate(trial, draft_id=str(draft.draft_id))
    totals = effect.totals
    expect(
        "before: eligible, fen",
        (totals.eligible_before, totals.amount_before),
        (trial.eligible, trial.amount),
    )
    after = f"{totals.eligible_after} eligible, {yuan(totals.amount_after)} yuan"
    tell(f"after: {after}, computed in {effect.compute_ms} ms")
    tell(f"{totals.came_in} come in, {totals.went_out} go out, {totals.more} get more, {totals.less} less")
    named = head.effects(trial, draft_id=str(draft.draft_id), kind=EffectKind.IN, limit=1000)
    expect("named units that come in", len(named), totals.came_in)
    expect("the unit at 6 % is among them", AT_SIX_PERCENT in [one.unit_no for one in named], True)
    for place in effect.by_region[:3]:
        tell(f"  {place.region}: {yuan(place.totals.amount_before)} → {yuan(place.totals.amount_after)}")
    return draft, effect


def review(head: Officer, checker: Officer, draft: PolicyDraftView, effect: SimulationView) -> None:
    """Who drafted it cannot put it in force; another does, for the text it looked at."""
    heading("5  政策复核与生效 Review: two different people, always")
    submitted = head.submit_draft(draft)
    ready = wait_for(
        "the simulation for the review",
        lambda: found if (found := checker.draft(submitted.draft_id)).simulated else None,
    )
    kept = checker.kept_simulation(ready)
    expect("kept with the draft: fen after", kept and kept.totals.amount_after, effect.totals.amount_after)
    expect_refused(
        "its maker, a reviewer too, puts it in force", "drafter_is_reviewer", head.put_in_force, ready
    )
    other = ready.model_copy(update={"digest": "0" * 64})
    expect_refused("another text than the draft's", "draft_changed", checker.put_in_force, other)
    expect("state", checker.put_in_force(ready).state, DraftState.IN_FORCE)
    policy = checker.policy(YEAR)
    expect("in force: version, limit", (policy.version, policy.parameters["max_layoff_rate"]), (2, 600))
    change = partial(head.change_draft, ready, parameters={**ready.body.parameters, "min_months": 1})
    expect_refused("a change of what is in force", "draft_not_open", change)


# ---- 6, 7 the run


def screen_and_kill(house: House, maker: Officer, effect: SimulationView) -> ScreeningView:
    """The worker is killed in the middle; the run goes on with the chunks that are missing, none twice."""
    heading("6  筛查 Screening: the worker is killed in the middle, the run is finished")
    run = maker.start_screening(YEAR)
    middle = wait_for("the middle of the run", partial(_in_the_middle, maker, run), pause=0.01)
    killed = house.pids_of("subsidy-worker")
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    tell(f"kill -9 {killed[0]} after {middle.chunks_done} of {middle.chunks} chunks")
    run = maker.wait_for_screening(run.screening_id)
    expect("state, policy version", (run.state, run.policy_version), (ScreeningState.DONE, 2))
    expect("chunks", (run.chunks_done, run.chunks), (middle.chunks, middle.chunks))
    expect("a verdict for every unit", run.eligible + run.ineligible + run.unknown, run.units)
    promised = (effect.totals.eligible_after, effect.totals.amount_after)
    expect("as simulated: eligible, fen", (run.eligible, run.amount), promised)
    return run


def _in_the_middle(maker: Officer, started: ScreeningView) -> ScreeningView | None:
    run = maker.screening(started.screening_id)
    if run.state is ScreeningState.DONE:
        raise Differs("the run was over before anybody could kill it")
    return run if run.chunks_done else None


def explain(maker: Officer, run: ScreeningView) -> None:
    """One unit of each kind: every criterion with its numbers and its clause."""
    heading("7  解释 Explanation: one unit of each kind")
    for unit_no, (outcome, code) in ONE_OF_EACH.items():
        why = maker.explain(run.screening_id, unit_no)
        named = [one for one in why.criteria if one.result != "pass"]
        if why.verdict.outcome is not outcome or (code and code not in [one.code for one in named]):
            raise Differs(f"{unit_no}: {why.verdict.outcome} for {[one.code for one in named]}")
        tell(f"✓ {unit_no} {why.verdict.unit_name}: {outcome.value}; {why.derivation_zh}")
        for one in named:
            tell(f"    {one.result}: {one.zh} — {one.clause}")


# ---- 8 the batch


def approve(head: Officer, checker: Officer, run: ScreeningView) -> None:
    """A unit is held out with a reason; the maker is refused as checker; another approves."""
    heading("8  批量核定 Approval: a hold-out, the maker refused, another approves")
    made = head.make_batch(run.screening_id, region=COUNTY)
    batch = checker.wait_for_batch(made.batch_id, BatchState.MADE)
    tell(f"{batch.number}: {batch.count} refunds, {yuan(batch.amount)} yuan, {batch.left_out} left out")
    changed = head.hold_out(batch, WITHOUT_SIZE, "规模由单位口头告知，待核实")
    expect(
        "held out: lines that count, lines held out", (changed.count, changed.held_out), (batch.count - 1, 1)
    )
    expect_refused("the maker, a reviewer too, approves", "maker_is_checker", head.approve, changed)
    expect_refused("approval of the totals before the hold-out", "totals_changed", checker.approve, batch)
    checker.approve(changed)
    done = checker.wait_for_batch(batch.batch_id, BatchState.APPROVED)
    expect("refunds made", done.refunds_made, changed.count)
    [held] = checker.items(done, held_out=True).items
    expect("held out", (held.unit_no, held.held_out), (WITHOUT_SIZE, "规模由单位口头告知，待核实"))
    lines = checker.items(done, limit=200).items
    expect("each line has its refund", all(line.refund_id for line in lines), True)
