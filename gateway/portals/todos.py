"""待办区: submit (finished at once), look at, delete. For employers, and for clerks at the counter."""

from collections import Counter

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway import words
from gateway.bus import ask
from gateway.forms import FAULTS, filled, show
from services.contracts.subsidy.confirmation import DeleteTodos, ListTodos, SubmissionView, SubmitTodos


def add_to(pages: Blueprint) -> None:
    """Give a portal these pages."""
    pages.get("/todos")(todos)
    pages.post("/todos")(handle_todos)


def todos() -> Response:
    """List what waits; after a submission its outcome, once (温馨提示)."""
    return _show()


def handle_todos() -> Response:
    """Submit or delete what is ticked."""
    chosen = tuple(request.form.getlist("todo_ids"))
    try:
        if request.form.get("action") == "delete":
            ask(filled(DeleteTodos, todo_ids=chosen))
            flash(gettext("已删除所选事项。如需办理，可重新确认并保存。"), "success")
        else:
            session["outcome"] = _told(ask(filled(SubmitTodos, todo_ids=chosen)))
    except FAULTS as error:
        return _show(error)
    return redirect(url_for(".todos"), 303)


def _show(error: Exception | None = None) -> Response:
    found = ask(ListTodos()).todos
    return show("confirmation/todos.html", error, todos=found, outcome=session.pop("outcome", None))


def _told(submission: SubmissionView) -> dict[str, object]:
    """Return the counts, and for each reason of a failure how often and what to do: it fits a cookie."""
    codes = Counter(item.code or "unexpected" for item in submission.items if not item.succeeded)
    reasons = [(number, " ".join(words.of(code))) for code, number in codes.items()]
    return {
        "submitted": submission.submitted,
        "succeeded": submission.succeeded,
        "failed": submission.failed,
        "reasons": reasons,
    }
