"""人员管理: an administrator makes and keeps the accounts of clerks; an auditor looks on."""

from collections.abc import Iterator
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address, from_path
from services.contracts.errors import Missing
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ClerkView,
    DisableClerk,
    EnableClerk,
    ListClerks,
    ResetClerk,
)
from services.contracts.identity.sessions import EndSession, ListSessions
from services.contracts.values import Post

LONGEST_FIND = 60
A_PAGE = 200


@pages.get("/staff")
def staff() -> Response:
    """List the clerks of one's region, by the search of the address."""
    find = request.args.get("find", "").strip()[:LONGEST_FIND]
    return show("clerk/staff.html", page=ask(from_address(ListClerks, find=find)), find=find)


@pages.route("/staff/new", methods=["GET", "POST"])
def new_clerk() -> Response:
    """Make an account; its first password is shown in this answer, and nowhere else."""
    if request.method == "GET":
        return _show_new()
    try:
        made = ask(filled(AddClerk, posts=request.form.getlist("posts")))
    except FAULTS as error:
        return _show_new(error)
    return show("clerk/initial_password.html", made=made)


@pages.get("/staff/accounts/<string:account>")
def clerk_page(account: str) -> Response:
    """Show a clerk with its sign-ins, and what can be changed."""
    return _show(account)


@pages.post("/staff/accounts/<string:account>")
def change_clerk(account: str) -> Response:
    """Give another name, other posts, another region."""
    try:
        ask(filled(ChangeClerk, account=account, posts=request.form.getlist("posts")))
    except FAULTS as error:
        return _show(account, error)
    return _changed(account, gettext("已保存，最迟 60 秒内在各处生效。"))


@pages.post("/staff/accounts/<string:account>/disable")
def disable_clerk(account: str) -> Response:
    """Close the account; its sign-ins end."""
    try:
        ask(filled(DisableClerk, account=account))
    except FAULTS as error:
        return _show(account, error)
    return _changed(account, gettext("账号已停用，最迟 60 秒内在各处下线。"))


@pages.post("/staff/accounts/<string:account>/enable")
def enable_clerk(account: str) -> Response:
    """Open the account again."""
    try:
        ask(filled(EnableClerk, account=account))
    except FAULTS as error:
        return _show(account, error)
    return _changed(account, gettext("账号已启用。"))


@pages.post("/staff/accounts/<string:account>/reset")
def reset_clerk(account: str) -> Response:
    """Make a first password anew; it is shown in this answer, and nowhere else."""
    try:
        made = ask(filled(ResetClerk, account=account))
    except FAULTS as error:
        return _show(account, error)
    return show("clerk/initial_password.html", made=made)


@pages.post("/staff/accounts/<string:account>/sign-ins/<uuid:session_id>/end")
def end_sign_in(account: str, session_id: UUID) -> Response:
    """强制下线."""
    try:
        ask(filled(EndSession, session_id=session_id))
    except FAULTS as error:
        return _show(account, error)
    return _changed(account, gettext("该登录已结束，最迟 60 秒内在各处失效。"))


def _changed(account: str, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for(".clerk_page", account=account), 303)


def _show_new(error: Exception | None = None) -> Response:
    return show("clerk/new_clerk.html", error, posts=tuple(Post))


def _show(account: str, error: Exception | None = None) -> Response:
    return show(
        "clerk/clerk.html",
        error,
        clerk=_find(account),
        sign_ins=ask(from_path(ListSessions, clerk=account)).sessions,
        is_own=g.actor.id == f"clerk:{account}",
        posts=tuple(Post),
    )


def _find(account: str) -> ClerkView:
    found = next((clerk for clerk in _matching(account) if clerk.account == account), None)
    if found is None:
        raise Missing("clerk_missing", "there is no such account in this region")
    return found


def _matching(account: str) -> Iterator[ClerkView]:
    """Yield the clerks whose account or name holds this text."""
    query = ListClerks(find=account[:LONGEST_FIND], limit=A_PAGE)
    while True:
        page = ask(query)
        yield from page.clerks
        if page.next_after is None:
            return
        query = query.model_copy(update={"after": page.next_after})
