"""What a house needs so that people come with a UK: a CA, and three UKs for three employers of the sample."""

import json
import shutil
from pathlib import Path

from deploy.local.sample.showcase import showcase
from deploy.local.sample.units import Unit
from deploy.local.uk.authority_books import Books
from deploy.local.uk.pki import Algorithm
from deploy.local.uk.token import SoftwareToken, write_whole

UK_PIN = "123456"
UK_HOLDERS: dict[Algorithm, str] = {"rsa": "410181000415", "p256": "410181000423", "sm2": "410181000421"}
KINDS: dict[Algorithm, str] = {"rsa": "RSA-2048", "p256": "P-256", "sm2": "SM2"}
SIGNING = "sign"  # the certificate's name in its token
ANY_YEAR = 2023  # names and codes of the sample do not change


def provision(folder: Path, *, ca_url: str) -> list[Path]:
    """Make what is missing in a folder; return the files that tell whom to trust, roots first.

    authority/   the CA's books
    tokens/      a UK each
    trust/       an authority each, in the form of AddAuthority
    """
    books = Books.open(folder / "authority")
    for algorithm, unit in uk_units().items():
        _make_uk(folder / "tokens" / algorithm, books, algorithm, unit)
    (folder / "trust").mkdir(exist_ok=True)
    files = []
    for authority, order in books.trust_orders(ca_url).items():
        files.append(folder / "trust" / f"{authority}.json")
        write_whole(files[-1], json.dumps(order, indent=1))
    return files


def uk_units() -> dict[Algorithm, Unit]:
    """Return the employers that have a UK."""
    units = {shown.unit.unit_no: shown.unit for shown in showcase(ANY_YEAR)}
    return {algorithm: units[unit_no] for algorithm, unit_no in UK_HOLDERS.items()}


def _make_uk(folder: Path, books: Books, algorithm: Algorithm, unit: Unit) -> None:
    if (folder / "token.json").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)  # half of one, from a crash
    holder = books.issue(algorithm, credit_code=unit.credit_code, unit_name=unit.name)
    SoftwareToken.make(
        folder,
        label=f"稳岗开发测试 UK {KINDS[algorithm]}",
        serial_number=f"UK{unit.unit_no}",
        pin=UK_PIN,
        holders={SIGNING: holder},
    )
