"""Small provinces as clerks would send them."""

from services.chassis.ids import new_id
from services.contracts.subsidy.registry import GetImport, ImportReceived, ImportView, ReceiveImport
from tests.people import APPROVER

EMPLOYERS = (
    "单位编号,统一社会信用代码,单位名称,单位类型,行业,企业规模,行政区划,参保人数,劳务派遣,审计整改,"
    "户名,银行账号,开户行,联系人,联系电话"
)
CONTRIBUTIONS = "单位编号,费款所属期,参保人数,应缴金额,实缴金额,补缴金额,免责减员人数"
LISTED = "统一社会信用代码,单位名称,列入日期"
CODE = "91410181170508042W"
MONTHS = [f"{year}{month:02}" for year in (2021, 2022) for month in range(1, 13)]


def unit_no(serial: int, region: str = "410181") -> str:
    """Return the number of a unit."""
    return f"{region}{serial:06}"


def employer(serial: int, *, region: str = "410181", people: int | str = 12, **changes: str) -> str:
    """Return a line of employers.csv; changes by header."""
    values = [
        unit_no(serial, region),
        CODE,
        f"第{serial}号有限公司",
        "企业",
        "制造业",
        "大型",
        region,
        str(people),
    ]
    values += ["否", "否", "张三", f"6227{serial:08}", "中国银行", "张三", f"138{serial:08}"]
    record = {**dict(zip(EMPLOYERS.split(","), values, strict=True)), **changes}
    return ",".join(record.values())


def employers(count: int, *, people: int = 10) -> list[str]:
    """Return employers.csv with units 1 … count."""
    return [EMPLOYERS, *(employer(serial, people=people + serial) for serial in range(1, count + 1))]


def months_of(serial: int, *, region: str = "410181", fen: int = 100_00, people: int = 12) -> list[str]:
    """Return 24 lines of contributions.csv, each paid in full; `fen` a month."""
    amount = f"{fen // 100}.{fen % 100:02}"
    number = unit_no(serial, region)
    return [f"{number},{month},{people},{amount},{amount},0,0" for month in MONTHS]


def months(count: int) -> list[str]:
    """Return contributions.csv of units 1 … count."""
    return [CONTRIBUTIONS, *(line for serial in range(1, count + 1) for line in months_of(serial))]


def receive(world, kind, content, by=APPROVER) -> ImportView:
    """Hand in a file: bytes, or lines to be written in GB18030."""
    body = content if isinstance(content, bytes) else "\r\n".join(content).encode("gb18030")
    command = ReceiveImport(
        id=new_id(), kind=kind, filename=f"{kind}.csv", blob=world.blobs.put("uploads", body)
    )
    return world.ask(command, by=by)


def load(world, kind, content) -> ImportView:
    """Hand in a file and let the worker load it."""
    view = receive(world, kind, content)
    world.work("subsidy", ImportReceived(at=world.now, import_id=view.import_id))
    return world.ask(GetImport(import_id=view.import_id), by=APPROVER)
