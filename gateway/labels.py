"""The words of the enumerations on screens, each with a colour that never stands alone."""

import re
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from gateway.formats import money, percent
from gateway.trail import ACTS, FAILURES
from services.contracts.identity.audit import Act
from services.contracts.identity.certificates import Freshness
from services.contracts.identity.credit_codes import MaintenanceState
from services.contracts.subsidy.approval import BatchState, LineOutcome
from services.contracts.subsidy.confirmation import RefundState
from services.contracts.subsidy.policy import DraftState
from services.contracts.subsidy.registry import FileFormat, ImportKind, ImportState
from services.contracts.subsidy.screening import NextStep, Outcome, ScreeningState
from services.contracts.subsidy.simulation import EffectKind
from services.contracts.values import Choice, Post, SizeClass, UnitType

LABELS: dict[type[StrEnum], dict[str, object]] = {
    Choice: {Choice.CONFIRMED: _l("确认享受"), Choice.WAIVED: _l("放弃享受")},
    SizeClass: {
        SizeClass.LARGE: _l("大型"),
        SizeClass.MEDIUM: _l("中型"),
        SizeClass.SMALL: _l("小型"),
        SizeClass.MICRO: _l("微型"),
    },
    UnitType: {
        UnitType.ENTERPRISE: _l("企业"),
        UnitType.SOCIAL_ORGANISATION: _l("社会团体"),
        UnitType.FOUNDATION: _l("基金会"),
        UnitType.SOCIAL_SERVICE: _l("社会服务机构"),
        UnitType.LAW_FIRM: _l("律师事务所"),
        UnitType.ACCOUNTING_FIRM: _l("会计师事务所"),
        UnitType.INDIVIDUAL_BUSINESS: _l("个体工商户"),
        UnitType.GOVERNMENT: _l("机关"),
        UnitType.INSTITUTION: _l("事业单位"),
    },
    RefundState: {
        RefundState.APPROVED: _l("待确认"),
        RefundState.CONFIRMED: _l("已确认享受"),
        RefundState.WAIVED: _l("已放弃享受"),
        RefundState.NOTICED: _l("已公示"),
    },
    ImportKind: {
        ImportKind.EMPLOYERS: _l("参保单位"),
        ImportKind.CONTRIBUTIONS: _l("缴费明细"),
        ImportKind.DISHONEST: _l("严重违法失信名单"),
        ImportKind.ZOMBIE: _l("僵尸企业名单"),
    },
    FileFormat: {
        FileFormat.CSV: "CSV",
        FileFormat.XLSX: "Excel",
        FileFormat.PARQUET: "Parquet",
    },
    ImportState: {
        ImportState.RECEIVED: _l("已接收"),
        ImportState.LOADING: _l("导入中"),
        ImportState.WAITING: _l("待确认列"),
        ImportState.DONE: _l("已完成"),
        ImportState.FAILED: _l("失败"),
        ImportState.DISCARDED: _l("已放弃"),
    },
    ScreeningState: {
        ScreeningState.FREEZING: _l("冻结数据"),
        ScreeningState.RUNNING: _l("筛查中"),
        ScreeningState.DONE: _l("已完成"),
        ScreeningState.FAILED: _l("失败"),
        ScreeningState.CANCELLED: _l("已取消"),
    },
    Outcome: {
        Outcome.ELIGIBLE: _l("符合"),
        Outcome.INELIGIBLE: _l("不符合"),
        Outcome.UNKNOWN: _l("数据缺失"),
    },
    NextStep: {
        NextStep.WAIT: _l(
            "无需申请。请先核对银行账户和联系电话是否齐全；核定通过后，会在首页和消息中提醒您确认。"
        ),
        NextStep.COMPLETE: _l(
            "请带证明材料到参保地社保业务大厅，请受理人员补齐缺少的信息；补齐后，下一次筛查会重新判断。"
        ),
        NextStep.WAIT_FOR_LISTS: _l("您无需办理：缺少的名单由经办机构取得，取得后会重新筛查。"),
        NextStep.CORRECT: _l(
            "如果上面的数据与实际不符，请带证明材料到参保地社保业务大厅更正；更正后，下一次筛查会重新判断。"
        ),
        NextStep.DECLARE: _l(
            "劳务派遣单位不在自动返还的范围内，请到参保地社保业务大厅办理普通稳岗返还申报；如果登记有误，请在大厅更正。"
        ),
        NextStep.NOTHING: _l(
            "您无需办理：返还金额四舍五入后为 0.00 元，不予发放。缴费数据有误的，请到参保地社保业务大厅更正。"
        ),
    },
    BatchState: {
        BatchState.FILLING: _l("生成中"),
        BatchState.MADE: _l("待复核"),
        BatchState.APPROVING: _l("核发中"),
        BatchState.APPROVED: _l("已通过"),
        BatchState.RETURNED: _l("已退回"),
        BatchState.WITHDRAWN: _l("已撤回"),
    },
    LineOutcome: {
        LineOutcome.TAKEN: _l("已列入"),
        LineOutcome.LEFT_OUT: _l("因资料缺失未列入"),
        LineOutcome.HELD: _l("已在其他批次"),
        LineOutcome.FILTERED: _l("不在筛选条件内"),
        LineOutcome.NOTHING: _l("金额为 0.00 元"),
        LineOutcome.INELIGIBLE: _l("不符合条件"),
        LineOutcome.UNKNOWN: _l("数据缺失"),
        LineOutcome.NOT_IN_RUN: _l("筛查中没有该单位"),
        LineOutcome.OUTSIDE_REGION: _l("不在辖区内"),
        LineOutcome.NO_NUMBER: _l("没有单位编号"),
        LineOutcome.REPEATED: _l("与前面的行重复"),
    },
    Post: {
        Post.RECEPTION: _l("受理岗"),
        Post.APPROVER: _l("核定岗"),
        Post.REVIEWER: _l("复核岗"),
        Post.NOTICE: _l("公示岗"),
        Post.PAYMENT: _l("财务岗"),
        Post.ADMINISTRATOR: _l("管理岗"),
        Post.AUDITOR: _l("审计岗"),
    },
    MaintenanceState: {
        MaintenanceState.DECLARED: _l("待受理"),
        MaintenanceState.ACCEPTED: _l("已受理"),
        MaintenanceState.REFUSED: _l("不予受理"),
    },
    Freshness: {
        Freshness.FRESH: _l("最新"),
        Freshness.STALE: _l("已过期"),
        Freshness.UNKNOWN: _l("未取得"),
    },
    DraftState: {
        DraftState.DRAFT: _l("起草中"),
        DraftState.IN_REVIEW: _l("待复核"),
        DraftState.RETURNED: _l("已退回"),
        DraftState.IN_FORCE: _l("已生效"),
        DraftState.DISCARDED: _l("已作废"),
    },
    EffectKind: {
        EffectKind.IN: _l("新增符合"),
        EffectKind.OUT: _l("不再符合"),
        EffectKind.MORE: _l("金额增加"),
        EffectKind.LESS: _l("金额减少"),
    },
    Act: ACTS,
}
EFFECT_KINDS = LABELS[EffectKind]

