"""Picture codes."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask
from services.contracts.identity.verification import IssuePictureCode, PictureCodeView

api = room("verification")

IssuePictureCodeBody = body_of(IssuePictureCode)


@api.post("/picture-codes", responses={201: PictureCodeView})
def issue_picture_code(body: IssuePictureCodeBody) -> Response:
    """Make a picture code. In development the answer comes along, for scripts that cannot see."""
    view = ask(command(IssuePictureCode, body))
    response = reply(view, 201)
    if view.answer is not None:
        response.headers["X-Development-Answer"] = view.answer
    return response
