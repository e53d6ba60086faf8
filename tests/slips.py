"""The slip of the manual's employer, for tests."""

from datetime import UTC, date, datetime

from services.archive.slips.domain import Facts
from services.contracts.values import Choice, SizeClass, UnitType
from tests.people import CODE

DOCUMENTS = ("国办发〔2023〕11号", "豫政办〔2023〕29号", "豫人社办〔2023〕71号", "人社部发〔2019〕23号")

FACTS = Facts(
    refund_id="018a91b2-7c40-7000-8000-000000000001",
    revision=1,
    number="WGFH-2023-410181000327",
    choice=Choice.CONFIRMED,
    programme_year=2023,
    base_year=2022,
    documents=DOCUMENTS,
    deadline=date(2023, 12, 31),
    employer=CODE,
    unit_no="410181000327",
    unit_name="巩义市恒远精密制造有限公司",
    unit_type=UnitType.ENTERPRISE,
    size_class=SizeClass.LARGE,
    layoff_rate=0,
    base=79045717,
    ratio=3000,
    amount=23713715,
    account_name="巩义市恒远精密制造有限公司",
    account="263707101046",
    bank="中国银行",
    handler="张敏",
    answered_at=datetime(2023, 9, 14, 2, 30, tzinfo=UTC),
)
