"""What an import changed, and what was found in it, in words."""

from flask_babel import lazy_gettext as _l

from gateway.formats import count, money
from gateway.labels import label
from services.contracts.subsidy.quality import FindingKind, FindingView
from services.contracts.subsidy.versions import ChangeKind, FieldChangeView
from services.contracts.values import SizeClass, UnitType

CHANGES = {
    ChangeKind.ADDED: _l("新增"),
    ChangeKind.REMOVED: _l("减少"),
    ChangeKind.CHANGED: _l("变更"),
}
FIELDS = {
    "credit_code": _l("统一社会信用代码"),
    "unit_name": _l("单位名称"),
    "unit_type": _l("单位类型"),
    "size_class": _l("企业规模"),
    "industry": _l("行业"),
    "region": _l("行政区划"),
    "headcount": _l("参保人数"),
    "labour_dispatch": _l("劳务派遣单位"),
    "audit_findings": _l("审计发现问题未整改"),
    "account_name": _l("户名"),
    "account": _l("银行账号"),
    "bank": _l("开户行"),
    "contact": _l("联系人"),
    "phone": _l("联系电话"),
    "employees": _l("从业人员"),
    "revenue": _l("营业收入（元）"),
    "assets": _l("资产总额（元）"),
    "listed_on": _l("列入日期"),
    "due": _l("应缴金额（元）"),
    "paid": _l("实缴金额（元）"),
    "repaid": _l("补缴金额（元）"),
    "exempt": _l("免责减员人数"),
}
_MONEY = {"revenue", "assets", "due", "paid", "repaid"}
_WORDS = {"unit_type": UnitType, "size_class": SizeClass}

FINDINGS = {
    FindingKind.NO_ACCOUNT: _l("缺银行账号"),
    FindingKind.NO_ACCOUNT_NAME: _l("缺户名"),
    FindingKind.NO_BANK: _l("缺开户行"),
    FindingKind.NO_SIZE: _l("缺企业规模"),
    FindingKind.NO_CONTACT: _l("缺联系人"),
    FindingKind.NO_PHONE: _l("缺联系电话"),
    FindingKind.SIZE_DIFFERS: _l("规模与标准不符"),
    FindingKind.SHARED_CODE: _l("一个信用代码有多个单位编号"),
    FindingKind.SHARED_ACCOUNT: _l("多家单位使用同一银行账号"),
    FindingKind.SHARED_PHONE: _l("超过二十家单位使用同一联系电话"),
    FindingKind.SHARED_NAME: _l("不同信用代码的单位同名"),
    FindingKind.HEADCOUNT_JUMP: _l("参保人数与上年末相差一倍以上"),
    FindingKind.OTHER_REGION: _l("单位编号不属于本省"),
}
_ACCOUNT = _l("请单位办理单位银行账户变更，或更正后重新导入；补齐前不能发放。")
_CONTACT = _l("请单位更正参保登记中的联系人和手机号；补齐前无法通知。")
TO_DO = {
    FindingKind.NO_ACCOUNT: _ACCOUNT,
    FindingKind.NO_ACCOUNT_NAME: _ACCOUNT,
    FindingKind.NO_BANK: _ACCOUNT,
    FindingKind.NO_SIZE: _l(
        "请填写企业规模，或补充从业人员、营业收入和资产总额；规模不明的，不能判断返还比例。"
    ),
    FindingKind.NO_CONTACT: _CONTACT,
    FindingKind.NO_PHONE: _CONTACT,
    FindingKind.SIZE_DIFFERS: _l("请核对行业和指标：筛查以文件填写的规模为准，规模影响返还比例。"),
    FindingKind.SHARED_CODE: _l("分支机构分别参保的属正常；请核对是否重复登记。"),
    FindingKind.SHARED_ACCOUNT: _l("请核实账号是否录错，或是否由他人代收；核实前请暂不列入批次。"),
    FindingKind.SHARED_PHONE: _l("可能由代理机构填报；请取得单位自己的手机号，以免通知到不了单位。"),
    FindingKind.SHARED_NAME: _l("请核对是否为同一单位更换信用代码后重复登记。"),
    FindingKind.HEADCOUNT_JUMP: _l("请核对参保人数和缴费明细：人数影响裁员率的判断。"),
    FindingKind.OTHER_REGION: _l("请核对单位编号和行政区划。"),
}


def value(field: str, text: str | None) -> object:
    """Return a value before or after as people read it; a dash for none."""
    if text is None:
        return "—"
    if field in _WORDS:
        return label(_WORDS[field](text))
    if field in _MONEY:
        return money(int(text))
    return {"yes": _l("是"), "no": _l("否")}.get(text, text)


def change_in_words(change: FieldChangeView) -> str:
    """Return a field with its value before and after, for a cell of a spreadsheet."""
    name = FIELDS.get(change.field, change.field)
    return f"{name}：{value(change.field, change.before)} → {value(change.field, change.after)}"


def detail(finding: FindingView) -> object:
    """Return the numbers of a finding."""
    facts = finding.facts
    if finding.kind is FindingKind.HEADCOUNT_JUMP:
        before, now = int(facts["before"]), int(facts["now"])
        return _l("%(month)s：%(before)s 人，现 %(now)s 人", month=facts["month"], before=before, now=now)
    if finding.kind is FindingKind.SIZE_DIFFERS:
        told, standard = (label(SizeClass(str(facts[name]))) for name in ("file", "standard"))
        return _l("文件：%(told)s；按标准：%(standard)s", told=told, standard=standard)
    if "units" in facts:
        return _l("共 %(n)s 个单位编号", n=count(int(facts["units"])))
    if "employers" in facts:
        return _l("共 %(n)s 家", n=count(int(facts["employers"])))
    return _l("其余单位以 %(usual)s 开头", usual=facts["usual"]) if "usual" in facts else ""
