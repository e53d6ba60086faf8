"""What is missing or odd about insured units. Pure."""

from dataclasses import dataclass, field

from services.contracts.subsidy.quality import FindingKind
from services.contracts.values import SizeClass, UnitType
from services.subsidy.registry.domain import SizeFrom, Unit
from services.subsidy.size_classes.domain import Standard

EMPLOYERS_OF_A_PHONE = 20  # an agent answers for several employers; for more than these it is worth a look
JUMP_FACTOR, JUMP_PEOPLE = 2, 10
USUAL_SHARE, USUAL_UNITS = 95, 100  # per cent in one province, of so many units at least, or nothing is usual

_NEEDED = {
    FindingKind.NO_ACCOUNT: "account",
    FindingKind.NO_ACCOUNT_NAME: "account_name",
    FindingKind.NO_BANK: "bank",
    FindingKind.NO_CONTACT: "contact",
    FindingKind.NO_PHONE: "phone",
}


@dataclass(frozen=True)
class Finding:
    """A finding of a unit; `facts` hold nothing personal."""

    unit_no: str
    kind: FindingKind
    facts: dict[str, int | str] = field(default_factory=dict)


def findings_of(unit: Unit, standard: Standard) -> list[Finding]:
    """Return what is found by looking at a unit alone."""
    found = [Finding(unit.unit_no, kind) for kind, name in _NEEDED.items() if getattr(unit, name) is None]
    if unit.unit_type is UnitType.ENTERPRISE:
        if unit.size_class is None:
            found.append(Finding(unit.unit_no, FindingKind.NO_SIZE))
        elif told_by_file(unit) and (size := _by_standard(unit, standard)) not in (None, unit.size_class):
            facts: dict[str, int | str] = {"file": unit.size_class.value, "standard": str(size)}
            found.append(Finding(unit.unit_no, FindingKind.SIZE_DIFFERS, facts))
    return found


def told_by_file(unit: Unit) -> bool:
    """Does the size class come from the clerks' file?"""
    return unit.size_from is not SizeFrom.STANDARD


def _by_standard(unit: Unit, standard: Standard) -> SizeClass | None:
    industry = standard.industry_of(unit.industry)
    return standard.size_class_of(industry, unit.employees, unit.revenue, unit.assets)


def is_jump(before: int, now: int) -> bool:
    """Has a headcount at least doubled or halved, by ten people at least?"""
    smaller, larger = sorted((before, now))
    return larger >= JUMP_FACTOR * smaller and larger - smaller >= JUMP_PEOPLE


def usual_province(counts: dict[str, int]) -> str | None:
    """Return the first two digits of nearly all unit numbers; None: there is no such province."""
    total = sum(counts.values())
    if total < USUAL_UNITS:
        return None
    province, most = max(counts.items(), key=lambda each: each[1])
    return province if most * 100 >= USUAL_SHARE * total else None
