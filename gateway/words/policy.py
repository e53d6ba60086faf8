"""Policies: drafts, their review, and what can be wrong in rules."""

from gateway.words.entries import Entry, entry

_REVIEW = {
    "draft_missing": entry(
        "没有该政策草稿。", "请从草稿列表进入。", "There is no such draft.", "Start from the list of drafts."
    ),
    "not_your_draft": entry(
        "只有起草人本人可以修改、提交或作废草稿。",
        "请联系起草人。",
        "Only who made a draft changes, submits or discards it.",
        "Ask its maker.",
    ),
    "drafter_is_reviewer": entry(
        "起草人不能审核自己的草稿。",
        "请由另一位复核岗人员审核。",
        "Who made a draft cannot review it.",
        "Ask another reviewer.",
    ),
    "province_required": entry(
        "政策由全省范围的经办人员起草和审核。",
        "请联系省级经办机构。",
        "Rules are drafted and reviewed by clerks of the whole province.",
        "Turn to the provincial agency.",
    ),
    "draft_not_open": entry(
        "该草稿已提交审核、已生效或已作废，不能修改。",
        "请刷新页面查看最新状态。",
        "This draft was submitted, is in force or was discarded.",
        "Reload the page.",
    ),
    "draft_not_in_review": entry(
        "该草稿不在待审核状态。",
        "请刷新页面查看最新状态。",
        "This draft does not wait for a review.",
        "Reload the page.",
    ),
    "draft_changed": entry(
        "草稿已被修改，与页面不一致。",
        "请刷新页面，核对后再办理。",
        "The draft was changed; it is not the one on the page.",
        "Reload the page and look again.",
    ),
    "draft_not_simulated": entry(
        "草稿的影响测算尚未完成。",
        "测算通常很快完成，请稍后刷新页面。",
        "The effect of this draft is not computed yet.",
        "It is computed in a moment; reload the page.",
    ),
    "policy_superseded": entry(
        "{year} 年度已有新的版本生效（第 {version} 版）。",
        "请以现行版本为基础重新起草。",
        "Another version of {year} is in force meanwhile (number {version}).",
        "Begin a new draft from the version in force.",
    ),
    "policy_not_named": entry(
        "请指明要比较的政策。",
        "请选择草稿，或业务年度和版本。",
        "Say which policies to compare.",
        "Choose a draft, or a year and a version.",
    ),
    "layoff_formula_missing": entry(
        "没有该裁员率公式。", "请从公式列表选择。", "There is no such formula.", "Choose one from the list."
    ),
    "layoff_criterion_missing": entry(
        "草稿中没有编码为 layoff_rate 的条件。",
        "请先添加裁员率条件，再选择公式。",
        "The draft has no criterion with the code layoff_rate.",
        "Add it first, then choose the formula.",
    ),
}
_FAULTS = {
    "policy_name_unknown": entry(
        "{field}：没有名为“{name}”的数据项、参数或选项。",
        "参数以 $ 开头，选项以 ' 开头；请核对拼写。",
        "{field}: there is no fact, parameter or word “{name}”.",
        "Parameters begin with $, words with '; check the spelling.",
    ),
    "policy_expression_odd": entry(
        "{field}：“{expression}”不是表达式。",
        "表达式由整数、名称和以运算符开头的列表组成。",
        "{field}: “{expression}” is no expression.",
        "Use whole numbers, names, and lists that begin with an operator.",
    ),
    "policy_expression_too_long": entry(
        "{field}：表达式过长或嵌套过深（最多 {most} 项）。",
        "请拆分为多个条件。",
        "{field}: the expression is too long or too deep (at most {most} parts).",
        "Split it into several criteria.",
    ),
    "policy_operation_unknown": entry(
        "{field}：没有带 {operands} 个操作数的运算“{operation}”。",
        "可用：+ - * min div_half_up if in < <= == >= >。",
        "{field}: there is no operation “{operation}” of {operands} operands.",
        "There are + - * min div_half_up if in < <= == >= >.",
    ),
    "policy_not_a_number": entry(
        "{field}：“{expression}”不是数值。",
        "此处应为可计算的数值。",
        "{field}: “{expression}” is no number.",
        "A number is needed here.",
    ),
    "policy_not_a_comparison": entry(
        "{field}：“{expression}”不是比较。",
        "条件应为比较（< <= == >= >）或 in。",
        "{field}: “{expression}” is no comparison.",
        "A criterion compares (< <= == >= >) or uses in.",
    ),
    "policy_not_words": entry(
        "{field}：“{expression}”只能用于选项（如单位类型、企业规模）。",
        "请用 ' 开头的选项，或改用数值比较。",
        "{field}: “{expression}” is for words only, such as the unit type.",
        "Use words that begin with ', or compare numbers.",
    ),
    "policy_overflows": entry(
        "{field}：“{expression}”的结果可能超出 64 位整数。",
        "请减小乘数或改变计算次序。",
        "{field}: “{expression}” could leave 64 bits.",
        "Use smaller factors, or another order.",
    ),
    "policy_bit_out_of_range": entry(
        "条件 {criterion} 的位号 {bit} 不在 0 至 30 之间。",
        "请改用未使用的位号。",
        "Bit {bit} of the criterion {criterion} is not within 0 to 30.",
        "Use a free one.",
    ),
    "policy_mark_repeated": entry(
        "条件 {criterion}（位号 {bit}）的编码或位号重复。",
        "每个条件的编码和位号应各不相同。",
        "The code or the bit of the criterion {criterion} (bit {bit}) is used twice.",
        "Every criterion has its own.",
    ),
    "policy_bit_reused": entry(
        "位号 {bit} 一直用于条件 {earlier}，不能用于 {criterion}。",
        "请改用从未使用过的位号。",
        "Bit {bit} has always been that of {earlier}; {criterion} cannot have it.",
        "Use one that was never used.",
    ),
    "policy_parameter_misnamed": entry(
        "参数名“{name}”不可用。",
        "请用小写字母、数字和下划线，且不与数据项同名。",
        "“{name}” cannot be the name of a parameter.",
        "Use small letters, digits and underscores, and no name of a fact.",
    ),
    "policy_parameter_negative": entry(
        "参数 {name} 不能为负数。",
        "请改为零或正整数。",
        "The parameter {name} is negative.",
        "Use zero or a positive number.",
    ),
    "policy_override_unknown": entry(
        "地区 {region} 调整了不存在的参数“{name}”。",
        "请先添加该参数，或删除该调整。",
        "Region {region} overrides “{name}”, which is no parameter.",
        "Add the parameter, or remove the override.",
    ),
    "policy_text_name_unknown": entry(
        "{field}：文字中的 {{{name}}} 没有对应的数值。",
        "请核对花括号中的名称。",
        "{field}: nothing can be put in for {{{name}}}.",
        "Check the name in braces.",
    ),
    "policy_text_broken": entry(
        "{field}：花括号不成对或写法有误：{text}",
        "正确写法如 {{base:yuan}}、{{ratio:percent}}、{{min_months}}。",
        "{field}: braces are open or wrong: {text}",
        "Write {{base:yuan}}, {{ratio:percent}} or {{min_months}}.",
    ),
}
PROBLEMS: dict[str, Entry] = {**_REVIEW, **_FAULTS}
