"""A draft as a form and back: a draft becomes fields by name, fields become the body of a draft.

Lists are numbered: `c.2.zh` are the Chinese words of the third criterion. One row more than there are is
shown; a row without its key (region code, criterion code, heading) is none. `….remove` takes a row away.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gateway import expressions, parameters
from gateway.forms import InvalidForm
from services.contracts.subsidy.policy import PolicyBody

RULES = ("layoff_rate", "ratio", "amount")
PLAIN = ("base_year", "title_zh", "title_en", "deadline", "statement_title")

Fields = Mapping[str, str]


def fields_of(body: PolicyBody) -> dict[str, str]:
    """Return what a draft says, by the names of the form."""
    found = {name: str(getattr(body, name)) for name in PLAIN}
    found["documents"] = "\n".join(body.documents)
    found |= {f"rule.{name}": expressions.text_of(getattr(body, name)) for name in RULES}
    found |= {f"p.{name}": parameters.plain(name, value) for name, value in body.parameters.items()}
    for row, (region, changed) in enumerate(sorted(body.region_overrides.items())):
        found[f"r.{row}.code"] = region
        found |= {f"r.{row}.{name}": parameters.plain(name, value) for name, value in changed.items()}
    for row, one in enumerate(body.criteria):
        told = {"code": one.code, "bit": str(one.bit), "clause": one.clause, "zh": one.zh, "en": one.en}
        told["expression"] = expressions.text_of(one.expression)
        found |= {f"c.{row}.{name}": text for name, text in told.items()}
    for row, section in enumerate(body.statement_sections):
        found[f"s.{row}.heading"] = section.heading
        found[f"s.{row}.paragraphs"] = "\n".join(section.paragraphs)
    return found


def rows_of(kind: str, fields: Fields) -> list[int]:
    """Return the numbers of the rows of a list that say something, and of one more."""
    names = (re.fullmatch(kind + r"\.(\d{1,3})\.\w+", name) for name in fields)
    rows = {int(found[1]) for found in names if found}
    return [*sorted(row for row in rows if _says(kind, row, fields)), max(rows, default=-1) + 1]


def body_of(fields: Fields) -> PolicyBody:
    """Read the form; InvalidForm names the fields that are not right."""
    faults = _without_key(fields)
    data: dict[str, Any] = {name: fields.get(name, "").strip() for name in PLAIN}
    data["documents"] = _lines(fields.get("documents", ""))
    data |= {name: _expression(f"rule.{name}", fields, faults) for name in RULES}
    data["parameters"] = _parameters("p.", fields, faults)
    data["region_overrides"] = {
        fields[f"r.{row}.code"].strip(): _parameters(f"r.{row}.", fields, faults)
        for row in _kept("r", fields)
    }
    data["criteria"] = [_criterion(row, fields, faults) for row in _kept("c", fields)]
    data["statement_sections"] = [
        {
            "heading": fields[f"s.{row}.heading"].strip(),
            "paragraphs": _lines(fields.get(f"s.{row}.paragraphs", "")),
        }
        for row in _kept("s", fields)
    ]
    try:
        body = PolicyBody.model_validate(data)
    except ValidationError as error:
        faults += [_field(each["loc"], fields) for each in error.errors()]
    if faults:
        raise InvalidForm(dict.fromkeys(faults))
    return body


def _key(kind: str, row: int, fields: Fields) -> str:
    name = "heading" if kind == "s" else "code"
    return fields.get(f"{kind}.{row}.{name}", "").strip()


def _kept(kind: str, fields: Fields) -> list[int]:
    return [
        row
        for row in rows_of(kind, fields)
        if _key(kind, row, fields) and not fields.get(f"{kind}.{row}.remove")
    ]


def _says(kind: str, row: int, fields: Fields) -> bool:
    """Was anything typed into a row? A number that is suggested, or the tick to remove it, is not."""
    prefix, idle = f"{kind}.{row}.", (f"{kind}.{row}.bit", f"{kind}.{row}.remove")
    return any(text.strip() for name, text in fields.items() if name.startswith(prefix) and name not in idle)


def _without_key(fields: Fields) -> list[str]:
    """Return the keys that are missing in rows that say something, and those that come twice."""
    faults, seen = [], set()
    for kind in "rcs":
        for row in rows_of(kind, fields)[:-1]:
            key = _key(kind, row, fields)
            if not key or (kind != "s" and (kind, key) in seen):
                faults.append(f"{kind}.{row}.{'heading' if kind == 's' else 'code'}")
            if not fields.get(f"{kind}.{row}.remove"):
                seen.add((kind, key))
    return faults


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parameters(prefix: str, fields: Fields, faults: list[str]) -> dict[str, int]:
    found = {}
    for field, text in fields.items():
        name = field.removeprefix(prefix)
        if not field.startswith(prefix) or name in ("code", "remove") or not (text.strip() or prefix == "p."):
            continue
        try:
            found[name] = parameters.read(name, text, field)
        except InvalidForm:
            faults.append(field)
    return found


def _expression(field: str, fields: Fields, faults: list[str]) -> Any:
    try:
        return json.loads(fields.get(field, ""))
    except (ValueError, RecursionError):
        faults.append(field)
        return 0


def _criterion(row: int, fields: Fields, faults: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: fields.get(f"c.{row}.{name}", "").strip() for name in ("code", "bit", "clause", "zh", "en")
    }
    return {**told, "expression": _expression(f"c.{row}.expression", fields, faults)}


def _field(loc: tuple[int | str, ...], fields: Fields) -> str:
    """Return the field that a fault of the body is about."""
    head = str(loc[0])
    if head == "parameters" and len(loc) > 1:
        return f"p.{loc[1]}"
    if head == "region_overrides" and len(loc) > 1:
        rows = [row for row in _kept("r", fields) if _key("r", row, fields) == loc[1]]
        last = "code" if loc[-1] == "[key]" else str(loc[-1])
        return f"r.{rows[0]}.{last}" if rows else "documents"
    if head in ("criteria", "statement_sections") and len(loc) > 2:
        kind = head[0]
        return f"{kind}.{_kept(kind, fields)[int(loc[1])]}.{loc[2]}"
    return {"criteria": "c.0.code", "statement_sections": "s.0.heading"}.get(head, head)
