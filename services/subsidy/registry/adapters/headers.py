"""Which column of a file is which of ours: by its name, by other names in use, or as a clerk said."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from services.subsidy.registry.adapters.blocks import Unreadable, Wanted
from services.subsidy.registry.adapters.columns import Layout

MOST_SHOWN = 100
WITHIN = 10  # rows among which the header is looked for: titles may stand above it
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "单位编号": ("单位代码", "单位号", "社保编号", "社保单位编号", "单位社保编号", "参保单位编号"),
    "统一社会信用代码": ("社会信用代码", "统一信用代码", "信用代码", "纳税人识别号", "税号"),
    "单位名称": ("企业名称", "公司名称", "参保单位名称", "用人单位名称", "单位全称", "名称"),
    "单位类型": ("单位性质", "企业类型", "单位类别", "类型"),
    "行业": ("所属行业", "行业名称", "行业类别", "国民经济行业"),
    "企业规模": ("单位规模", "企业划型", "规模类型", "规模"),
    "行政区划": ("行政区划代码", "区划代码", "所属区划", "行政区"),
    "参保人数": ("失业保险参保人数", "参保职工人数", "险种人数", "缴费人数", "职工人数", "人数"),
    "劳务派遣": ("是否劳务派遣", "劳务派遣单位", "是否劳务派遣单位", "劳务派遣企业", "是否劳务派遣企业"),
    "审计整改": ("是否审计整改", "审计待整改", "审计问题未整改", "是否审计问题未整改"),
    "户名": ("银行户名", "账户名称", "账户名", "开户名称", "收款户名"),
    "银行账号": ("银行帐号", "账号", "帐号", "银行账户", "开户账号", "收款账号"),
    "开户行": ("开户银行", "开户行名称", "银行名称", "收款银行"),
    "联系人": ("联系人姓名", "经办人", "经办人姓名"),
    "联系电话": ("联系人电话", "手机号码", "手机号", "手机", "电话", "经办人电话"),
    "费款所属期": ("所属期", "费款期", "所属年月", "缴费年月", "缴费月份", "年月", "月份"),
    "应缴金额": ("应缴费额", "应缴额", "应缴费", "应缴"),
    "实缴金额": ("实缴费额", "实缴额", "实缴费", "实缴", "到账金额"),
    "补缴金额": ("补缴费额", "补缴额", "补缴费", "补缴"),
    "免责减员人数": ("免责减员", "合理减员人数", "不计入裁员人数", "豁免减员人数"),
    "列入日期": ("列入时间", "列入名单日期", "认定日期"),
}


def folded(name: str) -> str:
    """Return a name without what makes no difference: widths, blanks, remarks in brackets, marks."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|[\s*:\"'\ufeff]", "", plain)


def labelled(names: Sequence[str]) -> list[str]:
    """Return names that can be told apart: one for each column, also where the file has none or one twice."""
    given = [name[:MOST_SHOWN] or f"第{place}列" for place, name in enumerate(names, 1)]
    seen: Counter[str] = Counter()
    labels: list[str] = []
    for name in given:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return labels


def guess(names: Sequence[str], layout: Layout) -> dict[str, str]:
    """Return our header → label of the file's column: exact names first, then synonyms, each column once."""
    labels = labelled(names)
    found = {header: header for header in layout.headers if header in labels}
    free = {folded(label): label for label in reversed(labels) if label not in found.values()}
    for header in layout.headers:
        words = [folded(word) for word in (header, *SYNONYMS.get(header, ()))]
        label = next((free[word] for word in words if word in free), None)
        if header not in found and label is not None:
            found[header] = label
            del free[folded(label)]
    return {header: found[header] for header in layout.headers if header in found}


def fit(names: Sequence[str], layout: Layout) -> tuple[bool, int]:
    """Say how well a row would do as the header: are all names there, and how many can be guessed?"""
    return set(layout.expected) <= set(names), len(guess(names, layout))


def exact(names: Sequence[str], layout: Layout) -> Wanted:
    """Return the places of our headers, None where one may be absent; Unreadable when another is missing, or
    one stands there twice."""
    if missing := [header for header in layout.expected if header not in names]:
        raise Unreadable("missing_column", columns="、".join(missing))
    if repeated := [header for header in layout.headers if list(names).count(header) > 1]:
        raise Unreadable("repeated_column", columns="、".join(repeated))
    return {header: names.index(header) if header in names else None for header in layout.headers}


def mapped(names: Sequence[str], layout: Layout, mapping: Mapping[str, str]) -> Wanted:
    """Return the places of our headers as a clerk said; None for what the file does not have."""
    labels = labelled(names)
    return {header: labels.index(mapping[header]) if header in mapping else None for header in layout.headers}


def can_be_mapped(names: Sequence[str], layout: Layout) -> bool:
    """Are there columns enough for all that we need?"""
    return not set(layout.expected) <= set(names) and len(names) >= len(layout.needed)
