"""The manual from end to end: import, screen, approve, prompt, register, confirm, slip, waive, notice."""

import tempfile
import time
from functools import partial
from pathlib import Path

from deploy.local.demo.importing import import_and_check
from deploy.local.demo.people import Clerk, Employer
from deploy.local.demo.slip_reading import read_slip
from deploy.local.demo.telling import Differs, expect, expect_refused, heading, tell
from deploy.local.demo.visitor import wait_for
from deploy.local.house import ROOT, House
from deploy.local.sample.bring_in import (
    CLERK_PASSWORD,
    COUNTY,
    EMPLOYER_PASSWORD,
    Agency,
    maintain,
    yuan,
)
from deploy.local.sample.files import write_province
from deploy.local.sample.showcase import THE_EMPLOYER, WITH_ADMINISTRATOR, showcase
from services.contracts.archive import SlipView
from services.contracts.subsidy.approval import BatchState, BatchView
from services.contracts.subsidy.confirmation import RefundState, RefundView, TodoView
from services.contracts.subsidy.screening import ScreeningView
from services.contracts.values import Choice

YEAR = 2023
UNITS = 2000
REFUND = 23713715  # 237,137.15 yuan: the manual's
READING_SECONDS = 10
PASSWORD = "Luo-River-2023"
HOLDER_OF_BOTH_POSTS = "zhao.head"
KEPT = ROOT / "var/artefacts/demo"  # slips stay there


def play(house: House) -> None:
    """Play the eight steps of the main job; raises Differs at the first that is not as promised."""
    agency = Agency(house.gateway_url, YEAR, tell)
    import_province(agency)
    read_policy(agency)
    screening = screen(agency)
    batch = approve(agency, screening)
    employer = first_login(agency)
    other = another_employer(agency)
    refund = see_prompt(employer)
    confirm(employer, refund)
    waiting = change_mind(employer, refund)
    keep_out_others(other, refund)
    publish(agency, batch, employer, waiting)


# ---- 1 the files


def import_province(agency: Agency) -> None:
    """Dirty lines are found, each with its line and field; the rest comes in."""
    heading("1  导入 Import: four files, GB18030, with dirty lines among the good ones")
    with tempfile.TemporaryDirectory() as folder:
        for file in write_province(folder=Path(folder), programme_year=YEAR, count=UNITS):
            import_and_check(agency.maker, file)
        path = Path(folder) / "employers.csv"
        expect_refused("the same file again", "import_same", agency.maker.upload, "employers", path)


# ---- 2, 3 policy and screening


def read_policy(agency: Agency) -> None:
    """The programme is data, with the documents it rests on."""
    heading("2  政策 Policy: the rules in force")
    policy = agency.maker.policy(YEAR)
    tell(f"{policy.title_zh}, version {policy.version}, {len(policy.criteria)} criteria")
    expect("base year", policy.base_year, YEAR - 1)
    expect("deadline", policy.deadline.isoformat(), "2023-12-31")
    for document in ("国办发〔2023〕11号", "豫政办〔2023〕29号"):
        expect(f"cites {document}", document in policy.documents, True)


def screen(agency: Agency) -> ScreeningView:
    """A verdict for every unit; the hand-made ones prove each rule; the manual's employer is explained."""
    heading("3  筛查 Screening: a verdict with reasons for every unit")
    clerk = agency.maker
    run = clerk.start_screening(YEAR)
    done = clerk.wait_for_screening(
        run.screening_id, lambda at: tell(f"{at.state.value}: {at.chunks_done}/{at.chunks} chunks")
    )
    tell(f"{done.eligible} eligible, {done.ineligible} ineligible, {done.unknown} unknown")
    tell(f"{yuan(done.amount)} yuan")
    expect("units with a verdict", done.eligible + done.ineligible + done.unknown, UNITS)
    _hold_against_the_table(clerk, done)
    why = clerk.explain(done.screening_id, THE_EMPLOYER)
    expect("refund of the manual's employer, fen", why.verdict.amount, REFUND)
    tell(f"{why.derivation_zh}")
    for criterion in why.criteria:
        tell(f"  {criterion.result:7} {criterion.zh} — {criterion.clause}")
    return done


