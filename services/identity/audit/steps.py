"""What every other room does with the trail, within its own unit of work."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.audit import Act
from services.contracts.values import Actor
from services.identity.audit import store
from services.identity.audit.domain import Entry


def record(
    uow: UnitOfWork, act: Act, *, subject: str, key: str = "", by: Actor | None = None, **facts: str
) -> None:
    """Add a line: whose account it is about, and what changed (phones masked, no secrets).

    `key`: the subject unmasked, to be found by, where it is shown masked. `by`: who did it, if that is not
    the one whose session came with the message (somebody who has just come in).
    """
    actor = by or uow.verified_actor
    entry = Entry(
        at=uow.now,
        act=act,
        actor=actor.id if actor else "",
        actor_name=actor.name if actor else "",
        subject=subject,
        address=uow.caller.address[:45],
        agent=uow.caller.agent[:200],
        message_id=uow.message_id,
        trace=uow.trace[:64],
        facts=facts,
    )
    store.add_entry(uow, entry, key=key or subject)