CRITERION_RESULTS = {"pass": _l("通过"), "fail": _l("不通过"), "unknown": _l("数据缺失")}

# Criteria and facts of the policies, by their codes. A code without words here is shown as it is.
CRITERIA = {
    "months": _l("足额缴费月数"),
    "layoff_rate": _l("裁员率"),
    "unit_type": _l("单位类型"),
    "size_class": _l("企业规模"),
    "dishonest": _l("严重违法失信"),
    "zombie": _l("僵尸企业"),
    "headcount_drop": _l("参保人数下降"),
    "audit_findings": _l("审计整改"),
    "labour_dispatch": _l("劳务派遣"),
    "base": _l("上年度缴费"),
    "headcount_start": _l("年初参保人数"),
}
FACTS = {
    "unit_type": _l("单位类型"),
    "size_class": _l("企业规模"),
    "labour_dispatch": _l("劳务派遣单位"),
    "audit_findings": _l("审计发现问题未整改"),
    "dishonest": _l("列入严重违法失信名单"),
    "zombie": _l("列入僵尸企业名单"),
    "headcount_now": _l("现参保人数"),
    "headcount_start": _l("年初参保人数"),
    "headcount_end": _l("年末参保人数"),
    "exempt": _l("免责减员人数"),
    "months_full": _l("足额缴费月数"),
    "base": _l("上年度缴费（元）"),
    "headcount_sum": _l("上年度各月参保人数合计"),
    "months_insured": _l("上年度参保月数"),
    "new_recipients": _l("上年度新领失业保险金人数"),
    "layoff_rate": _l("裁员率"),
    "ratio": _l("返还比例"),
}
_YES_NO = {"labour_dispatch", "audit_findings", "dishonest", "zombie"}
_RATES = {"layoff_rate", "ratio"}

