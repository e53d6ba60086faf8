"""The heavy load of notify, in a process of its own: hundreds of thousands of prompts at once."""

from services.chassis import frames as frames  # Polars takes a second to load: before the first approval
from services.chassis.worker import Worker, event, every
from services.contracts.subsidy.approval import RefundsApproved
from services.notify.prompts import handlers as prompts
from services.notify.prompts import jobs as prompt_jobs


class NotifyWorker(Worker):
    """Prompts of a batch, and then their SMS; codes and security notices never wait behind them."""

    name = "notify-worker"

    on_refunds_approved = event(RefundsApproved, prompts.on_refunds_approved, queue_of="notify")
    tell_by_sms = every(1.0, prompt_jobs.tell_by_sms)
