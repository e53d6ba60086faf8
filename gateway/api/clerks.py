"""人员管理: clerk accounts, made and kept by an administrator."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ClerksView,
    ClerkView,
    DisableClerk,
    EnableClerk,
    ListClerks,
    NewClerkView,
    ResetClerk,
)

api = room("clerks")

ClerkPath = only(ChangeClerk, "account")
AddClerkBody = body_of(AddClerk)
ChangeClerkBody = body_of(ChangeClerk, "account")
DisableClerkBody = body_of(DisableClerk, "account")
EnableClerkBody = body_of(EnableClerk, "account")
ResetClerkBody = body_of(ResetClerk, "account")


@api.get("/clerks", responses={200: ClerksView})
def list_clerks(query: ListClerks) -> Response:
    """Page through the clerks of one's region (administrator, auditor)."""
    return reply(ask(query))


@api.post("/clerks", responses={201: NewClerkView})
def add_clerk(body: AddClerkBody) -> Response:
    """Make an account; the answer holds the password for the first sign-in, once."""
    return reply(ask(command(AddClerk, body)), 201)


@api.put("/clerks/<string:account>", responses={200: ClerkView})
def change_clerk(path: ClerkPath, body: ChangeClerkBody) -> Response:
    """Give a clerk another name, other posts, another region; in effect everywhere within 60 s."""
    return reply(ask(command(ChangeClerk, path, body)))


@api.post("/clerks/<string:account>/disabling", responses={200: ClerkView})
def disable_clerk(path: ClerkPath, body: DisableClerkBody) -> Response:
    """Close an account; its sign-ins end everywhere within 60 s."""
    return reply(ask(command(DisableClerk, path, body)))


@api.post("/clerks/<string:account>/enabling", responses={200: ClerkView})
def enable_clerk(path: ClerkPath, body: EnableClerkBody) -> Response:
    """Let a closed account be used again."""
    return reply(ask(command(EnableClerk, path, body)))


@api.post("/clerks/<string:account>/reset", responses={200: NewClerkView})
def reset_clerk(path: ClerkPath, body: ResetClerkBody) -> Response:
    """Make a new first password, told once; the second factor is set up anew."""
    return reply(ask(command(ResetClerk, path, body)))