# What a unit lacks that was left out of a batch.
MISSING = {
    "account": _l("银行账号"),
    "account_name": _l("户名"),
    "bank": _l("开户行"),
    "contact": _l("联系人"),
    "phone": _l("联系电话"),
    "unit": _l("参保登记"),
}
_ACCOUNT = _l("请单位到业务大厅或网上办理单位银行账户变更，提供户名、账号和开户行。")
_CONTACT = _l("请单位更正参保登记中的联系人和手机号，随下次参保单位数据导入生效。")
# What to ask a unit for that lacks it.
TO_ASK = {
    "account": _ACCOUNT,
    "account_name": _ACCOUNT,
    "bank": _ACCOUNT,
    "contact": _CONTACT,
    "phone": _CONTACT,
    "unit": _l("请核实：该单位已不在参保登记中，或已变更信用代码。"),
}

_COLOURS = {
    "green": {"done", "eligible", "confirmed", "approved", "pass", "accepted", "fresh", "in_force", "taken"},
    "amber": {"unknown", "made", "waived", "declared", "stale", "cancelled", "waiting", "in_review"},
    "red": {"failed", "ineligible", "returned", "fail", "refused", *FAILURES},
}
# The same word, more urgent here: an approved refund waits for its employer; nobody comes in with a
# certificate of which nothing is known.
_URGENT = (RefundState.APPROVED, Freshness.UNKNOWN)


def label(value: StrEnum | None) -> object:
    """Return the words of a value; a dash for none."""
    return "—" if value is None else LABELS[type(value)][value]


def colour(value: str) -> str:
    """Return the colour of a state's tag."""
    if any(value is urgent for urgent in _URGENT):
        return "red"
    return next((name for name, values in _COLOURS.items() if value in values), "blue")


def posts(names: frozenset[str]) -> list[object]:
    """Return the words of a clerk's posts, in the order of the business."""
    return [words for post, words in LABELS[Post].items() if post in names]


def fact(name: str, value: int | str | None) -> object:
    """Return a fact of a verdict as people read it."""
    if value is None:
        return _l("数据缺失")
    if name in ("unit_type", "size_class"):
        return label((UnitType if name == "unit_type" else SizeClass)(str(value)))
    if name in _YES_NO:
        return _l("是") if value else _l("否")
    if isinstance(value, int) and (name == "base" or name in _RATES):
        return percent(value) if name in _RATES else money(value)
    return value


def criterion_words(text: str, parameters: dict[str, int]) -> str:
    """Return the words of a criterion with the policy's parameters put in, and the facts by name:
    "{months_full} 个月，应不少于 {min_months} 个月" → "〔足额缴费月数〕 个月，应不少于 12 个月"."""

    def put_in(found: re.Match[str]) -> str:
        name, shown = found[1], found[2]
        if name not in parameters:
            return f"〔{FACTS.get(name, name)}〕"
        value = parameters[name]
        return percent(value) if shown == "percent" else money(value) if shown == "yuan" else str(value)

    return re.sub(r"\{(\w+)(?::(\w+))?\}", put_in, text)
