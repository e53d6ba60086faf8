"""The home page, the pop-up, messages, and what is done."""

from flask import Response, make_response, render_template, session

from gateway.bus import ask
from gateway.portals.employer.blueprint import pages
from gateway.portals.employer.eligibility import without_refund
from services.contracts.archive import ListSlips
from services.contracts.identity.accounts import GetEmployer
from services.contracts.notify import ListPrompts, PromptView
from services.contracts.subsidy.confirmation import ListRefunds, ListTodos, RefundState
from services.contracts.subsidy.notice import ListNotices
from services.contracts.subsidy.policy import ListPolicies


@pages.get("/")
def home() -> str:
    """Show what waits, what is under way, what is done; the pop-up comes once for each sign-in."""
    refunds = ask(ListRefunds()).refunds
    prompts = _open_prompts()
    return render_template(
        "employer/home.html",
        refunds=refunds,
        unit_name=refunds[0].unit_name if refunds else ask(GetEmployer()).unit_name,
        todos=ask(ListTodos()).todos,
        under_way=[refund for refund in refunds if refund.state is RefundState.APPROVED],
        done=[refund for refund in refunds if refund.choice],
        unexplained=without_refund(refunds),
        prompts=prompts,
        popup=prompts[0] if prompts and session.pop("welcome", False) else None,
        notices=ask(ListNotices(limit=5)).notices,
        policies=ask(ListPolicies(limit=3)).policies,
    )


@pages.get("/popup")
def popup() -> Response:
    """Return the pop-up alone, for a page that has just heard a nudge; 204 when nothing is open."""
    prompts = _open_prompts()
    if not prompts:
        return make_response("", 204)
    return make_response(render_template("employer/popup.html", popup=prompts[0]))


@pages.get("/messages")
def messages() -> str:
    """Show all prompts, the open ones first."""
    return render_template("employer/messages.html", prompts=ask(ListPrompts()).prompts)


@pages.get("/refunds")
def refunds() -> str:
    """List the refunds of all years."""
    return render_template("employer/refunds.html", refunds=ask(ListRefunds()).refunds)


@pages.get("/done")
def done() -> str:
    """Show what was submitted, with every slip."""
    answered = [refund for refund in ask(ListRefunds()).refunds if refund.choice]
    slips = {refund.refund_id: ask(ListSlips(refund_id=refund.refund_id)).slips for refund in answered}
    return render_template("employer/done.html", refunds=answered, slips=slips)


def _open_prompts() -> tuple[PromptView, ...]:
    return tuple(prompt for prompt in ask(ListPrompts(open_only=True)).prompts if not prompt.done_at)
