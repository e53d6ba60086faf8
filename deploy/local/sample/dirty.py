"""Lines as they come in real files: broken, so refused. Each names its line, its field and what is wrong."""

from dataclasses import dataclass

from deploy.local.sample.codes import credit_code
from deploy.local.sample.showcase import THE_EMPLOYER, WITH_BOOKS_IN_DISORDER


@dataclass(frozen=True)
class DirtyLine:
    """A line that an import has to reject. `line` counts from 1, the header is line 1; `field` is a header
    name, or empty where the line as a whole is wrong."""

    line: int
    text: str
    field: str
    wrong: str


def dirty_employers() -> tuple[DirtyLine, ...]:
    """Return the dirty lines of employers.csv."""
    good_code = credit_code(unit_type="企业", region="410181", body="H0000901")
    name, rest = (
        "巩义市坏行五金有限公司",
        "制造业,小型,410181,8,否,否,户名,26370710901,中国银行,周平,19903700901",
    )
    return (
        DirtyLine(
            line=4,
            text=f"410181000901,91410181H00009019X,{name},企业,{rest}",
            field="统一社会信用代码",
            wrong="the check digit",
        ),
        DirtyLine(
            line=8,
            text=f"410181000902,{good_code},{name},国营,{rest}",
            field="单位类型",
            wrong="there is no such unit type",
        ),
        DirtyLine(
            line=12,
            text=f"{THE_EMPLOYER},91410181170508042W,{name},企业,{rest}",
            field="单位编号",
            wrong="the second line of a unit",
        ),
    )


def dirty_contributions(programme_year: int) -> tuple[DirtyLine, ...]:
    """Return the dirty lines of contributions.csv: four months of one unit, and one that comes twice."""
    unit, year = WITH_BOOKS_IN_DISORDER, programme_year - 2
    return (
        DirtyLine(5, f"{unit},{year}13,12,600.00,600.00,0.00,0", "费款所属期", "there is no month 13"),
        DirtyLine(9, f"{unit},{year}02,12,600.00,-600.00,0.00,0", "实缴金额", "negative"),
        DirtyLine(14, f"{unit},{year}03,12,600.00,600.005,0.00,0", "实缴金额", "three decimals"),
        DirtyLine(20, f"{unit},{year}04,12,600.00,600.00", "", "two columns are missing"),
        DirtyLine(40, f"{THE_EMPLOYER},{year}01,1180,1.00,1.00,0.00,0", "单位编号 费款所属期", "twice"),
    )
