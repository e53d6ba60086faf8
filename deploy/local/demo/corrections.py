"""A corrected version of employers.csv, as the clerk sends it after reading the rejects."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.sample.codes import credit_code
from deploy.local.sample.dirty import DirtyLine
from deploy.local.sample.files import FilledFile

WITHOUT_ACCOUNT, WITHOUT_SIZE, GONE = "410181000467", "410181000441", "410181000462"
PUT_RIGHT = ("410181000901", "410181000902")  # whose lines were rejected


@dataclass(frozen=True)
class Correction:
    """The file, and what is different about it by unit number."""

    file: FilledFile
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def corrected_employers(file: FilledFile) -> Correction:
    """Put the dirty lines right, add a bank account and a size class, leave out a unit that has closed.

    One dirty line only repeated a unit: it goes.
    """
    path = file.path.with_name("employers-corrected.csv")
    lines = file.path.read_bytes().decode("gb18030").splitlines()
    dirty = {line.line: line for line in file.dirty}
    kept = [_correct(text, dirty.get(number)) for number, text in enumerate(lines, 1)]
    text = "\r\n".join(line for line in kept if line is not None) + "\r\n"
    path.write_bytes(text.encode("gb18030"))
    good = FilledFile(kind=file.kind, path=Path(path), accepted=file.accepted + len(PUT_RIGHT) - 1, dirty=())
    return Correction(good, PUT_RIGHT, tuple(sorted((WITHOUT_ACCOUNT, WITHOUT_SIZE))), (GONE,))


def _correct(text: str, dirty: DirtyLine | None) -> str | None:
    """Return the line as it has to be; None: it goes."""
    cells = text.split(",")
    unit_no = cells[0]
    if dirty and unit_no not in PUT_RIGHT:
        return None
    if unit_no in PUT_RIGHT:
        cells[1] = credit_code(unit_type="企业", region="410181", body=f"H0{unit_no[6:]}")
        cells[3] = "企业"
    elif unit_no == WITHOUT_ACCOUNT:
        cells[10:13] = [cells[2], "26370710467", "中国银行"]
    elif unit_no == WITHOUT_SIZE:
        cells[5] = "小型"
    elif unit_no == GONE:
        return None
    return ",".join(cells)
