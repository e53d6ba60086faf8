"""Whose account it is, told by its name; and which of two changes is the later one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Refused
from services.contracts.values import UnitType
from services.subsidy.bank_accounts.domain import one_line, require_own_name
from services.subsidy.registry.domain import AccountChange, Unit

AT = datetime(2023, 9, 14, 1, tzinfo=UTC)
UNIT = Unit(
    unit_no="410181000327",
    credit_code="91410181170508042W",
    unit_name="恒远（河南）精密制造有限公司",
    unit_type=UnitType.ENTERPRISE,
    size_class=None,
    industry=None,
    region="410181",
    headcount=None,
    labour_dispatch=False,
    audit_findings=False,
    account_name=None,
    account=None,
    bank=None,
    contact=None,
    phone=None,
)
CHANGE = AccountChange(
    id=UUID(int=1),
    unit_no=UNIT.unit_no,
    credit_code=UNIT.credit_code,
    account_name=UNIT.unit_name,
    account="263707101046",
    bank="中国银行",
    by="ada",
    by_name="王喆",
    channel="portal",
    address="",
    message_id="m",
    at=AT,
)
NARROW = str.maketrans("（）", "()")
BLANKS = st.text(alphabet=" \u3000\t\n", max_size=3)


@given(st.lists(BLANKS, min_size=15, max_size=15), st.booleans())
def test_blanks_and_the_width_of_brackets_make_no_other_name(blanks, is_narrow):
    name = "".join(blank + character for blank, character in zip(blanks, UNIT.unit_name, strict=False))
    require_own_name(account_name=name.translate(NARROW) if is_narrow else name, unit=UNIT)
    require_own_name(account_name=one_line(name), unit=UNIT)


@given(st.text(max_size=40))
def test_any_other_name_is_a_strangers(name):
    if "".join(name.split()).translate(NARROW) == UNIT.unit_name.translate(NARROW):
        return
    with pytest.raises(Refused, match="account_name_differs"):
        require_own_name(account_name=name, unit=UNIT)


@pytest.mark.parametrize(
    "name", ["", "恒远[河南]精密制造有限公司", "恒远河南精密制造有限公司", "恒远（河南）精密制造"]
)
def test_what_is_left_out_or_put_in_counts(name):
    with pytest.raises(Refused, match="account_name_differs"):
        require_own_name(account_name=name, unit=UNIT)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=20))
def test_a_later_change_is_later_whatever_the_clocks_say(seconds):
    last = None
    for number, offset in enumerate(seconds):
        change = replace(CHANGE, id=UUID(int=number), at=AT + timedelta(seconds=offset)).after(last)
        assert last is None or change.at > last.at
        assert change.at >= AT + timedelta(seconds=offset)
        last = change


def test_an_account_is_not_in_what_is_printed_of_a_change():
    assert CHANGE.account not in repr(CHANGE)
