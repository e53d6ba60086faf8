"""Deletes what the mailboxes no longer need: sent events, and the memory of old messages."""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis.clock import utc_now
from services.chassis.schema import inbox, outbox
from services.chassis.unit_of_work import Job

BATCH = 500  # short transactions: nobody waits long behind one


def sweep_mailboxes(job: Job) -> None:
    """Delete in small batches until nothing old is left. Mailboxes keep the machine's time."""
    sent_long_ago = outbox.c.sent_at < utc_now() - timedelta(days=job.settings.outbox_days)
    heard_long_ago = inbox.c.at < utc_now() - timedelta(days=job.settings.inbox_days)
    while _delete(job, outbox, (outbox.c.seq,), sent_long_ago):
        pass
    while _delete(job, inbox, (inbox.c.message_id, inbox.c.handler), heard_long_ago):
        pass


def _delete(
    job: Job, table: sa.Table, key: tuple[sa.ColumnElement[object], ...], old: sa.ColumnElement[bool]
) -> bool:
    """Delete one batch; False when there was none."""
    batch = sa.select(*key).where(old).limit(BATCH)
    with job.read() as work:
        if work.connection.execute(batch.limit(1)).first() is None:
            return False
    with job.unit_of_work() as work:
        deleted = work.connection.execute(table.delete().where(sa.tuple_(*key).in_(batch)))
    return deleted.rowcount > 0