def _hold_against_the_table(clerk: Clerk, run: ScreeningView) -> None:
    for shown in showcase(YEAR):
        (verdict,) = clerk.verdicts(run.screening_id, find=shown.unit.unit_no)
        found = (verdict.outcome.value, verdict.amount if shown.amount is not None else None)
        if found != (shown.outcome, shown.amount):
            raise Differs(f"{shown.unit.name} ({shown.shows}): {found}, {verdict.reasons}")
        tell(f"✓ {shown.shows}: {verdict.outcome.value} {', '.join(verdict.reasons)}")


# ---- 4 approval


def approve(agency: Agency, screening: ScreeningView) -> BatchView:
    """Who made the batch cannot approve it; another clerk does, for the totals that it saw."""
    heading("4  批量核定 Approval: two different clerks, always")
    head = Clerk(agency.gateway_url).sign_in(HOLDER_OF_BOTH_POSTS, CLERK_PASSWORD)
    made = head.make_batch(screening.screening_id, region=COUNTY)
    batch = agency.checker.wait_for_batch(made.batch_id, BatchState.MADE)
    tell(f"{batch.number}: {batch.count} refunds, {yuan(batch.amount)} yuan, {batch.left_out} left out")
    tell(f"digest {batch.digest}")
    expect_refused("the maker, a reviewer too, approves", "maker_is_checker", head.approve, batch)
    wrong = batch.model_copy(update={"amount": batch.amount + 1})
    expect_refused("approval of other totals", "totals_changed", agency.checker.approve, wrong)
    agency.checker.approve(batch)
    done = agency.checker.wait_for_batch(batch.batch_id, BatchState.APPROVED)
    expect("refunds made", done.refunds_made, batch.count)
    return done


# ---- 5 the employer gets in


def first_login(agency: Agency) -> Employer:
    """Maintenance at the counter, 开通单位网上服务, 单位管理员注册 with the code from the phone."""
    heading("5  注册与登录 Registration: counter, portal, code on the phone")
    employer = agency.handler_of(THE_EMPLOYER)
    expect_refused("registration before the maintenance", "registration_mismatch", employer.register)
    maintain(agency, THE_EMPLOYER)
    tell("✓ the reception post has entered the maintenance")
    stranger = agency.handler_of(THE_EMPLOYER)
    stranger.phone = "19903709999"
    expect_refused("registration with another phone", "registration_mismatch", stranger.register)
    employer.register()
    tell("✓ 开通单位网上服务")
    expect_refused("a second registration", "already_registered", employer.register)
    expect_refused("a guessed SMS code", "sms_code_wrong", employer.set_password, PASSWORD, "000000")
    employer.become_administrator(PASSWORD)
    tell("✓ 单位管理员注册: signed in")
    return employer


def another_employer(agency: Agency) -> Employer:
    """A second employer, for later."""
    maintain(agency, WITH_ADMINISTRATOR)
    other = agency.handler_of(WITH_ADMINISTRATOR)
    other.register()
    other.become_administrator(EMPLOYER_PASSWORD)
    other.sign_out()
    other.sign_in(EMPLOYER_PASSWORD)
    tell("✓ another employer has registered, and signed in with credit code, password and picture code")
    return other


def see_prompt(employer: Employer) -> RefundView:
    """The approval has reached the portal and the phone."""
    heading("6  提醒 Prompt: on the portal and on the phone")
    prompt = wait_for("the prompt", lambda: next(iter(employer.prompts(open_only=True)), None))
    expect("the prompt's amount, fen", prompt.amount, REFUND)
    notice = wait_for(
        "the SMS",
        lambda: next((sms for sms in employer.outbox_sms(employer.phone) if "237137.15" in sms.text), None),
    )
    tell(f"✓ SMS to {notice.phone}: {notice.text}")
    refund = employer.refund(prompt.refund_id)
    expect("state", refund.state, RefundState.APPROVED)
    shown = (refund.layoff_rate, refund.ratio, refund.base, refund.amount, refund.bank)
    expect("layoff rate, ratio, base, refund, bank", shown, (0, 3000, 79045717, REFUND, "中国银行"))
    expect("the account is masked", refund.account_masked, "****1046")
    return refund


# ---- 6, 7 the answer


