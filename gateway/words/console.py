"""What only the console can find missing."""

from gateway.words.entries import Entry
from gateway.words.entries import entry as _entry

PROBLEMS: dict[str, Entry] = {
    "maintenance_missing": _entry(
        "没有该信用代码维护。",
        "请从维护列表进入。",
        "There is no such maintenance.",
        "Start from the list.",
    ),
    "clerk_missing": _entry(
        "本辖区没有该账号。",
        "请从人员列表进入；其他地区的账号由当地管理人员办理。",
        "There is no such account in your region.",
        "Start from the list; accounts of other regions are kept there.",
    ),
    "authority_missing": _entry(
        "没有该数字证书机构。",
        "请从机构列表进入。",
        "There is no such certificate authority.",
        "Start from the list.",
    ),
}
