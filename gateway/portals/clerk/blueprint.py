"""The blueprint of the clerk console (经办端) and its menu."""

from typing import NamedTuple

from flask import Blueprint, g
from flask_babel import lazy_gettext as _l

from services.contracts.values import Post

pages = Blueprint("clerk", __name__, url_prefix="/clerk")


class Entry(NamedTuple):
    """A line of the menu, shown to clerks who can do something there. The services decide, not the menu."""

    endpoint: str
    title: object
    icon: str
    posts: frozenset[str]


COUNTER = frozenset({Post.RECEPTION})
READERS = {Post.APPROVER, Post.REVIEWER, Post.NOTICE, Post.PAYMENT, Post.AUDITOR}
# Who may look up a unit, and so call those that lack something.
CALLERS = COUNTER | {Post.APPROVER, Post.REVIEWER, Post.AUDITOR}
# Who reads drafts of policies and asks what they would do.
DRAFTERS = frozenset({Post.APPROVER, Post.REVIEWER, Post.AUDITOR})
KEEPERS = frozenset({Post.ADMINISTRATOR, Post.AUDITOR})

MENU = (
    Entry("clerk.home", _l("工作台"), "speedometer2", frozenset(Post)),
    Entry("clerk.imports", _l("数据导入"), "cloud-upload", frozenset({Post.APPROVER, Post.AUDITOR})),
    Entry("clerk.policies", _l("政策"), "journal-text", frozenset(Post)),
    Entry("clerk.simulation", _l("政策测算"), "calculator", DRAFTERS),
    Entry("clerk.screenings", _l("资格筛查"), "funnel", frozenset(READERS)),
    Entry("clerk.batches", _l("批量核定"), "check2-square", frozenset(READERS)),
    Entry("clerk.notices", _l("公示管理"), "megaphone", frozenset({Post.NOTICE, Post.AUDITOR})),
    Entry("clerk.refunds", _l("大厅确认"), "person-workspace", COUNTER),
    Entry("clerk.todos", _l("待办区"), "list-check", COUNTER),
    Entry("clerk.maintenances", _l("信用代码维护"), "person-vcard", COUNTER | {Post.AUDITOR}),
    Entry("clerk.employers", _l("单位信息变更"), "building-gear", COUNTER),
    Entry("clerk.staff", _l("人员管理"), "people", KEEPERS),
    Entry("clerk.authorities", _l("数字证书机构"), "patch-check", KEEPERS),
    Entry("clerk.audit", _l("审计日志"), "journal-check", frozenset({Post.AUDITOR})),
)


@pages.context_processor
def menu() -> dict[str, object]:
    """Give the console its menu, and a word for what this clerk can do."""
    posts = g.actor.posts if g.get("actor") else frozenset()
    return {
        "menu": [entry for entry in MENU if entry.posts & posts],
        "can": lambda *names: bool(posts & set(names)),
        # Rules are made for a whole province.
        "drafts_policies": Post.APPROVER in posts and g.actor.region.endswith("0000"),
    }