def confirm(employer: Employer, refund: RefundView) -> None:
    """Read for ten seconds, tick, choose, save, submit from 待办; the slip is archived."""
    heading("7  享受稳岗返还信息确认 Confirmation")
    statement = employer.open_statement(refund.refund_id)
    tell(f"{statement.title}: {len(statement.sections)} sections")
    save = partial(employer.save, statement, Choice.CONFIRMED)
    expect_refused("saving before ten seconds", "statement_too_short", save)
    time.sleep(READING_SECONDS)
    expect_refused("saving without the tick", "statement_not_agreed", save, agreed=False)
    todo = save()
    expect("待办", [(item.choice, item.amount) for item in employer.todos()], [(Choice.CONFIRMED, REFUND)])
    done = employer.submit(todo)
    expect("提交, 成功, 失败", (done.submitted, done.succeeded, done.failed), (1, 1, 0))
    slip = _wait_for_slip(employer, refund, revision=1)
    _read(employer, slip)
    wait_for("the end of the prompt", lambda: True if not employer.prompts(open_only=True) else None)
    tell("✓ the prompt is done")


def _wait_for_slip(employer: Employer, refund: RefundView, *, revision: int) -> SlipView:
    def look() -> SlipView | None:
        return next((slip for slip in employer.slips(refund.refund_id) if slip.revision == revision), None)

    return wait_for(f"slip {revision}", look)


def _read(employer: Employer, slip: SlipView) -> None:
    pdf = employer.slip_pdf(slip)
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{slip.number}.pdf"
    path.write_bytes(pdf)
    read = read_slip(pdf)
    expect("pages", read.pages, 1)
    title = f"{YEAR}年度稳岗返还政策确认单"
    for words in (title, "237,137.15", employer.unit_name, "263707101046", slip.check_code):
        expect(f"the slip says {words}", words in read.text, True)
    expect("fonts that are not embedded", read.fonts_missing, ())
    checked = employer.check_slip(slip.number, slip.check_code)
    answer = (checked.amount, checked.choice)
    expect("anybody can verify it by number and code", answer, (REFUND, Choice.CONFIRMED))
    tell(f"the slip stays in {path}")


def change_mind(employer: Employer, refund: RefundView) -> TodoView:
    """It can be repeated; the last submission counts, all slips are kept. Return what waits unsubmitted."""
    heading("8  重复确认 Changing one's mind: waive, then confirm again")
    for choice in (Choice.WAIVED, Choice.CONFIRMED):
        statement = employer.open_statement(refund.refund_id)
        time.sleep(READING_SECONDS)
        employer.submit(employer.save(statement, choice))
        expect("state", employer.refund(refund.refund_id).state.value, choice.value)
    _wait_for_slip(employer, refund, revision=3)
    slips = employer.slips(refund.refund_id)
    kept = [(slip.revision, slip.choice) for slip in slips]
    expect("slips kept", kept, [(3, Choice.CONFIRMED), (2, Choice.WAIVED), (1, Choice.CONFIRMED)])
    waiting = employer.save(statement, Choice.WAIVED)
    expect("a saved choice alone changes nothing", employer.refund(refund.refund_id).choice, "confirmed")
    return waiting


def keep_out_others(other: Employer, refund: RefundView) -> None:
    """Nobody sees another employer's refund, statement or slips."""
    heading("9  权限 Somebody else's data")
    for what, act in (("refund", other.refund), ("statement", other.open_statement), ("slips", other.slips)):
        expect_refused(f"another employer's {what}", "not_your_refund", act, refund.refund_id)


# ---- 8 the notice


def publish(agency: Agency, batch: BatchView, employer: Employer, waiting: TodoView) -> None:
    """From the notice on nothing can be changed: what waits in 待办 is refused, with the reason."""
    heading("10 公示 Notice: published, and frozen")
    clerk = Clerk(agency.gateway_url).sign_in("wang.notice", CLERK_PASSWORD)
    notice = clerk.publish_notice(batch.batch_id)
    expect("in the notice: count, fen", (notice.count, notice.amount), (1, REFUND))
    (line,) = employer.notice_lines(notice).lines
    tell(f"{notice.number}: {line.unit_name} {line.credit_code_masked} {yuan(line.amount)}")
    done = employer.submit(waiting)
    expect("提交, 成功, 失败", (done.submitted, done.succeeded, done.failed), (1, 0, 1))
    expect("the reason", done.items[0].code, "refund_noticed")
    refund = employer.refund(waiting.refund_id)
    expect("state, choice", (refund.state, refund.choice), ("noticed", "confirmed"))
