"""数字证书登录, first half: the text to be signed. The second half is POST /sessions/certificate."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.browsers import binding, own_origin
from gateway.bus import ask
from services.contracts.identity.certificates import ChallengeView, IssueChallenge

api = room("certificates")

IssueChallengeBody = body_of(IssueChallenge, "origin", "binding")


@api.post("/certificate-challenges", responses={201: ChallengeView})
def issue_challenge(body: IssueChallengeBody) -> Response:
    """Make a text to be signed: good once, for 120 s, for who holds the form cookie of this answer."""
    return reply(ask(command(IssueChallenge, body, origin=own_origin(), binding=binding())), 201)
